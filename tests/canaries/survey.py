# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every place where a password enters, in runs that succeed and in runs that fail, and what can be found of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import logons
import yaml
from lab.hierarchy.site import VERSION
from lab.internet.listeners import Port, ResettingPort, StalledPort
from plays import Site, Task

from canaries import traces
from canaries.canary import Canary
from canaries.echo import EchoingServer, Form
from canaries.runs import RoleRun, Run, Survey
from canaries.traces import Traces, files_in

PROVIDER, SERVER = "ps1.corp.example", "srv1.corp.example"
PROXY, PROXY_ACCOUNT = "proxy.corp.example", "CORP\\proxy"
TOOL, CAB, PACKS = r"C:\Offline\ServiceConnectionTool", r"C:\Offline\UsageData.cab", r"C:\Offline\UpdatePacks"
SERVER_PLACES = ("command lines on servers", "files on servers")
_PREFIX = "service_connection_point_"
_IMPATIENT = {
    "ansible_winrm_operation_timeout_sec": 1,
    "ansible_winrm_read_timeout_sec": 2,
    "ansible_psrp_operation_timeout": 1,
    "ansible_psrp_read_timeout": 2,
    "ansible_psrp_connection_timeout": 2,
}
_HERE = Path(__file__).parent


class Surveyor:
    """Makes the canaries, and the runs that have them."""

    def __init__(self, site: Site, directory: Path) -> None:
        self._site = site
        self._directory = directory
        self._undo = ExitStack()
        self.canaries: list[Canary] = []
        self._groups: dict[str, dict[str, Any]] = {}
        """Hosts besides those of the lab, with their variables."""

    def survey(self) -> Survey:
        """Run it all."""
        with self._undo:
            self._prepare()
            runs = [*self._connections(), *self._roles(), *self._modules(), *self._failures()]
            inventory = self._directory / "inventory.yml"
            inventory.write_text(self._inventory(), encoding="utf-8")
            tickets = logons.tickets(self._site.lab, self._directory).environment
            settings = {**tickets, "PYTHONPATH": str(_HERE / "broken"), "ANSIBLE_ACTION_PLUGINS": str(_HERE / "broken")}
            found = traces.run([run.play() for run in runs], inventory, self._directory, settings)
            found = Traces({**found.by_place, **self._on_servers()})
        outcomes: dict[str, set[str]] = {run.name: set() for run in runs}
        for line in found["results of a callback"].splitlines():
            entry = json.loads(line)
            outcomes.setdefault(entry["task"], set()).add(entry["outcome"])
        return Survey(self.canaries, outcomes, {run.name: run.outcome for run in runs}, found)

    def _on_servers(self) -> dict[str, list[bytes]]:
        """What a task has its server run or looks up there, and what it leaves there; a site gets passwords to encrypt them."""
        sent = (request for request in self._site.requests() if request["action"] != "EncryptDataEx")
        details = [str(request["detail"]).encode() for request in sent]
        folders = [server.files.location("C:\\") for server in self._site.lab.hierarchy.servers.values()]
        return dict(zip(SERVER_PLACES, (details, [content for folder in folders for content in files_in(folder)]), strict=True))

    def _canary(self, place: str, value: str | None = None) -> str:
        canary = Canary(place) if value is None else Canary(place, value)
        self.canaries.append(canary)
        return canary.value

    def _prepare(self) -> None:
        console = self._site.control.console
        for server in (PROVIDER, SERVER):
            logons.allow_all(self._site.control, server)
        console("set_tool_version", server=SERVER, version=VERSION, folder=TOOL)

    def _inventory(self) -> str:
        usual = yaml.safe_load(self._site.lab.inventory_file.read_text())
        usual["all"]["children"] |= {name: {"hosts": hosts} for name, hosts in self._groups.items()}
        return yaml.safe_dump(usual, allow_unicode=True)

    def _connections(self) -> Iterator[Run]:
        right = self._canary("ansible_password", self._site.lab.accounts[0].password)
        for group, password, outcome in (
            ("right", right, "ok"),
            ("wrong", self._canary("ansible_password, wrong"), "unreachable"),
        ):
            for way in logons.WAYS:
                # Basic sends no other characters than those of ASCII, and says so
                sent = _ascii(password) if way.method == "Basic" else password
                variables = way.host_variables(self._site.lab) | {"ansible_password": sent}
                if way.has_password:
                    self._add(group, way.name, variables)
            yield Run(f"log on with the {group} password", group, [logons.TASK], outcome)
        yield self._diagnosis("wrong")
        for way in logons.WAYS:
            if way.method in ("NTLM", "Basic"):
                stalled = {"ansible_port": self._port(StalledPort()), "ansible_password": _ascii(right)}
                self._add("stalled", way.name, way.host_variables(self._site.lab) | stalled | _IMPATIENT)
        yield Run("log on where no answer comes", "stalled", [logons.TASK], "unreachable")
        unsendable = self._canary("ansible_password, unsendable", f"{Canary('').core}€")
        self._add("unsendable", "Basic", {"ansible_password": unsendable, "ansible_winrm_transport": "basic"})
        yield Run("log on with a password that Basic cannot send", "unsendable", [logons.TASK], "unreachable")
        for connection, others in (
            ("winrm", {}),
            ("psrp", {"ansible_connection": "psrp", "ansible_psrp_auth": "ntlm", "ansible_psrp_protocol": "https"}),
        ):
            secret = quote(self._canary(f"ansible_{connection}_proxy"), safe="")
            for number, url in enumerate(("http://user:{}@127.0.0.1:1", "http://user:{}@127.0.0.1:port", "gopher://user:{}@x")):
                variables = {**others, f"ansible_{connection}_proxy": url.format(secret)}
                self._add(f"{connection}_proxies", str(number), variables)
            yield Run(f"log on by a useless proxy of {connection}", f"{connection}_proxies", [logons.TASK], "unreachable")
            yield self._diagnosis(f"{connection}_proxies")

    def _port(self, port: Port) -> int:
        self._undo.callback(port.close)
        return port.address.port

    def _add(self, group: str, name: str, variables: dict[str, Any]) -> None:
        """A host, which is the server with the SMS Provider."""
        port = {"ansible_port": self._site.lab.https_ports[PROVIDER]}
        self._groups.setdefault(group, {})[f"{group}: {name}"] = port | variables

    @staticmethod
    def _diagnosis(group: str) -> Run:
        return Run(f"the log-on is diagnosed: {group}", group, [{"configmgr.site.connection_info": {"fail_on": "never"}}])

    def _modules(self) -> Iterator[Run]:
        def account(password: str) -> Task:
            return {"configmgr.site.site_account": {"account": "CORP\\installer", "password": password}}

        secret = self._canary("site_account, password")
        for name in ("an account is made known", "an account gets a password"):
            yield Run(name, PROVIDER, [account(secret)])
        yield Run("an account gets a password, perhaps", PROVIDER, [{**account(secret), "check_mode": True}])
        yield from self._directories()
        yield from self._files()
        yield from self._internet()
        yield from self._tool()

    def _directories(self) -> Iterator[Run]:
        known = json.loads((self._site.lab.directory / "control.json").read_text())
        ldap = {"ldap_server": known["ldap"]["tls_url"], "ldap_user": "CORP\\analyst"}
        options = {"site_server": PROVIDER, "ldap_ca_path": str(self._site.lab.authority_file), "fail_on": "never"}
        for name, password in (
            ("a directory is asked", self._canary("ldap_password", known["accounts"]["CORP\\analyst"])),
            ("a directory refuses", self._canary("ldap_password, wrong")),
        ):
            given = {**options, **ldap, "ldap_password": password}
            yield Run(name, SERVER, [{"configmgr.site.site_system_prerequisites": given}])

    def _files(self) -> Iterator[Run]:
        source = self._directory / "file"
        source.write_text("content")
        options = {"mode": "push", "src": str(source), "dest": r"C:\Offline\file", "smb_port": "{{ configmgr_smb_port }}"}
        user = self._site.lab.accounts[0].name
        for name, password, outcome in (
            ("a file is pushed", self._canary("smb_password", self._site.lab.accounts[0].password), "ok"),
            ("the server refuses by SMB", self._canary("smb_password, wrong"), "failed"),
        ):
            given = {**options, "smb_user": user, "smb_password": password}
            yield Run(name, SERVER, [{"configmgr.site.file_transfer": given}], outcome)
        reset: Task = {"configmgr.site.file_transfer": {**given, "smb_port": self._port(ResettingPort())}}
        yield Run("the connection by SMB is reset", SERVER, [reset], "failed")

    def _internet(self) -> Iterator[Run]:
        secret = self._canary("internet_access, proxy_password")
        self._site.control.console("add_proxy", name=PROXY, port=8080, account=PROXY_ACCOUNT, password=secret)
        options = {"proxy_server": PROXY, "proxy_port": 8080, "proxy_user": PROXY_ACCOUNT, "timeout": 5}
        wrong = self._canary("internet_access, proxy_password, wrong")
        for name, password, outcome in (("the internet is tried", secret, "ok"), ("the proxy refuses", wrong, "failed")):
            given = {**options, "proxy_password": password}
            yield Run(name, SERVER, [{"configmgr.site.internet_access": given}], outcome)
        for form in ("http://user:{}@{}:8080", "user:{}@{}"):
            given = {"proxy_server": form.format(quote(wrong, safe=""), PROXY)}
            yield Run(f"a proxy is given as {form}", SERVER, [{"configmgr.site.internet_access": given}], "failed")

    def _tool(self) -> Iterator[Run]:
        secret = self._canary("service_connection_tool, proxy_password")
        name = "tool." + PROXY
        self._site.control.console("add_proxy", name=name, port=8080, account=PROXY_ACCOUNT, password=secret)
        module = "configmgr.site.service_connection_tool"
        before: list[Task] = [
            {"configmgr.site.service_connection_point": {"mode": "offline"}, "delegate_to": PROVIDER},
            {
                module: {"phase": "prepare", "tool": TOOL, "usage_data": CAB},
                # The database is on another server
                "vars": {"ansible_winrm_transport": "credssp"},
            },
        ]
        connect = {"phase": "connect", "tool": TOOL, "usage_data": CAB, "updates": PACKS, "proxy_server": f"{name}:8080"}
        wrong = self._canary("service_connection_tool, proxy_password, wrong")
        for text, password, outcome in (("the tool connects", secret, "ok"), ("the proxy refuses the tool", wrong, "failed")):
            given = {**connect, "proxy_user": PROXY_ACCOUNT, "proxy_password": password, "force": True}
            yield Run(text, SERVER, [*before, {module: given}], outcome)
        url = f"http://user:{quote(wrong, safe='')}@{name}:8080"
        yield Run("the tool gets a proxy with its account", SERVER, [{module: {**connect, "proxy_server": url}}], "failed")

    def _failures(self) -> Iterator[Run]:
        """Servers that show what they were sent, options that are wrong, and an error of the collection itself."""
        secret = self._canary("site_account, password, and what is shown of it")
        account = {"account": "CORP\\other", "password": secret}
        port = self._site.lab.https_ports[PROVIDER]
        for form in get_args(Form):
            server = self._undo.enter_context(
                EchoingServer(port, self._site.lab.authority_file, self._directory / form, self.canaries[-1], form)
            )
            variables = {"ansible_port": server.port, "ansible_winrm_ca_trust_path": str(server.authority_file)}
            self._add(f"echo_{form}", "Basic", {**variables, "ansible_winrm_transport": "basic"})
            task = {"configmgr.site.site_account": account}
            yield Run(f"a server shows what it was sent in a {form}", f"echo_{form}", [task], "failed")
        mistakes: dict[str, Task] = {
            "an option has a wrong name": {"pasword": secret},
            "an option is no choice": {"update_password": secret},
            "an option is of a wrong type": {"password": {"text": [secret]}, "state": "absent"},
            "an account is no account": {"account": secret},
            "an option is missing": {"account": None},
        }
        for name, wrong in mistakes.items():
            given = {option: value for option, value in {**account, **wrong}.items() if value is not None}
            yield Run(name, PROVIDER, [{"configmgr.site.site_account": given}], "failed")
        number = {"mode": "pull", "src": r"C:\a", "dest": "b", "smb_user": "user", "smb_password": secret, "smb_port": secret}
        yield Run("an option is no number", SERVER, [{"configmgr.site.file_transfer": number}], "failed")
        yield Run("the collection has an error", PROVIDER, [{"broken": {"password": secret}}], "failed")

    def _roles(self) -> Iterator[Run]:
        """The roles that take passwords, where these are used and where their variables are wrong."""
        site, console = self._site, self._site.control.console
        known = json.loads((site.lab.directory / "control.json").read_text())
        proxy = f"roles.{PROXY}"
        secrets = {
            "ldap_password": self._canary(f"{_PREFIX}ldap_password", known["accounts"]["CORP\\analyst"]),
            "installation_account_password": self._canary(
                f"{_PREFIX}installation_account_password", known["accounts"]["CORP\\installer"]
            ),
            "proxy_account_password": self._canary(f"{_PREFIX}proxy_account_password"),
        }
        health = {"health_proxy_password": self._canary(f"{_PREFIX}health_proxy_password", secrets["proxy_account_password"])}
        offline = {"offline_proxy_password": self._canary(f"{_PREFIX}offline_proxy_password")}
        console("add_local_group_member", server="srv1", member="CORP\\installer")
        console("add_proxy", name=proxy, port=8080, account=PROXY_ACCOUNT, password=secrets["proxy_account_password"])
        wanted = {
            "site_system": SERVER,
            "mode": "online",
            "ldap_server": known["ldap"]["tls_url"],
            "ldap_user": "CORP\\analyst",
            "ldap_ca_path": str(site.lab.authority_file),
            "installation_account": "CORP\\installer",
            "proxy_server": proxy,
            "proxy_port": 8080,
            "proxy_account": PROXY_ACCOUNT,
            **secrets,
        }
        directory = {"offline_directory": str(self._directory / "offline")}
        for name, role, given, outcome in (
            ("the role with a variable of a wrong type", "", {**wanted, "wait_timeout": "soon"}, "failed"),
            ("the role with an account that the server refuses", "", {**wanted, "installation_account": "CORP"}, "failed"),
            ("the role", "", wanted, "ok"),
            ("the role in a second run", "", wanted, "ok"),
            ("its health", "_health", health, "ok"),
            ("its health with a variable of a wrong type", "_health", {**health, "health_timeout": "soon"}, "failed"),
            (
                "an update without internet",
                "_offline",
                {**offline, **directory, "offline_internet_computer": "nobody"},
                "failed",
            ),
        ):
            included = {"ansible.builtin.include_role": {"name": f"configmgr.site.service_connection_point{role}"}}
            variables = {f"{_PREFIX}{variable}": value for variable, value in given.items()}
            yield RoleRun(name, PROVIDER, [included], outcome, variables)


def _ascii(password: str) -> str:
    return password.encode("ascii", "ignore").decode()
