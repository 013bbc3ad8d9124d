# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sites and servers a lab starts with, read from a file in ``topologies/``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from .local_groups import Language
from .network import SQL_SERVER
from .operating_systems import OPERATING_SYSTEMS, DomainRole, ServerOptions

SiteType = Literal["cas", "primary", "secondary"]
Mode = Literal["online", "offline"]

DIRECTORY = Path(__file__).parent.parent / "topologies"

_PARENT_TYPES = {"cas": ("",), "primary": ("", "cas"), "secondary": ("primary",)}
"""What a site of each type may report to; nothing stands for the top of the hierarchy."""


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
    sql_server: str
    sql_port: int
    passive_server: str
    """The site server in passive mode; empty where there is none."""


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
    server_options: Mapping[str, ServerOptions] = field(default_factory=dict)
    """Of the servers that are not the usual ones."""
    has_ldap: bool = False
    """Whether the domain can be asked by LDAP."""
    has_kerberos: bool = False
    """Whether the domain is a Kerberos realm, too."""
    without_internet: tuple[str, ...] = ()
    """Servers whose way to the internet a firewall closes."""

    @property
    def servers(self) -> tuple[str, ...]:
        """Every server once, site servers first."""
        names = [site.server for site in self.sites]
        names += [site.sms_provider for site in self.sites if site.sms_provider]
        names += [name for site in self.sites for name in site.site_systems]
        names += [name for site in self.sites for name in (site.passive_server, site.sql_server) if name]
        return tuple(dict.fromkeys([*names, *self.member_servers]))

    def fqdn(self, name: str) -> str:
        """The server meant by a host name or an FQDN."""
        full = (name if "." in name else f"{name}.{self.domain}").lower()
        if full not in self.servers:
            raise ValueError(f"there is no server {name!r} in the topology {self.name}; there are {', '.join(self.servers)}")
        return full

    def with_ldap(self) -> Topology:
        """The same with a domain that can be asked by LDAP."""
        return replace(self, has_ldap=True)

    def with_kerberos(self) -> Topology:
        """The same with a domain that is a Kerberos realm."""
        return replace(self, has_kerberos=True)

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
    try:
        return parse(path.stem, yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ValueError(f"cannot read {name_or_path}: {error.strerror}") from None
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{name_or_path} is no topology: {' '.join(str(error).split())}") from error


def parse(name: str, data: object) -> Topology:
    """A topology from the content of its file. What is wrong with it is a ValueError."""
    entries = _Entries(data)
    domain = entries.text("domain").lower()

    def fqdn(host: str) -> str:
        return host.lower() if not host or "." in host else f"{host}.{domain}".lower()

    def site(entry: _Entries) -> SiteTopology:
        site_type = entry.choice("type", get_args(SiteType))
        server = entry.text("server")
        parsed = SiteTopology(
            code=entry.text("code"),
            name=entry.text("name"),
            type=cast(SiteType, site_type),
            parent=entry.text("parent", ""),
            server=fqdn(server),
            sms_provider=fqdn(entry.text("sms_provider", server)) if site_type != "secondary" else "",
            site_systems=tuple(fqdn(host) for host in entry.texts("site_systems")),
            sql_server=fqdn(entry.text("sql_server", server)),
            sql_port=entry.number("sql_port", SQL_SERVER),
            passive_server=fqdn(entry.text("passive_server", "")),
        )
        entry.done()
        return parsed

    topology = Topology(
        name=name,
        domain=domain,
        netbios_domain=entries.text("netbios_domain"),
        sites=tuple(site(entry) for entry in entries.mappings("sites")),
        member_servers=tuple(fqdn(host) for host in entries.texts("member_servers")),
    )
    _check_sites(topology.sites)
    if entries.has("server_options"):
        topology = replace(topology, server_options=_server_options(topology, entries.mapping("server_options")))
    if entries.has("ldap"):
        topology = replace(topology, has_ldap=entries.flag("ldap"))
    if entries.has("kerberos"):
        topology = replace(topology, has_kerberos=entries.flag("kerberos"))
    without_internet = tuple(topology.fqdn(host) for host in entries.texts("without_internet"))
    topology = replace(topology, without_internet=without_internet)
    if entries.has("service_connection_point"):
        role = entries.mapping("service_connection_point")
        point = _service_connection_point(topology, role.text("server"), role.text("mode", "online"))
        role.done()
        topology = replace(topology, service_connection_point=point)
    entries.done()
    return topology


def _server_options(topology: Topology, servers: _Entries) -> dict[str, ServerOptions]:
    options = {}
    for name in servers.names():
        entry = servers.mapping(name)
        usual = ServerOptions()
        options[topology.fqdn(name)] = ServerOptions(
            language=cast(Language, entry.choice("language", get_args(Language), usual.language)),
            operating_system=entry.choice("operating_system", list(OPERATING_SYSTEMS), usual.operating_system),
            domain_role=cast(DomainRole, entry.choice("domain_role", get_args(DomainRole), usual.domain_role)),
        )
        entry.done()
    return options


def _check_sites(sites: Sequence[SiteTopology]) -> None:
    types = {"": ""} | {site.code: site.type for site in sites}
    if len(types) != len(sites) + 1:
        raise ValueError("two sites have the same code")
    for site in sites:
        if not re.fullmatch("[A-Za-z0-9]{3}", site.code):
            raise ValueError(f"the site code {site.code!r} is not three letters or digits")
        if types.get(site.parent) not in _PARENT_TYPES[site.type]:
            allowed = " or ".join(f"a {parent} site" if parent else "nothing" for parent in _PARENT_TYPES[site.type])
            raise ValueError(f"the parent of {site.code}, which is a {site.type} site, must be {allowed}")
    if sum(not site.parent for site in sites) != 1:
        raise ValueError("exactly one site must be without parent")


class _Entries:
    """A mapping of a topology file. Complains about what is missing, of another kind, or not known."""

    def __init__(self, data: object, place: str = "") -> None:
        self._place = place
        if not isinstance(data, dict):
            raise ValueError(f"{place.rstrip('.') or 'its content'} must be a mapping")
        self._data = data
        self._asked: dict[str, None] = {}

    def has(self, name: str) -> bool:
        self._asked[name] = None
        return self._data.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        return str(self._value(name, str, "text (in quotes, if YAML takes it for something else)", default))

    def names(self) -> list[str]:
        return [str(name) for name in self._data]

    def number(self, name: str, default: int) -> int:
        return int(self._value(name, int, "a number", default))

    def flag(self, name: str) -> bool:
        return bool(self._value(name, bool, "true or false", None))

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise ValueError(f"{self._place}{name} must be one of {', '.join(choices)}")
        return value

    def texts(self, name: str) -> list[str]:
        values: list[str] = self._value(name, list, "a list of names", [])
        if not all(isinstance(value, str) for value in values):
            raise ValueError(f"{self._place}{name} must be a list of names")
        return values

    def mapping(self, name: str) -> _Entries:
        return _Entries(self._value(name, dict, "a mapping", None), f"{self._place}{name}.")

    def mappings(self, name: str) -> list[_Entries]:
        values = self._value(name, list, "a list", None)
        return [_Entries(value, f"{self._place}{name}[{index}].") for index, value in enumerate(values)]

    def done(self) -> None:
        """Nothing else may be there."""
        unknown = [str(name) for name in self._data if name not in self._asked]
        if unknown:
            raise ValueError(f"{self._place}{unknown[0]} is not known here; known are {', '.join(self._asked)}")

    def _value(self, name: str, kind: type, description: str, default: object) -> Any:
        self._asked[name] = None
        value = self._data.get(name)
        if value is None:
            value = default
        if value is None:
            raise ValueError(f"{self._place}{name} is missing")
        if not isinstance(value, kind):
            raise ValueError(f"{self._place}{name} must be {description}")
        return value
