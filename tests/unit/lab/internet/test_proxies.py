# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to the internet: through a proxy, real ones of tinyproxy, or past it."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from lab.hierarchy import topology as topologies
from lab.internet.proxies import Proxy
from lab.lab import Lab
from lab.sockets import LOOPBACK
from programs import needs_tinyproxy
from unit.lab.internet.browsing import DIRECT, NEEDS_CURL, Browser

pytestmark = NEEDS_CURL
HOST = "go.microsoft.com"
NAME = "proxy.corp.example"
THROUGH_PROXY = f'proxy = "http://{NAME}:8080"'


def account(name: str, password: str) -> str:
    quoted = f"{name}:{password}".replace("\\", "\\\\").replace('"', '\\"')
    return f'proxy-user = "{quoted}"'


def is_listening(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex((LOOPBACK, port)) == 0


def test_a_server_that_may_not_go_out(browser: Browser) -> None:
    browser.perform("require_proxy", server="srv1")
    attempts = browser.try_all(DIRECT, urls=(f"https://{HOST}/", "https://nowhere.example/", "https://srv2.corp.example/"))
    assert [attempt.exit_code for attempt in attempts] == [28, 6, 7]
    browser.perform("require_proxy", server="srv1", value=False)
    assert browser.try_one().status == 200


@needs_tinyproxy
def test_through_a_proxy(browser: Browser) -> None:
    browser.perform("add_proxy", name=NAME, port=8080)
    browser.perform("require_proxy", server="srv1")
    browser.perform("set_endpoint", host="expired.microsoft.com", certificate="expired")
    browser.perform("set_endpoint", host="reset.microsoft.com", connection="reset")
    browser.perform("set_endpoint", host="refused.microsoft.com", connection="refused")
    browser.perform("set_endpoint", host="silent.microsoft.com", connection="timed_out")
    hosts = (HOST, *(f"{name}.microsoft.com" for name in ("expired", "reset", "refused", "silent")), "nowhere.example")
    attempts = browser.try_all(THROUGH_PROXY, urls=tuple(f"https://{host}/" for host in hosts))
    assert [(attempt.exit_code, attempt.proxy_status) for attempt in attempts] == [
        (0, 200),
        (35, 200),
        (35, 200),
        (56, 500),
        (28, 0),
        (56, 500),
    ]
    assert attempts[0].status == 200 and attempts[0].subjects[0].endswith(f"CN={HOST}")
    assert "SEC_E_CERT_EXPIRED" in attempts[1].error
    assert attempts[2].error == "schannel: failed to receive handshake, SSL/TLS connection failed"
    assert attempts[3].error == "CONNECT tunnel failed, response 500"


@needs_tinyproxy
@pytest.mark.parametrize("method", ["proxy-anyauth", "#"])
def test_a_proxy_that_wants_an_account(browser: Browser, method: str) -> None:
    password = browser.hierarchy.directory.password_of("CORP\\proxy")
    browser.perform("add_proxy", name=NAME, port=8080, account="CORP\\proxy")
    assert browser.try_one(THROUGH_PROXY, method).proxy_status == 407
    assert browser.try_one(THROUGH_PROXY, method, account("CORP\\proxy", password)).status == 200
    for wrong in (account("CORP\\proxy", f"{password}1"), account("CORP\\user", password), account("proxy", password)):
        attempt = browser.try_one(THROUGH_PROXY, method, wrong)
        assert (attempt.exit_code, attempt.proxy_status, attempt.status) == (56, 401, 0)
    browser.perform("add_proxy", name=NAME, port=8080, account="gateway", password='ä: "\\%')
    assert browser.try_one(THROUGH_PROXY, method, 'proxy-user = "Gateway:ä: \\"\\\\%"').status == 200


@needs_tinyproxy
def test_a_proxy_that_refuses(browser: Browser) -> None:
    browser.perform("add_proxy", name=NAME, port=8080, refuses=True)
    attempt = browser.try_one(THROUGH_PROXY)
    assert (attempt.exit_code, attempt.proxy_status, attempt.error) == (56, 403, "CONNECT tunnel failed, response 403")


def test_a_proxy_that_is_not_there(browser: Browser) -> None:
    unknown = browser.try_one(THROUGH_PROXY)
    assert (unknown.exit_code, unknown.error) == (5, f"Could not resolve proxy: {NAME}")
    browser.perform("set_endpoint", host=NAME)
    refused = browser.try_one(THROUGH_PROXY)
    assert refused.exit_code == 7 and refused.error.startswith(f"Failed to connect to {NAME} port 8080 ")
    browser.perform("set_endpoint", host=NAME, connection="timed_out")
    assert browser.try_one(THROUGH_PROXY).exit_code == 28


@needs_tinyproxy
def test_a_proxy_on_one_of_the_servers(browser: Browser) -> None:
    settings = 'proxy = "http://srv2.corp.example:3128"'
    assert browser.try_one(settings).exit_code == 7
    browser.perform("add_proxy", name="srv2.corp.example", port=3128)
    assert browser.try_one(settings).status == 200
    assert browser.try_one('proxy = "http://srv2.corp.example:3129"').exit_code == 7
    browser.perform("block_port", server="srv2", port=3128)
    assert browser.try_one(settings).exit_code == 28


@needs_tinyproxy
def test_a_lab_takes_its_proxies_along(tmp_path: Path) -> None:
    def add_proxy(lab: Lab) -> int:
        lab.console.perform({"action": "add_proxy", "name": NAME, "port": 8080})
        return lab.hierarchy.internet.way_to_proxy("srv1.corp.example", NAME, 8080).port

    with Lab(topologies.load("standalone"), tmp_path / "lab") as lab:
        before = add_proxy(lab)
        assert is_listening(before)
        lab.reset()
        assert not is_listening(before)
        after = add_proxy(lab)
        assert is_listening(after)
    assert not is_listening(after)


@needs_tinyproxy
def test_a_proxy_ends_when_its_lab_is_killed() -> None:
    script = "from lab.internet.proxies import Proxy; print(Proxy().address.port, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lab:
        assert lab.stdout is not None
        port = int(lab.stdout.readline())
        with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
            lab.kill()
            # Hangs up in the end, as the process does not live on; a connection that it has not taken yet is reset
            connection.settimeout(10)
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""


def test_without_tinyproxy(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ValueError, match="tinyproxy is not installed on this computer"):
        browser.perform("add_proxy", name=NAME, port=8080)
    with pytest.raises(RuntimeError):
        Proxy()
