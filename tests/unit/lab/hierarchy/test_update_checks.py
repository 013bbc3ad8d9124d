# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks for updates that somebody asks SMS_DMP_DOWNLOADER for, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.quirks import Quirks
from programs import needs_tinyproxy

SRV1 = "srv1.corp.example"
DOWNLOADER = "SMS_DMP_DOWNLOADER"
KEY = rf"SOFTWARE\Microsoft\SMS\COMPONENTS\{DOWNLOADER}"
TIMES = ("LastSyncedTime", "LastSyncRequestTime")
NEXT, LATER = "Configuration Manager 2509", "Configuration Manager 2603"
HOTFIX = "Configuration Manager 2503 Hotfix Rollup (KB32851084)"
MANIFEST, CONSOLE_CONTENT = "easy setup payload", "Admin UI content payload"
ON_A_SEND = "The underlying connection was closed: An unexpected error occurred on a send."
NO_TRUST = "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel."
NO_CONNECTION = "Unable to connect to the remote server"
STRONG_CRYPTO = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"


@pytest.fixture
def point(make_site: Callable[..., Any]) -> Any:
    """A site with an online role, some time after its start."""
    return some_time_after(make_site(role="srv1:online"))


def some_time_after(site: Any) -> Any:
    site.pass_time(1000)
    clear_log(site)
    return site


def clear_log(site: Any) -> None:
    server = site.hierarchy.servers[SRV1]
    server.files.write(rf"{server.log_directory}\dmpdownloader.log", "")


def ask(site: Any, value: object = 0) -> None:
    for name in TIMES:
        site.console.servers.set_registry_value("srv1", f"HKLM\\{KEY}", name, value)


def times(site: Any) -> tuple[object, object]:
    synced, requested = (site.registry(SRV1, KEY, name) for name in TIMES)
    return requested, synced


def seconds(site: Any) -> int:
    return int(site.clock().timestamp())


def log(site: Any) -> str:
    return str(site.log("dmpdownloader.log", SRV1))


def states(site: Any) -> dict[str, str]:
    return {package.name: package.state.name for package in site.hierarchy.updates.packages}


def check(site: Any) -> str:
    """Have a check be asked for and made; returns what it has logged."""
    clear_log(site)
    ask(site)
    site.pass_time(90)
    return log(site)


def test_a_check_is_made_a_while_after_it_was_asked_for(point: Any) -> None:
    asked = seconds(point)
    ask(point)
    point.pass_time(59)
    assert (times(point), log(point)) == ((0, 0), "")
    point.pass_time(1)
    assert times(point) == (asked + 60, 0) and "Hasn't synced recently." in log(point)
    point.pass_time(20)
    assert times(point) == (asked + 60, asked + 80)
    assert "Manifest.cab was successfully moved" in log(point)
    before = log(point)
    point.pass_time(1000)
    assert log(point) == before, "once"


def test_one_time_alone_is_no_request_and_both_are_one_request_until_it_is_seen(point: Any) -> None:
    point.console.servers.set_registry_value("srv1", f"HKLM\\{KEY}", TIMES[0], 0)
    point.pass_time(300)
    assert log(point) == ""
    ask(point)
    ask(point)
    point.pass_time(300)
    assert log(point).count("Hasn't synced recently.") == 1


@pytest.mark.parametrize("value", [0, "0"])
def test_types_of_the_times(make_site: Callable[..., Any], value: object) -> None:
    kind = "number" if value == 0 else "text"
    site = some_time_after(make_site(role="srv1:online", quirks=Quirks(last_synced_time=kind)))  # type: ignore[arg-type]
    ask(site, value)
    site.pass_time(90)
    assert times(site) != (value, value) and all(isinstance(time, type(value)) for time in times(site))


def test_quirk_of_a_downloader_that_does_not_look_at_the_times(make_site: Callable[..., Any]) -> None:
    site = some_time_after(make_site(role="srv1:online", quirks=Quirks(update_check_request="never")))
    assert check(site) == "" and times(site) == (0, 0)
    site.console.restart_thread("srv1", DOWNLOADER)
    assert times(site) == (seconds(site), seconds(site))


