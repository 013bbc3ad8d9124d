# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service connection tool on both sides of an offline site; people of the lab carry its files from one to the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import logons
import pytest
import yaml
from dying import kill_with_descendants
from guides import asked, what_modules_ask
from lab.hierarchy import topology as topologies
from lab.hierarchy.site import VERSION
from plays import Play, Site, examples, refused
from programs import needs_curl, needs_tinyproxy
from tickets import needs_kerberos

ROLE_SERVER, INTERNET = "srv1.corp.example", "internet1.corp.example"
MODULE = "configmgr.site.service_connection_tool"
TOOL, CAB, PACKS = r"C:\Offline\ServiceConnectionTool", r"C:\Offline\UsageData.cab", r"C:\Offline\UpdatePacks"
pytestmark = needs_curl


@pytest.fixture
def offline(make_site: Callable[..., Site]) -> Site:
    site = make_site("offline")
    for server in (ROLE_SERVER, INTERNET):
        site.control.console("set_tool_version", server=server, version=VERSION, folder=TOOL)
    return site


def run(site: Site, phase: str, *arguments: str, host: str = ROLE_SERVER, **options: Any) -> Play:
    return site.play({MODULE: {"phase": phase, "tool": TOOL, **options}}, host=host, arguments=arguments)


def carry(site: Site, source: str, destination: str, path: str) -> None:
    """Copy a file, or the files of a folder, as somebody with a disk does."""
    there, here = (site.lab.hierarchy.servers[name].files for name in (source, destination))
    for name in [path] if path in there else there.walk(path):
        here.copy_in(there.location(name), name)


def test_the_circle_twice_and_nothing_new_the_second_time(offline: Site) -> None:
    for is_first in (True, False):
        prepared = run(offline, "prepare", usage_data=CAB, role_mode="offline").only
        assert prepared["changed"] is is_first and prepared["action"] == ("start" if is_first else "keep"), prepared
        (data,) = prepared["usage_data"]
        assert data["site_version"] == VERSION
        carry(offline, ROLE_SERVER, INTERNET, CAB)
        connected = run(
            offline,
            "connect",
            host=INTERNET,
            usage_data=CAB,
            updates=PACKS,
            site_version=VERSION,
            usage_data_sha256=data["sha256"],
        ).only
        assert connected["changed"] is is_first, connected
        assert len(connected["updates"]["packages"]) == 1
        carry(offline, INTERNET, ROLE_SERVER, PACKS)
        imported = run(offline, "import", updates=PACKS, role_mode="offline").only
        assert imported["changed"] is is_first and not imported.values.get("warnings"), imported
        assert imported["imported_at"]


def test_usage_data_at_the_top_of_a_drive_and_in_a_folder(offline: Site) -> None:
    server, internet = (offline.lab.hierarchy.servers[name].files for name in (ROLE_SERVER, INTERNET))
    cab = r"C:\UsageData.cab"
    for is_first in (True, False):
        prepared = run(offline, "prepare", usage_data=cab, role_mode="offline").only
        assert prepared["changed"] is is_first and prepared["usage_data"][0]["size"] == server.size(cab), prepared
    for path in (r"D:\Sites\PS1.cab", r"D:\Sites\PS2.CAB", r"D:\Sites\Old\PS1.cab"):
        internet.copy_in(server.location(cab), path)
    internet.write(r"D:\Sites\read me.txt", "")
    planned = run(offline, "connect", "--check", host=INTERNET, usage_data=r"D:\Sites", updates=PACKS).only
    assert [data["path"] for data in planned["usage_data"]] == [r"D:\Sites\PS1.cab", r"D:\Sites\PS2.CAB"]
    server.make_folder(r"C:\Folder.cab")
    assert run(offline, "prepare", "--check", usage_data=r"C:\Folder.cab").only["usage_data"] == []


def test_check_mode_says_what_it_would_do_and_runs_nothing(offline: Site) -> None:
    result = run(offline, "prepare", "--check", usage_data=CAB).only
    assert result["changed"] and result["action"] == "start" and result["usage_data"] == []
    assert CAB not in offline.lab.hierarchy.servers[ROLE_SERVER].files


def test_its_steps_are_shown_and_its_errors_come_with_what_to_do(offline: Site) -> None:
    play = run(offline, "prepare", usage_data=CAB)
    assert f"prepare: started in {TOOL}" in play.stderr
    offline.control.console("set_database_access", account=r"CORP\administrator", value=False)
    refused(
        run(offline, "prepare", usage_data=CAB, max_age=0).only, "cannot read the site database", "Kerberos with delegation"
    )


@needs_kerberos
def test_a_database_on_another_server(make_site: Callable[..., Site], tmp_path: Path) -> None:
    topology = tmp_path / "elsewhere.yml"
    text = (topologies.DIRECTORY / "offline.yml").read_text()
    topology.write_text(text.replace("sql_server: srv1", "sql_server: ps1"))
    site = make_site(str(topology), kerberos=True)
    site.environment = logons.tickets(site.lab, tmp_path).environment
    site.control.console("set_tool_version", server=ROLE_SERVER, version=VERSION, folder=TOOL)
    site.control.console("set_winrm", server=ROLE_SERVER, name="CredSSP", value=True)
    options = {"phase": "prepare", "tool": TOOL, "usage_data": CAB, "max_age": 0}
    task = {MODULE: options, "throttle": 1}
    ways = {way.name: way.host_variables(site.lab, ROLE_SERVER) for way in logons.WAYS}
    hosts = {
        name: ways[name]
        for name in (
            "winrm, NTLM, https",
            "winrm, Kerberos, http",
            "winrm, Kerberos, with delegation, http",
            "winrm, CredSSP, https",
            "psrp, Kerberos, with delegation, http",
            "psrp, CredSSP, http",
        )
    }
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    play = site.play(task, host="all", arguments=("--inventory", str(inventory)))
    for result in play.results:
        if "delegation" in result.host or "CredSSP" in result.host:
            assert result.outcome == "ok", result
        else:
            refused(result, "cannot read the site database", "Kerberos with delegation")
    assert len(play.results) == len(hosts)


