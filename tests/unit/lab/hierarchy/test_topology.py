# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that say which sites and servers a lab has."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.hierarchy import topology as topologies


@pytest.mark.parametrize("name", topologies.available())
def test_every_topology_has_one_top_tier_site_and_no_role_yet(name: str) -> None:
    topology = topologies.load(name)
    codes = {site.code for site in topology.sites}
    assert [site.parent for site in topology.sites].count("") == 1
    assert all(site.parent in codes for site in topology.sites if site.parent)
    assert all(server.endswith(f".{topology.domain}") for server in topology.servers)
    assert topology.service_connection_point is None


def test_a_file_may_name_the_role(tmp_path: Path) -> None:
    text = (topologies.DIRECTORY / "standalone.yml").read_text()
    path = tmp_path / "mine.yml"
    path.write_text(f"{text}service_connection_point:\n  server: srv1\n  mode: offline\n")
    topology = topologies.load(str(path))
    assert topology.name == "mine"
    assert topology.service_connection_point == topologies.ServiceConnectionPointTopology("srv1.corp.example", "offline")


def test_a_secondary_site_has_no_sms_provider() -> None:
    sites = {site.code: site for site in topologies.load("hierarchy").sites}
    assert sites["S01"].sms_provider == ""
    assert sites["PR1"].sms_provider == "pr1.corp.example"