def test_a_thread_that_does_not_run_sees_no_request_and_one_that_stops_makes_no_end(point: Any) -> None:
    point.console.hold_thread("srv1", DOWNLOADER)
    ask(point)
    point.pass_time(65)
    assert times(point)[0] != 0
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(60)
    assert times(point)[1] == 0 and "Manifest.cab" not in log(point)
    assert check(point) == ""
    point.console.hold_thread("srv1", DOWNLOADER, False)
    point.console.restart_thread("srv1", DOWNLOADER)
    assert times(point) == (seconds(point), seconds(point))


def test_what_a_check_finds_and_what_it_downloads(point: Any) -> None:
    known = {"Configuration Manager 2503": "INSTALL_SUCCESS", NEXT: "APPLICABILITY_SUCCESS", HOTFIX: "APPLICABILITY_SUCCESS"}
    assert states(point) == known
    point.console.cloud.publish_update(LATER, "5.00.9145.1000")
    check(point)
    assert states(point) == {**known, LATER: "DOWNLOAD_IN_PROGRESS"} and "Found a new available update" in log(point)
    point.pass_time(120)
    assert states(point)[LATER] == "DOWNLOAD_SUCCESS" and "state message: 13 for package" in log(point)
    assert "Found a new" not in check(point) and states(point)[LATER] == "DOWNLOAD_SUCCESS"


def test_a_download_can_fail_or_be_stopped(point: Any) -> None:
    point.console.cloud.publish_update(LATER, "5.00.9145.1000")
    check(point)
    point.console.internet.set_endpoint("configmgrbits.azureedge.net", connection="unknown_host")
    point.pass_time(120)
    assert states(point)[LATER] == "DOWNLOAD_FAILED"
    assert "exception: The remote name could not be resolved: 'configmgrbits.azureedge.net'" in log(point)
    point.console.internet.set_endpoint("configmgrbits.azureedge.net")
    point.console.cloud.publish_update("Configuration Manager 2609", "5.00.9150.1000")
    check(point)
    point.console.set_mode("offline")
    point.console.restart_thread("srv1", DOWNLOADER)
    point.pass_time(1000)
    assert states(point)["Configuration Manager 2609"] == "DOWNLOAD_IN_PROGRESS"


@pytest.mark.parametrize(
    ("host", "settings", "what", "sentence"),
    [
        ("go.microsoft.com", {"connection": "timed_out"}, MANIFEST, NO_CONNECTION),
        ("go.microsoft.com", {"connection": "unknown_host"}, MANIFEST, "could not be resolved: 'go.microsoft.com'"),
        ("sccm.manage.microsoft.com", {"connection": "stalled"}, MANIFEST, "The operation has timed out"),
        ("sccm.manage.microsoft.com", {"status": 400}, MANIFEST, "returned an error: (400) Bad Request."),
        ("download.microsoft.com", {"connection": "reset"}, MANIFEST, ON_A_SEND),
        ("download.microsoft.com", {"root": "Baltimore CyberTrust Root"}, "", ""),
        ("download.microsoft.com", {"root": "Contoso Root"}, MANIFEST, NO_TRUST),
        ("download.microsoft.com", {"intercepted_by": "Contoso Web Gateway CA"}, MANIFEST, NO_TRUST),
        ("download.microsoft.com", {"certificate": "expired"}, MANIFEST, NO_TRUST),
        ("configmgrbits.azureedge.net", {"tls": "1.0"}, CONSOLE_CONTENT, ON_A_SEND),
        ("configmgrbits.azureedge.net", {"tls": "1.3"}, CONSOLE_CONTENT, ON_A_SEND),
        ("configmgrbits.azureedge.net", {"status": 599}, CONSOLE_CONTENT, "returned an error: (599) Error."),
    ],
)
def test_failures_by_endpoint(point: Any, host: str, settings: dict[str, Any], what: str, sentence: str) -> None:
    point.console.internet.set_endpoint(host, **settings)
    lines = check(point)
    assert (f"Failed to download {what} with exception: " in lines) is bool(sentence)
    assert sentence in lines and (times(point)[1] == 0) is bool(sentence)
    assert ("Retry in the next polling cycle" in lines) is (what == MANIFEST)
    assert ("Failed to call AdminUIContentDownload. error = Error -2146233079" in lines) is (what == CONSOLE_CONTENT)


