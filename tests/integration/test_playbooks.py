# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection as they are shipped, and the examples of its documentation."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import yaml
from plays import Site

SERVER = "srv1.corp.example"
DEPLOY = "configmgr.site.deploy"


def test_deploy_twice(site: Site) -> None:
    variables = {"service_connection_point_site_system": SERVER}
    for word, changed in (("installed", True), ("is as wanted", False)):
        play = site.run_playbook(DEPLOY, variables=variables)
        assert play.exit_code == 0, play.stdout
        shown = play.results[-1]["msg"]
        assert word in shown["result"]
        (role,) = shown["service_connection_point"]
        assert (role["server"], role["site"], role["mode"], role["working"]) == (SERVER, "PS1", "online", True)
        assert "SMS_DMP_DOWNLOADER: started" in role["components"]
        assert any(result["changed"] for result in play.results) is changed


def test_deploy_in_check_mode(site: Site) -> None:
    play = site.run_playbook(DEPLOY, "--check", "--diff", variables={"service_connection_point_site_system": SERVER})
    assert play.exit_code == 0, play.stdout
    assert site.writes() == []
    assert "would install" in play.stdout


def test_deploy_asks_for_the_server(site: Site) -> None:
    play = site.run_playbook(DEPLOY)
    assert play.exit_code != 0
    assert "-e service_connection_point_site_system=" in play.results[-1].message
    assert site.requests() == []


def examples(module: str) -> list[dict[str, Any]]:
    tasks = yaml.safe_load(import_module(f"ansible_collections.configmgr.site.plugins.modules.{module}").EXAMPLES)
    assert isinstance(tasks, list)
    return tasks


@pytest.mark.parametrize("module", ["service_connection_point", "service_connection_point_info", "site_info"])
def test_the_examples_work(site: Site, module: str) -> None:
    if module != "service_connection_point":
        site.play({"configmgr.site.service_connection_point": {"site_system": SERVER, "mode": "online"}})
    play = site.play(*examples(module))
    assert play.exit_code == 0, play.stdout + play.stderr
    assert len(play.results) == len(examples(module))
