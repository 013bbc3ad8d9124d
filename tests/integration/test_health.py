# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of a service connection point: the playbook "check" on sites with something wrong, and its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from plays import Play, Site, refused
from programs import needs_curl, needs_tinyproxy

SERVER = "srv1.corp.example"
PREFIX = "service_connection_point_"
THREAD = "SMS_DMP_DOWNLOADER"
REPORT = "configmgr.site.service_connection_point_health_report"

pytestmark = needs_curl


def check(site: Site, *arguments: str, **variables: Any) -> Play:
    named = {PREFIX + name: value for name, value in {"health_timeout": 1, **variables}.items()}
    return site.run_playbook("configmgr.site.check", *arguments, variables=named)


def report(play: Play) -> dict[str, Any]:
    (found,) = [result.values for result in play.results if "findings" in result.values]
    return found


def found(play: Play) -> list[str]:
    return [finding["id"] for finding in report(play)["findings"]]


def evidence(play: Play, name: str) -> str:
    (finding,) = [finding for finding in report(play)["findings"] if finding["id"] == name]
    return "\n".join(finding["evidence"])


def log_error(site: Site, text: str) -> None:
    now = datetime.now(timezone.utc)
    moment = f'time="{now:%H:%M:%S}.0000000" date="{now:%m-%d-%Y}"'
    line = f'<![LOG[{text}]LOG]!><{moment} component="{THREAD}" type="3" thread="1">\r\n'
    site.control.console("write_file", server="srv1", path=r"C:\SMS\Logs\dmpdownloader.log", content=line)


def test_a_healthy_role(role: Site, tmp_path: Path) -> None:
    page = tmp_path / "health.html"
    play = check(role, health_page=str(page))
    assert play.exit_code == 0, play.stdout
    lines = play.results[-2]["msg"]
    assert lines[0] == f"The service connection point on {SERVER}, online: nothing is wrong." and lines[-1] == f"page: {page}"
    assert "- internet: 17 of 17 endpoints can be connected to, without a proxy" in lines
    assert "- restart due: not known, as nobody has noted the last one" in lines
    assert role.writes() == [] and role.control.state()["powershell_starts"] == 0
    text = page.read_text()
    assert "Nothing is wrong." in text and "sccm.manage.microsoft.com" in text and "11410" in text
    assert all(name in text for name in (THREAD, "SMS_DMP_UPLOADER", "SMS_SERVICE_CONNECTOR", "SMS_CLOUDCONNECTION"))


def test_everything_at_once_what_to_put_right_first_at_the_top(role: Site, tmp_path: Path) -> None:
    console = role.control.console
    role.play({"configmgr.site.component": {"name": THREAD, "state": "restart_due"}}, host=SERVER)
    console("set_endpoint", host="go.microsoft.com", connection="timed_out")
    console("set_endpoint", host="aka.ms", status=407)
    console("set_certificate", server="srv1", name="Contoso Web Gateway CA", state="valid")
    console("set_endpoint", host="download.microsoft.com", intercepted_by="Contoso Web Gateway CA")
    console("report_validation", result="failed", strings=["go.microsoft.com"])
    console("report_unreachable", strings=["https://go.microsoft.com <b>now</b>"])
    key = rf"HKLM\SOFTWARE\Microsoft\SMS\COMPONENTS\{THREAD}"
    long_ago = int(datetime.now(timezone.utc).timestamp()) - 3 * 86400
    console("set_registry_value", server="srv1", key=key, name="LastSyncedTime", value=long_ago)
    log_error(role, "The remote name could not be resolved: 'configmgrbits.azureedge.net'")
    page = tmp_path / "health.html"
    play = check(role, health_page=str(page))
    assert play.exit_code == 2
    assert found(play) == [
        "restart_due",
        "internet_critical",
        "unreachable_endpoint",
        "validation_failed",
        "internet_warning",
        "inspected",
        "update_check_overdue",
        "log_errors",
    ]
    shown = "\n".join(play.results[-2]["msg"])
    assert "online: 4 critical, 4 warning." in shown and "1. CRITICAL  The mode on record is not in effect" in shown
    assert play.results[-1].message.startswith(f"The service connection point on {SERVER}, online: 4 critical")
    assert "go.microsoft.com: no answer within the time" in evidence(play, "internet_critical")
    assert "HTTP 407" in evidence(play, "internet_warning") and "Contoso" in evidence(play, "inspected")
    text = page.read_text()
    assert "<b>now</b>" not in text and "&lt;b&gt;now&lt;/b&gt;" in text
    assert text.index("The mode on record") < text.index("The server cannot connect") < text.index("errors in a log")


