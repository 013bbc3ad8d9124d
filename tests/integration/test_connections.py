# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugins winrm and psrp: the same work with the same requests, through proxies and at other paths, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import yaml
from lab.internet.proxies import Proxy, credentials
from plays import Site, Task
from programs import needs_tinyproxy

SERVER = "srv1.corp.example"
MODULE = "configmgr.site.service_connection_point"
SCHEMES = {"winrm": "ansible_winrm_scheme", "psrp": "ansible_psrp_protocol"}
PROVIDER, OTHER = "ps1.corp.example", "srv2.corp.example"


def psrp(site: Site) -> dict[str, Any]:
    """Has the hosts of the lab's inventory be reached by psrp."""
    return {
        "ansible_connection": "psrp",
        "ansible_psrp_protocol": "https",
        "ansible_psrp_auth": "ntlm",
        "ansible_psrp_ca_cert": str(site.lab.authority_file),
    }


def work(on: str) -> list[Task]:
    """The life of a role, and what asks programs of the server. The names keep the tasks apart."""
    tasks: list[Task] = [
        {"name": "sites", "configmgr.site.site_info": {}},
        {"name": "not fit", "configmgr.site.site_system_prerequisites": {"site_server": PROVIDER}, "delegate_to": OTHER},
        {"name": "install", MODULE: {"site_system": SERVER, "mode": "online"}},
        {"name": "install again", MODULE: {"site_system": SERVER, "mode": "online"}},
        {"name": "again", MODULE: {"site_system": SERVER, "mode": "online", "site_code": "PS1"}},
        {"name": "set mode", MODULE: {"mode": "offline", "site_code": "PS1"}},
        {
            "name": "restart",
            "configmgr.site.component": {"name": "SMS_DMP_DOWNLOADER", "state": "restarted", "restarted_for": "offline"},
            "delegate_to": SERVER,
        },
        {"name": "log", "configmgr.site.log_info": {"name": "dmpdownloader.log"}, "delegate_to": SERVER},
        {"name": "remove", MODULE: {"state": "absent", "wait": False}},
    ]
    return [{**task, "name": f"{task['name']} on {on}"} for task in tasks]


@pytest.mark.every_ansible
def test_psrp_sends_the_requests_of_winrm_and_no_other(make_site: Callable[..., Site]) -> None:
    seen: dict[str, dict[str, list[str]]] = {}
    for connection in ("winrm", "psrp"):
        site = make_site()
        play = site.play(*work(connection), variables=psrp(site) if connection == "psrp" else None)
        assert [result.outcome for result in play.results] == ["ok"] * len(work("")), play.stdout + play.stderr
        seen[connection] = {
            str(task["task"]).partition(" on ")[0]: [request["action"] for request in task["requests"]]
            for task in site.control.requests()
        }
        # Of which the pool of the plugin itself would have been one
        assert site.control.state()["powershell_starts"] == 0
        assert site.control.state()["violations"] == []
    # How often a run looks whether something is done depends on time
    for task in ("install", "install again", "restart"):
        assert set(seen["winrm"].pop(task)) == set(seen["psrp"].pop(task))
    assert seen["winrm"] == seen["psrp"]
    # The budget of what is done most often
    assert len(seen["psrp"]["again"]) == 2


def test_a_module_of_powershell_beside_it_has_its_pool(site: Site) -> None:
    # The lab does not speak PSRP, and says so to whoever asks for it: the plugin does, as nothing is in its place any more
    sites: Task = {"name": "sites", "configmgr.site.site_info": {}}
    play = site.play(sites, {"name": "raw", "ansible.builtin.raw": "hostname"}, variables=psrp(site))
    assert [result.outcome for result in play.results] == ["ok", "unreachable"]
    assert "psrp connection failure during runspace open" in play.results[1].message


ACCOUNT = "CORP\\proxy", "pass-word"
"""Of the proxy that wants one, and its password."""


def through(proxy: Proxy) -> str:
    """The URL that leads through it."""
    account, password = credentials(*ACCOUNT)
    return f"http://{account}:{password}@{proxy.address.host}:{proxy.address.port}"


