# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of -connect to the internet: what can be wrong with it, and proxies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from unit.lab.service_connection_tool.conftest import CAB, NEEDS_TINYPROXY, PACKS, Desk, needs_curl

pytestmark = needs_curl

HOST = "sccm.manage.microsoft.com"
UNTRUSTED = "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel."
SEND = "The underlying connection was closed: An unexpected error occurred on a send."
UNREACHABLE = "Unable to connect to the remote server"
CRYPTO = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    desk = make_desk()
    desk.carry_usage_data()
    return desk


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"connection": "unknown_host"}, f"The remote name could not be resolved: '{HOST}'"),
        ({"connection": "refused"}, UNREACHABLE),
        ({"connection": "timed_out"}, UNREACHABLE),
        ({"connection": "stalled"}, "The operation has timed out"),
        ({"connection": "reset"}, SEND),
        ({"tls": "1.0-1.1"}, SEND),
        ({"certificate": "expired"}, UNTRUSTED),
        ({"certificate": "wrong_name"}, UNTRUSTED),
        ({"certificate": "self_signed"}, UNTRUSTED),
        ({"intercepted_by": "Contoso Web Gateway CA"}, UNTRUSTED),
        ({"root": "Fabrikam Root"}, UNTRUSTED),
    ],
)
def test_what_is_in_the_way(desk: Desk, settings: dict[str, object], message: str) -> None:
    desk.perform("set_endpoint", host=HOST, **settings)
    result = desk.connect()
    assert (result.exit_code, result.errors[-1]) == (1, f"ERROR:{message}")
    desk.perform("set_endpoint", host=HOST)
    assert desk.connect().exit_code == 0


def test_a_gateway_that_is_trusted(desk: Desk) -> None:
    desk.perform("set_endpoint", host=HOST, intercepted_by="Contoso Web Gateway CA")
    desk.perform("set_certificate", server="internet1", name="Contoso Web Gateway CA", state="valid")
    assert desk.connect().exit_code == 0


def test_a_server_without_internet(desk: Desk) -> None:
    result = desk.run("srv1", "-connect", "-usagedatasrc", CAB, "-updatepackdest", PACKS)
    assert (result.exit_code, result.errors[-1]) == (1, f"ERROR:{UNREACHABLE}")


@pytest.mark.parametrize("name", ["SystemDefaultTlsVersions", "SchUseStrongCrypto"])
def test_net_framework_has_to_be_told_of_tls_1_2(desk: Desk, name: str) -> None:
    desk.perform("delete_registry_value", server="internet1", key=CRYPTO, name=name)
    result = desk.connect()
    assert (result.exit_code, result.errors[-1]) == (1, f"ERROR:{SEND}")


@NEEDS_TINYPROXY
def test_a_proxy(desk: Desk) -> None:
    desk.perform("require_proxy", server="internet1")
    assert desk.connect().exit_code == 1
    desk.perform("add_proxy", name="proxy.corp.example", port=8080)
    for address in ("proxy.corp.example:8080", "http://proxy.corp.example:8080/"):
        assert desk.connect("-proxyserveruri", address).exit_code == 0


@NEEDS_TINYPROXY
def test_a_proxy_without_a_port_is_at_80(desk: Desk) -> None:
    desk.perform("add_proxy", name="proxy.corp.example", port=80)
    assert desk.connect("-proxyserveruri", "proxy.corp.example").exit_code == 0


@NEEDS_TINYPROXY
@pytest.mark.parametrize(
    ("settings", "address", "message"),
    [
        ({}, "proxy.corp.example", UNREACHABLE),
        ({}, "elsewhere.corp.example:8080", "The proxy name could not be resolved: 'elsewhere.corp.example'"),
        ({"refuses": True}, "proxy.corp.example:8080", "The remote server returned an error: (403) Forbidden."),
        (
            {"account": "CORP\\proxy"},
            "proxy.corp.example:8080",
            "The remote server returned an error: (407) Proxy Authentication Required.",
        ),
    ],
)
def test_a_proxy_that_does_not_help(desk: Desk, settings: dict[str, object], address: str, message: str) -> None:
    desk.perform("add_proxy", name="proxy.corp.example", port=8080, **settings)
    result = desk.connect("-proxyserveruri", address)
    # What Microsoft says of wrong ports
    assert result.errors[-1] == "ERROR:CAB does not contain telemetry data."
    assert result.errors[0].endswith(message)


def test_a_password_at_the_keyboard(desk: Desk) -> None:
    result = desk.connect("-proxyserveruri", "proxy.corp.example", "-proxyusername", "CORP\\proxy")
    assert (result.exit_code, result.stdout) == (0xE0434352, "Enter the password for CORP\\proxy: ")
    assert "Unhandled Exception: System.InvalidOperationException: Cannot read keys when" in result.stderr


@NEEDS_TINYPROXY
def test_a_password_on_standard_input(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(tool_proxy_password="input")
    desk.carry_usage_data()
    desk.perform("add_proxy", name="proxy.corp.example", port=8080, account="CORP\\proxy", password="secret")
    options = ("-proxyserveruri", "proxy.corp.example:8080", "-proxyusername", "CORP\\proxy")
    assert desk.connect(*options, stdin="secret\r\n").exit_code == 0
    for wrong in ("other\r\n", ""):
        result = desk.connect(*options, stdin=wrong)
        # tinyproxy answers 401 to those
        assert "(401) Unauthorized" in result.errors[0] and result.exit_code == 1


@pytest.mark.parametrize("address", ["proxy.corp.example:http", ":8080", "http://"])
def test_what_is_no_address_of_a_proxy(desk: Desk, address: str) -> None:
    assert desk.connect("-proxyserveruri", address).errors[0].startswith("ERROR:Invalid URI")
