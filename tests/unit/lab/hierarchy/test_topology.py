# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that say which sites and servers a lab has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from lab.hierarchy import topology as topologies
from lab.hierarchy.accounts import make_accounts
from lab.hierarchy.hierarchy import Hierarchy
from lab.simulation import Simulation


@pytest.mark.parametrize("name", topologies.available())
def test_every_topology_has_one_top_tier_site_and_all_but_one_no_role_where_it_belongs_yet(name: str) -> None:
    topology = topologies.load(name)
    codes = {site.code for site in topology.sites}
    assert [site.parent for site in topology.sites].count("") == 1
    assert all(site.parent in codes for site in topology.sites if site.parent)
    assert all(server.endswith(f".{topology.domain}") for server in topology.servers)
    (top,) = [site for site in topology.sites if not site.parent]
    point = topology.service_connection_point
    assert (point is not None and point.server in (top.server, *top.site_systems)) == (name == "offline")


def test_a_file_may_name_the_role(tmp_path: Path) -> None:
    text = (topologies.DIRECTORY / "standalone.yml").read_text()
    path = tmp_path / "mine.yml"
    path.write_text(f"{text}service_connection_point:\n  server: srv1\n  mode: offline\n")
    topology = topologies.load(str(path))
    assert topology.name == "mine"
    assert topology.service_connection_point == topologies.ServiceConnectionPointTopology("srv1.corp.example", "offline")


def test_the_example_of_the_documentation_works() -> None:
    text = (topologies.DIRECTORY.parent / "README.md").read_text()
    (example,) = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "sites:" in block]
    topology = topologies.parse("example", yaml.safe_load(example))
    assert topology.servers[-1] == "srv2.corp.example"
    assert topology.service_connection_point == topologies.ServiceConnectionPointTopology("srv1.corp.example", "offline")


SITE = "- {code: PS1, name: One, type: primary, server: ps1}\n"
START = "domain: corp.example\nnetbios_domain: CORP\nsites:\n"


def test_host_names_may_be_fqdns_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(f"{START}{SITE}member_servers: [SRV1, Srv2.Other.Example]\n")
    assert topologies.load(str(path)).servers == ("ps1.corp.example", "srv1.corp.example", "srv2.other.example")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("namespace: configmgr\nname: site\n", "domain is missing"),
        ("domain: corp.example\n", "netbios_domain is missing"),
        ("", "its content must be a mapping"),
        ("- a\n- b\n", "its content must be a mapping"),
        ("a: b: c\n", "mapping values are not allowed here"),
        ("\x00", "special characters are not allowed"),
        ("\udcff", "codec can't decode byte"),
        (START, "sites is missing"),
        (f"{START}- one\n", "sites[0] must be a mapping"),
        (f"{START}- {{code: 111, name: One, type: primary, server: ps1}}\n", "sites[0].code must be text"),
        (f"{START}- {{code: LONG, name: One, type: primary, server: ps1}}\n", "'LONG' is not three letters or digits"),
        (f"{START}- {{code: PS1, name: One, type: big, server: ps1}}\n", "must be one of cas, primary, secondary"),
        (f"{START}{SITE}{SITE}", "two sites have the same code"),
        (f"{START}{SITE}- {{code: PS2, name: Two, type: primary, server: ps2}}\n", "exactly one site must be without parent"),
        (f"{START}{SITE}- {{code: S01, name: S, type: secondary, server: s01}}\n", "parent of S01, which is a secondary site"),
        (f"{START}{SITE}- {{code: S01, name: S, type: secondary, server: s01, parent: XYZ}}\n", "must be a primary site"),
        (f"{START}{SITE}member_servers: srv1\n", "member_servers must be a list of names"),
        (f"{START}{SITE}member_servers: [1]\n", "member_servers must be a list of names"),
        (f"{START}{SITE}servers: [srv1]\n", "servers is not known here; known are domain"),
        (f"{START}{SITE}service_connection_point: {{server: srv9}}\n", "there is no server 'srv9'"),
        (f"{START}{SITE}service_connection_point: {{mode: online}}\n", "service_connection_point.server is missing"),
        (f"{START}{SITE}server_options: {{srv9: {{language: de}}}}\n", "there is no server 'srv9'"),
        (f"{START}{SITE}server_options: {{ps1: {{language: fr}}}}\n", "server_options.ps1.language must be one of en, de, nl"),
        (f"{START}{SITE}server_options: {{ps1: {{operating_system: dos}}}}\n", "operating_system must be one of windows_"),
        (f"{START}{SITE}server_options: {{ps1: {{domain_role: guest}}}}\n", "domain_role must be one of member, domain_con"),
        (f"{START}{SITE}server_options: {{ps1: {{colour: red}}}}\n", "server_options.ps1.colour is not known here"),
        (f"{START}{SITE}server_options: [ps1]\n", "server_options must be a mapping"),
        (f"{START}{SITE}ldap: maybe\n", "ldap must be true or false"),
        (f"{START}{SITE}kerberos: maybe\n", "kerberos must be true or false"),
        (f"{START}{SITE}without_internet: [srv9]\n", "there is no server 'srv9'"),
    ],
)
def test_what_is_no_topology_is_explained_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "galaxy.yml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ValueError) as caught:
        topologies.load(str(path))
    assert str(caught.value).startswith(f"{path} is no topology: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_servers_that_are_not_the_usual_ones() -> None:
    topology = topologies.load("international")
    options = topology.server_options
    assert (options["srv1.corp.example"].language, options["srv1.corp.example"].domain_role) == ("de", "member")
    assert options["dc1.corp.example"].domain_role == "domain_controller"
    assert options["core1.corp.example"].system.installation_type == "Server Core"
    assert topology.has_ldap and not topology.has_kerberos
    assert not topologies.load("standalone").has_ldap


def test_servers_without_internet() -> None:
    topology = topologies.load("offline")
    assert topology.without_internet == ("ps1.corp.example", "srv1.corp.example")
    internet = Hierarchy(topology, make_accounts("CORP"), Simulation()).internet
    shut_in = {server for server in topology.servers if internet.endpoint(server, "aka.ms").connection == "timed_out"}
    assert shut_in == set(topology.without_internet)


def test_a_secondary_site_has_no_sms_provider() -> None:
    sites = {site.code: site for site in topologies.load("hierarchy").sites}
    assert sites["S01"].sms_provider == ""
    assert sites["PR1"].sms_provider == "pr1.corp.example"
