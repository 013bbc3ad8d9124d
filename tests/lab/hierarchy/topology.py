# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sites and servers a lab starts with, read from a file in ``topologies/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

SiteType = Literal["cas", "primary", "secondary"]
Mode = Literal["online", "offline"]

DIRECTORY = Path(__file__).parent.parent / "topologies"


@dataclass(frozen=True)
class SiteTopology:
    """One site; servers are FQDNs."""

    code: str
    name: str
    type: SiteType
    parent: str
    server: str
    sms_provider: str
    """The server with the SMS Provider; empty for a secondary site, which has none."""
    site_systems: tuple[str, ...]


@dataclass(frozen=True)
class ServiceConnectionPointTopology:
    """Where the service connection point is when the lab starts, and in which mode."""

    server: str
    mode: Mode = "online"


@dataclass(frozen=True)
class Topology:
    """What a lab is built from."""

    name: str
    domain: str
    netbios_domain: str
    sites: tuple[SiteTopology, ...]
    member_servers: tuple[str, ...]
    service_connection_point: ServiceConnectionPointTopology | None = None

    @property
    def servers(self) -> tuple[str, ...]:
        """Every server once, site servers first."""
        names = [site.server for site in self.sites]
        names += [site.sms_provider for site in self.sites if site.sms_provider]
        names += [name for site in self.sites for name in site.site_systems]
        return tuple(dict.fromkeys([*names, *self.member_servers]))

    def fqdn(self, name: str) -> str:
        """The server meant by a host name or an FQDN."""
        full = (name if "." in name else f"{name}.{self.domain}").lower()
        if full not in self.servers:
            raise ValueError(f"there is no server {name!r} in the topology {self.name}; there are {', '.join(self.servers)}")
        return full

    def with_service_connection_point(self, text: str) -> Topology:
        """The same with the role on ``SERVER`` or ``SERVER:MODE``."""
        server, _separator, mode = text.partition(":")
        return replace(self, service_connection_point=_service_connection_point(self, server, mode or "online"))


def _service_connection_point(topology: Topology, server: str, mode: str) -> ServiceConnectionPointTopology:
    if mode not in get_args(Mode):
        raise ValueError(f"the mode of the service connection point must be online or offline, not {mode!r}")
    return ServiceConnectionPointTopology(topology.fqdn(server), cast(Mode, mode))


def available() -> list[str]:
    """Names of the topologies that come with the lab."""
    return sorted(path.stem for path in DIRECTORY.glob("*.yml"))


def load(name_or_path: str) -> Topology:
    """A topology that comes with the lab, by name, or any other by the path of its file."""
    path = Path(name_or_path) if name_or_path.endswith((".yml", ".yaml")) else DIRECTORY / f"{name_or_path}.yml"
    if not path.is_file():
        raise ValueError(f"there is no topology {name_or_path!r}; there are {', '.join(available())}")
    return parse(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))


def parse(name: str, data: Mapping[str, Any]) -> Topology:
    """A topology from the content of its file."""
    domain = data["domain"]

    def fqdn(host: str) -> str:
        return f"{host}.{domain}"

    def site(entry: Mapping[str, Any]) -> SiteTopology:
        has_provider = entry["type"] != "secondary"
        return SiteTopology(
            code=entry["code"],
            name=entry["name"],
            type=entry["type"],
            parent=entry.get("parent", ""),
            server=fqdn(entry["server"]),
            sms_provider=fqdn(entry.get("sms_provider", entry["server"])) if has_provider else "",
            site_systems=tuple(fqdn(host) for host in entry.get("site_systems", ())),
        )

    topology = Topology(
        name=name,
        domain=domain,
        netbios_domain=data["netbios_domain"],
        sites=tuple(site(entry) for entry in data["sites"]),
        member_servers=tuple(fqdn(host) for host in data.get("member_servers", ())),
    )
    role = data.get("service_connection_point")
    if role is None:
        return topology
    return replace(
        topology,
        service_connection_point=_service_connection_point(topology, role["server"], role.get("mode", "online")),
    )
