# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Which endpoints a feature connects to (``features.yml``), and which features a hierarchy uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from ..cloud_services import CloudServices
from ..data_files import read_data_file
from ..servers import check_host

HTTPS_PORT = 443
_NOT_IN_URLS = frozenset(' "\\<>[]{}|^`')
"""What no URL has, and what curl would take for a pattern."""


@dataclass(frozen=True)
class Entry:
    """An endpoint of a feature, as the data file has it."""

    endpoint: str
    """As Microsoft's page has it, with wildcards."""
    url: str
    """What is tried."""
    is_critical: bool


@dataclass(frozen=True)
class Feature:
    """A feature and what it connects to."""

    name: str
    title: str
    in_use: str | Mapping[str, Any]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Endpoint:
    """Something to connect to."""

    url: str
    features: tuple[str, ...] = ()
    """Those that need it; none where somebody has given it."""
    stands_for: tuple[str, ...] = ()
    """Endpoints with wildcards that it is tried for."""
    is_critical: bool = True

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or HTTPS_PORT


@cache
def features() -> Mapping[str, Feature]:
    """Every feature by its name."""
    loaded = read_data_file(__file__, "features.yml")
    return {name: _feature(name, content) for name, content in loaded.items()}


def _feature(name: str, content: Mapping[str, Any]) -> Feature:
    entries = tuple(
        Entry(entry["endpoint"], check_endpoint(entry.get("try", entry["endpoint"])), entry["critical"])
        for entry in content["endpoints"]
    )
    return Feature(name, content["title"], content["in_use"], entries)


def check_endpoint(text: str) -> str:
    """The URL of an endpoint that is given as one, or as a host. ValueError for anything else."""
    example = "it must be a host such as go.microsoft.com, or a URL such as https://go.microsoft.com/fwlink/"
    shown = f"{text!r} is no endpoint"
    if any(character in _NOT_IN_URLS or not 32 < ord(character) < 127 for character in text) or "*" in text:
        raise ValueError(f"{shown}: {example}")
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() != "https":
        raise ValueError(f"{shown}, because the role connects by https only: {example}")
    parts = urlsplit(f"https://{rest if separator else text}")
    try:
        check_host(parts.hostname or "")
        port = parts.port
    except ValueError:
        raise ValueError(f"{shown}: {example}") from None
    if "@" in parts.netloc or parts.fragment or port == 0:
        raise ValueError(f"{shown}: {example}")
    address = parts.netloc if port not in (None, HTTPS_PORT) else parts.hostname
    return f"https://{address}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def endpoints_of(names: Iterable[str], given: Sequence[str] = ()) -> tuple[Endpoint, ...]:
    """What some features connect to, and endpoints that were given besides, each once.

    One that several features need is critical if it is so for any of them.
    """
    merged: dict[str, _Merged] = {}
    for name in names:
        for entry in features()[name].entries:
            one = merged.setdefault(entry.url, _Merged())
            one.features.setdefault(name)
            one.is_critical |= entry.is_critical
            if "*" in entry.endpoint:
                one.stands_for.setdefault(entry.endpoint)
    for url in given:
        merged.setdefault(url, _Merged()).is_critical = True
    return tuple(Endpoint(url, tuple(one.features), tuple(one.stands_for), one.is_critical) for url, one in merged.items())


@dataclass
class _Merged:
    features: dict[str, None] = field(default_factory=dict)
    stands_for: dict[str, None] = field(default_factory=dict)
    is_critical: bool = False


def shown(url: str) -> str:
    """An endpoint for people: without what all have in common."""
    return url.removeprefix("https://").removesuffix("/")


def usual_features() -> list[str]:
    """The features that every hierarchy uses."""
    return [feature.name for feature in features().values() if feature.in_use == "always"]


def features_in_use(cloud: CloudServices) -> list[str]:
    """The features that a hierarchy uses, as far as its SMS Provider tells what it is connected to."""
    types = {service.type for service in cloud.services or ()}

    def is_used(feature: Feature) -> bool:
        if isinstance(feature.in_use, str):
            return feature.in_use == "always" or (feature.in_use == "tenants" and bool(cloud.tenants))
        return bool(types.intersection(feature.in_use["service_types"]))

    return [feature.name for feature in features().values() if is_used(feature)]