def test_an_offline_role_is_not_asked_for_the_internet(role: Site) -> None:
    role.run_playbook("configmgr.site.set_mode", variables={PREFIX + "mode": "offline"})
    role.control.console("set_endpoint", host="go.microsoft.com", connection="refused")
    play = check(role)
    assert play.exit_code == 0 and found(play) == ["offline"] and report(play)["verdict"] == "healthy", play.stdout
    assert "Try what it connects to" not in [result.task for result in play.results]


def test_what_a_hierarchy_uses_is_tried(role: Site) -> None:
    role.control.console("add_tenant", name="Contoso")
    role.control.console("add_azure_service", name="CoMgmt")
    role.control.console("set_endpoint", host="management.azure.com", connection="refused")
    role.control.console("set_endpoint", host="dc.services.visualstudio.com", connection="refused")
    play = check(role, health_endpoints=["logic.azure.com"])
    assert "management.azure.com" in evidence(play, "internet_critical")
    assert "dc.services.visualstudio.com" in evidence(play, "internet_critical")
    asked = next(result["endpoints"] for result in play.results if "endpoints" in result.values)
    assert "logic.azure.com" in [endpoint["host"] for endpoint in asked]


@needs_tinyproxy
def test_the_proxy_of_the_site_system_is_used(role: Site) -> None:
    account = "CORP\\proxy"
    role.control.console("add_proxy", name="proxy.corp.example", port=8080, account=account)
    role.control.console("require_proxy", server="srv1")
    password = role.password(account)
    proxy = {"proxy_server": "proxy.corp.example", "proxy_port": 8080, "proxy_account": account}
    tasks = (
        {"configmgr.site.site_account": {"account": account, "password": password}},
        {"configmgr.site.site_system": {"site_system": SERVER, **proxy}},
    )
    assert role.play(*tasks).exit_code == 0
    assert found(check(role, health_proxy_password=password)) == []
    without = check(role)
    assert without.exit_code == 0 and found(without) == ["proxy_log_on"] and "HTTP 407" in evidence(without, "proxy_log_on")
    (remedy,) = [finding["remedy"] for finding in report(without)["findings"]]
    assert account in remedy and "-e service_connection_point_health_proxy_password=" in remedy
    wrong = check(role, health_proxy_password="wrong")
    assert wrong.exit_code == 2 and "through the proxy proxy.corp.example:8080" in evidence(wrong, "internet_critical")


@pytest.mark.every_ansible
def test_a_server_that_cannot_be_looked_at_is_a_finding(role: Site, tmp_path: Path) -> None:
    page = tmp_path / "health.html"
    role.control.console("turn_off", server="srv1")
    play = check(role, health_page=str(page))
    assert play.exit_code == 2 and found(play) == ["server_not_inspected"], play.stdout
    assert "its state: " in evidence(play, "server_not_inspected") and page.exists()
    assert check(role, health_fail_on="never").exit_code == 0


def test_a_server_without_curl_is_a_finding(role: Site) -> None:
    role.control.console("remove_curl", server="srv1")
    play = check(role)
    assert play.exit_code == 2 and found(play) == ["server_not_inspected", "not_inspected"]
    assert "its internet access: The server has no curl.exe" in evidence(play, "server_not_inspected")
    assert "dmpdownloader.log, dmpuploader.log: The server has no curl.exe" in evidence(play, "not_inspected")


def test_a_log_that_cannot_be_read_any_more_is_a_finding(role: Site) -> None:
    role.control.console("set_endpoint", host="go.microsoft.com", connection="refused")
    turn_off = {"action": "turn_off", "server": "srv1"}
    role.control.trigger("Send", server="srv1", nth=2, console=turn_off)
    play = check(role)
    assert found(play) == ["internet_critical", "not_inspected"], play.stdout
    assert "dmpdownloader.log" in evidence(play, "not_inspected")