def test_failures_by_the_server_itself(point: Any) -> None:
    point.console.servers.set_certificate("srv1", "DigiCert Global Root G2", "expired")
    assert NO_TRUST in check(point)
    point.console.servers.set_certificate("srv1", "DigiCert Global Root G2", "valid")
    point.console.servers.delete_registry_value("srv1", STRONG_CRYPTO, "SchUseStrongCrypto")
    assert ON_A_SEND in check(point)
    point.console.internet.set_endpoint(["go.microsoft.com", "sccm.manage.microsoft.com"], tls="1.0-1.2")
    assert "state message: 1 " in check(point) and ON_A_SEND in log(point)
    point.console.internet.require_proxy("srv1")
    assert NO_CONNECTION in check(point)


def test_quirk_of_a_failed_check_that_is_noted(make_site: Callable[..., Any]) -> None:
    site = some_time_after(make_site(role="srv1:online", quirks=Quirks(failed_check="synced")))
    site.console.internet.set_endpoint("go.microsoft.com", connection="refused")
    assert NO_CONNECTION in check(site) and times(site)[1] != 0
    assert HOTFIX in states(site), "from the check at the start"


def test_an_offline_role_takes_up_what_was_imported(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:offline")
    seen: list[str] = []

    class Payloads:
        def process(self, server: Any) -> None:
            seen.append(server.name)

    site.hierarchy.offline_payloads = Payloads()
    site.console.internet.set_endpoint("go.microsoft.com", connection="refused")
    assert "Failed" not in check(site) and seen == [SRV1]
    assert times(site)[1] != 0 and list(states(site)) == ["Configuration Manager 2503"]


class TestThroughAProxy:
    """As the site system is set to use it."""

    @pytest.fixture(autouse=True)
    def proxy(self, point: Any) -> None:
        """Nothing goes past the proxy."""
        self.set(point, UseProxy=1, ProxyServerPort=3128)
        point.console.set_property("ProxyName", "SMS Site System", "srv1", value2="proxy.corp.example")
        point.console.internet.require_proxy("srv1")

    def set(self, site: Any, **values: int) -> None:
        for name, value in values.items():
            site.console.set_property(name, "SMS Site System", "srv1", value=value)

    def test_a_proxy_that_is_not_there(self, point: Any) -> None:
        assert "could not be resolved: 'proxy.corp.example'" in check(point)

    @needs_tinyproxy
    def test_a_proxy_that_refuses_wants_an_account_or_lets_through(self, point: Any) -> None:
        add = point.console.internet.add_proxy
        try:
            add("proxy.corp.example", 3128)
            assert "Manifest.cab was successfully moved" in check(point)
            point.console.internet.set_endpoint("go.microsoft.com", connection="timed_out")
            assert "(500) Internal Server Error" in check(point)
            point.console.internet.set_endpoint("go.microsoft.com", certificate="self_signed")
            assert NO_TRUST in check(point)
            point.console.internet.set_endpoint("go.microsoft.com")
            add("proxy.corp.example", 3128, refuses=True)
            assert "(403) Forbidden" in check(point)
            add("proxy.corp.example", 3128, account="CORP\\proxy")
            assert "(407) Proxy Authentication Required" in check(point)
            point.console.add_known_account("CORP\\proxy")
            point.console.set_property("ProxyUserName", "SMS Site System", "srv1", value2="CORP\\proxy")
            assert "Manifest.cab was successfully moved" in check(point)
        finally:
            point.hierarchy.close()
