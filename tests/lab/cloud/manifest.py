# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ConfigMgr.Update.Manifest.cab, which says what is released, and ConfigMgr.Manifest.cab, which says what a release needs.

Documented: the names of both, that the first has Manifest.xml and SQL queries in a folder ApplicabilityChecks, and of that XML
the elements Update, MinCMVersion, MaxCMVersion, MoreInfoLink, Content with ContentUrl, Hash, and Redist with ManifestUrl. All
that stands around them is made up. Real manifests are signed, those of the lab are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError, SubElement

from .cabinets import NoCabinetError, pack, unpack
from .catalogue import LINKS, REDISTRIBUTABLES, Catalogue, Package
from .releases import Kind, Release

_FILE, _REDISTRIBUTABLES_FILE = "Manifest.xml", "ConfigMgr.Manifest.xml"


@dataclass(frozen=True)
class Offer:
    """What the manifest says of a release."""

    release: Release
    payload_url: str
    sha256: str
    redistributables_url: str


@dataclass(frozen=True)
class Redistributable:
    """A file that is not Configuration Manager's own."""

    name: str
    url: str
    sha256: str


def query_name(release: Release) -> str:
    """The file with the query that finds out whether a release is applicable."""
    return f"{release.guid[:8]}.sql"


def manifest(packages: Iterable[Package]) -> bytes:
    """The cabinet with all of them."""
    root = Element("Manifest")
    files = {}
    for package in packages:
        release = package.release
        entry = SubElement(root, "ConfigurationManagerUpdate", Guid=release.guid, Kind=release.kind, Impact=str(release.impact))
        for name, text in {
            "Update": release.name,
            "Description": release.description,
            "FullVersion": release.full_version,
            "MinCMVersion": release.min_version,
            "MaxCMVersion": release.max_version,
            "DateReleased": release.released.isoformat(),
            "MoreInfoLink": release.more_info_link,
        }.items():
            SubElement(entry, name).text = text
        content = SubElement(entry, "Content", ContentUrl=f"{LINKS}{package.payload_link}", Size=str(release.size))
        SubElement(content, "Hash", Algorithm="SHA256").text = package.payload.sha256
        SubElement(content, "Redist", ManifestUrl=f"{LINKS}{package.redistributables_link}")
        query = f"SELECT 1 WHERE dbo.fnCurrentSiteVersion() BETWEEN '{release.min_version}' AND '{release.max_version}'\r\n"
        files[f"ApplicabilityChecks\\{query_name(release)}"] = query.encode()
    return pack({_FILE: ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), **files})


def read_manifest(cabinet: bytes) -> list[Offer]:
    """What a manifest offers. `NoCabinetError` if it is none."""
    return [_offer(entry) for entry in _xml(cabinet, _FILE).iterfind("ConfigurationManagerUpdate")]


def redistributables_manifest(catalogue: Catalogue) -> bytes:
    """The cabinet with what every release needs."""
    root = Element("Manifest")
    for file in REDISTRIBUTABLES:
        url = f"{LINKS}{catalogue.redistributable_links[file.name]}"
        SubElement(root, "Redist", FileName=file.name, Url=url, Hash=file.sha256)
    return pack({_REDISTRIBUTABLES_FILE: ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)})


def read_redistributables(cabinet: bytes) -> list[Redistributable]:
    """What a release needs. `NoCabinetError` if this does not say so."""
    entries = _xml(cabinet, _REDISTRIBUTABLES_FILE).iterfind("Redist")
    return [Redistributable(entry.get("FileName", ""), entry.get("Url", ""), entry.get("Hash", "")) for entry in entries]


def _xml(cabinet: bytes, name: str) -> Element:
    try:
        return ElementTree.fromstring(unpack(cabinet)[name])
    except (KeyError, ParseError) as error:
        raise NoCabinetError(f"it has no {name}: {error}") from error


def _offer(entry: Element) -> Offer:
    def text(name: str) -> str:
        return entry.findtext(name, "")

    content = entry.find("Content")
    assert content is not None
    redistributables = content.find("Redist")
    assert redistributables is not None
    release = Release(
        name=text("Update"),
        guid=entry.get("Guid", ""),
        full_version=text("FullVersion"),
        min_version=text("MinCMVersion"),
        max_version=text("MaxCMVersion"),
        kind=cast(Kind, entry.get("Kind")),
        description=text("Description"),
        size=int(content.get("Size", "")),
        released=date.fromisoformat(text("DateReleased")),
        impact=int(entry.get("Impact", "")),
        more_info_link=text("MoreInfoLink"),
    )
    return Offer(release, content.get("ContentUrl", ""), content.findtext("Hash", ""), redistributables.get("ManifestUrl", ""))