def test_what_the_role_needs_of_its_server(role: Site) -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client"
    role.control.console("set_registry_value", server="srv1", key=key, name="Enabled", value=0)
    role.control.console("set_clock", server="srv1", seconds=4000)
    play = check(role)
    shown = [line for finding in report(play)["findings"] for line in finding["evidence"]]
    assert play.exit_code == 2 and found(play) == ["unfit_server"] * 2, play.stdout
    assert any("TLS 1.2" in line for line in shown) and any("clock" in line for line in shown), shown


def test_components_that_run_on_the_site_server_are_looked_at_there(make_site: Callable[..., Site]) -> None:
    site = make_site(role="srv1:online", downloader_thread="site_server")
    site.control.console("require_proxy", server="ps1")
    play = check(site)
    (finding,) = [one for one in report(play)["findings"] if one["id"] == "internet_critical"]
    assert finding["where"] == "ps1.corp.example"


def test_two_roles_of_which_the_wanted_one_is_looked_at(role: Site) -> None:
    role.control.console("add_site_system", server="srv2")
    role.control.console("add_role", server="srv2")
    play = check(role, site_system="srv2.corp.example")
    assert play.exit_code == 2 and found(play)[0] == "several_roles" and "other_server" not in found(play), play.stdout


@pytest.mark.every_ansible
def test_a_host_of_the_inventory_whose_address_is_unknown_is_no_reason_to_fail(role: Site, tmp_path: Path) -> None:
    content = yaml.safe_load(role.lab.inventory_file.read_text())
    content["all"]["children"]["servers"]["hosts"]["foreign"] = {"ansible_host": "{{ nowhere_defined }}"}
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(yaml.safe_dump(content))
    play = check(role, "--inventory", str(inventory))
    assert play.exit_code == 0, play.stdout


def test_a_server_that_is_not_in_the_inventory(role: Site, tmp_path: Path) -> None:
    content = yaml.safe_load(role.lab.inventory_file.read_text().replace(SERVER, "other.corp.example"))
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(yaml.safe_dump(content))
    play = check(role, "--inventory", str(inventory))
    assert play.exit_code == 2 and f"{SERVER} is not in the inventory" in evidence(play, "server_not_inspected"), play.stdout
    renamed = check(role, "--inventory", str(inventory), restart_host="other.corp.example")
    assert renamed.exit_code == 0 and found(renamed) == [], renamed.stdout


def test_a_role_below_the_top_tier(make_site: Callable[..., Site]) -> None:
    play = check(make_site("expanded"))
    assert play.exit_code == 2 and "below_top_tier" in found(play), play.stdout


def test_check_mode_does_not_write_the_page(role: Site, tmp_path: Path) -> None:
    page = tmp_path / "health.html"
    play = check(role, "--check", health_page=str(page))
    assert play.exit_code == 0 and report(play)["changed"] and not page.exists(), play.stdout


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"health_page": "/no/where/health.html"}, "health_page: there is no directory /no/where"),
        ({"health_timeout": 0}, "must be between 1 and 120 seconds"),
        ({"health_features": ["update"]}, "value of service_connection_point_health_features must be one or more of"),
        ({"health_proxypassword": "x"}, "There is no variable service_connection_point_health_proxypassword"),
    ],
)
def test_bad_variables_are_refused_before_anybody_is_asked(role: Site, variables: dict[str, Any], words: str) -> None:
    play = check(role, **variables)
    assert play.exit_code == 2 and words in str(play.results[-1].values), play.stdout
    assert role.requests() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"site": {"sites": []}, "role": {"service_connection_points": [{"mode": "online"}]}}, ["as the modules return it"]),
        ({"site": {}, "role": {}}, ["site: it must be what configmgr.site.site_info has returned"]),
        ({"site": {"sites": []}, "role": {"failed": True}}, ["role: it must be what"]),
        (
            {"site": {"sites": []}, "role": {"service_connection_points": []}, "path": "/no/where/x.html"},
            ["no directory /no/where"],
        ),
    ],
)
def test_bad_input_of_the_report(role: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(role.play({REPORT: options}).only, *words)
    assert role.requests() == []