@pytest.fixture
def proxies() -> Iterator[tuple[Proxy, Proxy]]:
    """One that wants an account, and one that connects to nothing."""
    with ExitStack() as undo:
        both = Proxy(*ACCOUNT), Proxy(refuses=True)
        for proxy in both:
            undo.callback(proxy.close)
        yield both


@needs_tinyproxy
def test_proxies_and_paths(site: Site, proxies: tuple[Proxy, Proxy]) -> None:
    _account, password = credentials(*ACCOUNT)
    ways = {
        "through": through(proxies[0]),
        "no account": f"http://{proxies[0].address.host}:{proxies[0].address.port}",
        "refused": f"http://{proxies[1].address.host}:{proxies[1].address.port}",
        "closed": "http://127.0.0.1:1",
        "unreadable": "http://user:unread/able@127.0.0.1:1",
    }
    common = yaml.safe_load(site.lab.inventory_file.read_text())["all"]["vars"]
    plugins: dict[str, dict[str, Any]] = {"winrm": common, "psrp": common | psrp(site)}
    hosts: dict[str, dict[str, Any]] = {}
    for plugin, variables in plugins.items():
        for way, url in ways.items():
            port = site.lab.https_ports[PROVIDER]
            hosts[f"{plugin} {way}"] = variables | {"ansible_port": port, f"ansible_{plugin}_proxy": url}
        plain = {"ansible_port": site.lab.http_ports[PROVIDER], f"ansible_{plugin}_proxy": ways["through"]}
        hosts[f"{plugin} plain"] = variables | plain | {SCHEMES[plugin]: "http"}
        for path in ("other/path", "wsman"):
            port = site.lab.https_ports[OTHER]
            hosts[f"{plugin} {path}"] = variables | {"ansible_port": port, f"ansible_{plugin}_path": path}
    site.control.console("set_winrm", server=OTHER, name="URLPrefix", value="other/path")
    inventory = site.lab.directory / "proxies.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    services = {"name": "services", "configmgr.site.tcp_connection_info": {"targets": [{"host": SERVER, "port": 445}]}}
    play = site.play(services, host="all", arguments=("--inventory", str(inventory)))
    results = {result.host: result for result in play.results}
    for plugin in plugins:
        for way, outcome, words in (
            ("through", "ok", ""),
            (
                "plain",
                "unreachable",
                f"the proxy may not have kept the connection, which NTLM takes. Set {SCHEMES[plugin]} to https",
            ),
            ("other/path", "ok", ""),
            ("no account", "unreachable", "407"),
            ("refused", "unreachable", "the way through the proxy failed (Tunnel connection failed: 403"),
            ("closed", "unreachable", f"ansible_{plugin}_proxy (or HTTPS_PROXY"),
            ("unreadable", "unreachable", "the URL of the server, or of the proxy on the way to it, cannot be read"),
            ("wsman", "failed", "HTTP status 404: nothing answers at that path"),
        ):
            result = results[f"{plugin} {way}"]
            assert (result.outcome, words in result.message) == (outcome, True), result.message
    probed = site.play({"configmgr.site.connection_info": {}}, host="*unreadable", arguments=("--inventory", str(inventory)))
    assert [result.outcome for result in probed.results] == ["failed"] * len(plugins)
    said = play.stdout + play.stderr + probed.stdout + probed.stderr
    assert not any(secret in said for secret in ("pass-word", password, "unread/", "user:unread"))


@needs_tinyproxy
def test_a_proxy_of_the_environment_that_is_for_everything(site: Site, proxies: tuple[Proxy, Proxy]) -> None:
    site.environment = {"ALL_PROXY": through(proxies[0])}
    plain = {"ansible_port": site.lab.http_ports[PROVIDER], "ansible_winrm_scheme": "http"}
    play = site.play({"configmgr.site.site_info": {}}, variables=plain)
    assert play.only.outcome == "unreachable" and "the proxy may not have kept the connection" in play.only.message
