# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of a service connection point: the playbook "check" on sites with something wrong, and its page."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from plays import Play, Site, refused

SERVER = "srv1.corp.example"
PREFIX = "service_connection_point_"
THREAD = "SMS_DMP_DOWNLOADER"
REPORT = "configmgr.site.service_connection_point_health_report"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_tinyproxy = pytest.mark.skipif(shutil.which("tinyproxy") is None, reason="tinyproxy is not installed")


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
    assert play.results[-1]["msg"] == [
        f"The service connection point on {SERVER}, online: nothing is wrong.",
        "Nothing is wrong.",
    ]
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
        "component_critical",
        "internet_warning",
        "intercepted",
        "update_check_overdue",
        "log_errors",
    ]
    shown = play.results[-1]["msg"]
    assert shown[0].endswith("online: 5 critical, 4 warning.") and "The mode on record is not in effect" in shown[2]
    assert "go.microsoft.com: no answer within the time" in evidence(play, "internet_critical")
    assert "HTTP 407" in evidence(play, "internet_warning") and "Contoso" in evidence(play, "intercepted")
    text = page.read_text()
    assert "<b>now</b>" not in text and "&lt;b&gt;now&lt;/b&gt;" in text
    assert text.index("The mode on record") < text.index("The server cannot connect") < text.index("errors in the logs")


def test_an_offline_role_is_not_asked_for_the_internet(role: Site) -> None:
    role.run_playbook("configmgr.site.set_mode", variables={PREFIX + "mode": "offline"})
    role.control.console("set_endpoint", host="go.microsoft.com", connection="refused")
    play = check(role)
    assert play.exit_code == 0 and found(play) == [], play.stdout
    assert "Try what it connects to" not in [result.task for result in play.results]


def test_what_a_hierarchy_uses_is_tried(role: Site) -> None:
    role.control.console("add_tenant", name="Contoso")
    role.control.console("add_azure_service", name="CoMgmt")
    role.control.console("set_endpoint", host="management.azure.com", connection="refused")
    role.control.console("set_endpoint", host="dc.services.visualstudio.com", connection="refused")
    play = check(role, health_endpoints=["logic.azure.com"])
    assert "management.azure.com" in evidence(play, "internet_critical")
    assert "dc.services.visualstudio.com" in evidence(play, "internet_warning")
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
    assert "HTTP 407" in evidence(check(role), "internet_critical")


def test_a_server_that_cannot_be_looked_at_is_a_finding(role: Site, tmp_path: Path) -> None:
    page = tmp_path / "health.html"
    role.control.console("turn_off", server="srv1")
    play = check(role, health_page=str(page))
    assert play.exit_code == 0 and found(play) == ["not_inspected"], play.stdout
    assert "the server with the role: " in evidence(play, "not_inspected") and page.exists()
    assert check(role, health_fail_on="warning").exit_code == 2


def test_a_server_without_curl_is_a_finding(role: Site) -> None:
    role.control.console("remove_curl", server="srv1")
    play = check(role)
    assert play.exit_code == 0
    seen = [evidence for finding in report(play)["findings"] for evidence in finding["evidence"]]
    assert found(play) == ["not_inspected"] * 3 and all("no curl.exe" in text for text in seen), seen


def test_a_server_that_is_not_in_the_inventory(role: Site, tmp_path: Path) -> None:
    content = yaml.safe_load(role.lab.inventory_file.read_text().replace(SERVER, "other.corp.example"))
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(yaml.safe_dump(content))
    play = check(role, "--inventory", str(inventory))
    assert play.exit_code == 0 and f"{SERVER} is not in the inventory" in evidence(play, "not_inspected"), play.stdout


def test_a_role_below_the_top_tier(make_site: Callable[..., Site]) -> None:
    play = check(make_site("expanded"))
    assert play.exit_code == 2 and "below_top_tier" in found(play), play.stdout


def test_check_mode_does_not_write_the_page(role: Site, tmp_path: Path) -> None:
    page = tmp_path / "health.html"
    play = check(role, "--check", health_page=str(page))
    assert play.exit_code == 0 and report(play)["changed"] and not page.exists(), play.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
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