def test_what_cannot_work_is_refused_before_anything_is_run(offline: Site) -> None:
    refused(run(offline, "prepare", usage_data=CAB, role_mode="online").only, "Microsoft asks for an offline one")
    refused(run(offline, "prepare", usage_data=r"C:\Offline\UsageData.zip").only, "writes a .cab file")
    refused(run(offline, "prepare", usage_data=CAB, updates=PACKS).only, "does not use it")
    refused(run(offline, "connect", host=INTERNET, usage_data=CAB, updates=PACKS).only, "There is no usage data")
    refused(run(offline, "import", updates=PACKS).only, "There are no files")
    offline.control.console("write_file", server="internet1", path=CAB, content="no cabinet")
    refused(run(offline, "connect", host=INTERNET, usage_data=CAB, updates=PACKS).only, "is no cabinet file")
    missing = offline.play({MODULE: {"phase": "prepare", "usage_data": CAB, "tool": r"C:\Nowhere"}}, host=ROLE_SERVER)
    refused(missing.only, "There is no ServiceConnectionTool.exe in", "configmgr.site.file_transfer")


def test_two_runs_at_once_are_refused_and_one_that_was_cut_off_is_followed(offline: Site, tmp_path: Path) -> None:
    run(offline, "prepare", usage_data=CAB)
    carry(offline, ROLE_SERVER, INTERNET, CAB)
    offline.control.console("publish_update", name="Held", full_version="5.00.9150.1000", size=4 * 1024 * 1024)
    offline.control.console("hold_payload", name="Held")
    connect = {"phase": "connect", "tool": TOOL, "usage_data": CAB, "updates": PACKS}
    playbook = tmp_path / "connects.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": INTERNET, "gather_facts": False, "tasks": [{MODULE: connect}]}]))
    process = offline.start_playbook(str(playbook))
    processes = offline.lab.hierarchy.servers[INTERNET].processes
    while not list(processes):
        assert process.exit_code is None
        time.sleep(0.01)  # Nothing tells when the lab has started it
    kill_with_descendants(process.pid)
    process.output(timeout=60)
    other = run(offline, "connect", host=INTERNET, usage_data=CAB, updates=r"C:\Offline\Others").only
    refused(other, "is at work on this computer already", "Two runs at once")
    assert other["changed"] is False
    # Long after it has found what is at work
    offline.control.trigger(server=INTERNET, nth=20, console={"action": "repair_payload", "name": "Held"})
    followed = run(offline, "connect", host=INTERNET, usage_data=CAB, updates=PACKS).only
    assert (followed["action"], followed["changed"]) == ("follow", True), followed
    assert len(followed["updates"]["packages"]) == 1


def test_usage_data_of_another_site_is_refused(offline: Site) -> None:
    run(offline, "prepare", usage_data=CAB)
    carry(offline, ROLE_SERVER, INTERNET, CAB)
    wanted = {"host": INTERNET, "usage_data": CAB, "updates": PACKS}
    refused(run(offline, "connect", **wanted, site_version="5.00.9141.1000").only, f"of a site of version {VERSION}")
    refused(run(offline, "connect", **wanted, usage_data_sha256="0" * 64).only, "not the usage data that was prepared")


def test_a_damaged_package_is_an_error_that_says_so(offline: Site) -> None:
    run(offline, "prepare", usage_data=CAB)
    carry(offline, ROLE_SERVER, INTERNET, CAB)
    offline.control.console("damage_payload", name="Configuration Manager 2509")
    refused(
        run(offline, "connect", host=INTERNET, usage_data=CAB, updates=PACKS).only,
        "a file is damaged",
        "ServiceConnectionTool.log",
    )


@needs_tinyproxy
@pytest.mark.parametrize("asks_at", ["input", "console"])
def test_the_examples_work_with_the_files_carried_in_between(make_site: Callable[..., Site], asks_at: str) -> None:
    offline = make_site("offline", tool_proxy_password=asks_at)
    folder = r"C:\ProgramData\configmgr.site"
    for server in (ROLE_SERVER, INTERNET):
        offline.control.console("set_tool_version", server=server, version=VERSION, folder=rf"{folder}\ServiceConnectionTool")
    offline.control.console("add_proxy", name="proxy.corp.example", port=8080, account=r"CORP\proxy")
    prepare, export, connect, again, bring_in = examples("service_connection_tool")
    prepared, _exported = offline.play(prepare, export, host=ROLE_SERVER).results
    carry(offline, ROLE_SERVER, INTERNET, rf"{folder}\UsageData.cab")
    variables = {
        "internet_computer": INTERNET,
        "prepared": prepared.values,
        "proxy": "proxy.corp.example:8080",
        "proxy_password": offline.password(r"CORP\proxy"),
    }
    connected = offline.play(connect, again, host=ROLE_SERVER, variables=variables)
    if asks_at == "console":
        refused(connected.results[-1], "at a keyboard", "without a log-on")
        return
    assert [result.outcome for result in connected.results] == ["ok", "ok"], connected.stdout
    carry(offline, INTERNET, ROLE_SERVER, rf"{folder}\UpdatePacks")
    assert offline.play(bring_in, host=ROLE_SERVER).only["changed"]
    assert asked(offline, "service_connection_tool") == what_modules_ask()["service_connection_tool"]
