# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates for a site without internet, from usage data to an update that can be installed, over WinRM with pywinrm.

Between the computers, the test carries the files itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from xml.etree import ElementTree

import pytest
import xmltodict
from lab.client import LabControl
from lab.hierarchy import topology as topologies
from lab.hierarchy.service_connection_tool.folder import FOLDER
from lab.lab import Lab
from unit.lab.service_connection_tool.conftest import needs_curl
from winrm.protocol import Protocol

pytestmark = needs_curl

SITE_SERVER, ROLE_SERVER, INTERNET = "ps1.corp.example", "srv1.corp.example", "internet1.corp.example"
MEDIA = rf"C:\Program Files\Microsoft Configuration Manager\{FOLDER}"
TOOL, USB = r"D:\Tool", r"D:\USB"
UPDATE = "Configuration Manager 2509"
SITE = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/sms/site_PS1"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
KEY = r"HKLM\SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_DMP_DOWNLOADER"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(topologies.load("offline"), tmp_path / "lab", speed=600) as lab:
        yield lab


def client(lab: Lab, server: str) -> Protocol:
    account = lab.accounts[0]
    endpoint = f"https://localhost:{lab.https_ports[server]}/wsman"
    return Protocol(
        endpoint,
        transport="ntlm",
        username=account.name,
        password=account.password,
        ca_trust_path=str(lab.authority_file),
    )


def run(lab: Lab, server: str, command: str) -> tuple[str, str, int]:
    protocol = client(lab, server)
    shell = protocol.open_shell()
    command_id = protocol.run_command(shell, command)
    stdout, stderr, exit_code = protocol.get_command_output(shell, command_id)
    protocol.cleanup_command(shell, command_id)
    protocol.close_shell(shell)
    return stdout.decode(), stderr.decode(), exit_code


def carry(lab: Lab, source: str, destination: str, folder: str, new_folder: str = "") -> None:
    """Copy a folder between two servers by way of this computer."""
    servers = lab.hierarchy.servers
    for path in servers[source].files.walk(folder):
        there = f"{new_folder or folder}{path[len(folder) :]}"
        servers[destination].files.copy_in(servers[source].files.location(path), there)


def state_of(lab: Lab, name: str) -> str | None:
    """The state of an update as the SMS Provider tells it; None if the site does not know of it."""
    protocol = client(lab, SITE_SERVER)
    body = {
        "n:Enumerate": {
            "@xmlns:n": ENUMERATION,
            "@xmlns:w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
            "w:OptimizeEnumeration": None,
            "w:MaxElements": "10",
            "w:Filter": {
                "@Dialect": "http://schemas.microsoft.com/wbem/wsman/1/WQL",
                "#text": f"SELECT * FROM SMS_CM_UpdatePackages WHERE Name = '{name}'",
            },
        }
    }
    header = protocol.build_wsman_header(f"{ENUMERATION}/Enumerate", f"{SITE}/*")
    message = xmltodict.unparse({"env:Envelope": {**header, "env:Body": body}})
    answer = ElementTree.fromstring(protocol.send_message(message))
    return next((element.text for element in answer.iter() if element.tag.endswith("}State")), None)


def test_the_whole_circle(lab: Lab) -> None:
    control = LabControl.of_directory(lab.directory)
    for server in (ROLE_SERVER, INTERNET):
        carry(lab, SITE_SERVER, server, MEDIA, TOOL)
        lab.hierarchy.servers[server].files.make_folder(rf"{USB}\Packs")
    assert state_of(lab, UPDATE) is None

    assert run(lab, ROLE_SERVER, rf"{TOOL}\ServiceConnectionTool.exe -prepare -usagedatadest {USB}\Data.cab") == ("", "", 0)
    carry(lab, ROLE_SERVER, INTERNET, USB)
    connect = rf'"{TOOL}\ServiceConnectionTool.exe" -connect -usagedatasrc "{USB}" -updatepackdest "{USB}\Packs"'
    assert run(lab, INTERNET, connect) == ("", "", 0)
    (upload,) = control.state()["cloud"]["uploads"]
    assert upload == {"support_id": control.state()["support_id"], "site_version": "5.00.9135.1000"}
    carry(lab, INTERNET, ROLE_SERVER, USB)
    assert run(lab, ROLE_SERVER, rf"{TOOL}\ServiceConnectionTool.exe -import -updatepacksrc {USB}\Packs") == ("", "", 0)
    log, _errors, _exit_code = run(lab, ROLE_SERVER, rf"type {TOOL}\ServiceConnectionTool.log")
    assert log.endswith("Successfully Dropped the state message 4~~\r\n")

    for name in ("LastSyncRequestTime", "LastSyncedTime"):
        control.console("set_registry_value", server=ROLE_SERVER, key=KEY, name=name, value=0)
    states = [state_of(lab, UPDATE)]
    deadline = monotonic() + 30
    while states[-1] != "262146":
        assert monotonic() < deadline, states
        states.append(state_of(lab, UPDATE))
    assert set(states) <= {None, "327682", "262145", "262146"}
    assert control.state()["violations"] == []


def test_what_goes_wrong_is_seen_at_once(lab: Lab) -> None:
    carry(lab, SITE_SERVER, INTERNET, MEDIA, TOOL)
    stdout, stderr, exit_code = run(lab, INTERNET, rf"{TOOL}\ServiceConnectionTool.exe -prepare -usagedatadest {USB}\Data.cab")
    assert stdout == "ERROR: The service connection point is not installed on this computer.\r\n"
    assert (stderr, exit_code) == ("", 1)
    lab.hierarchy.servers[INTERNET].files.remove(rf"{TOOL}\AdminUI.WqlQueryEngine.dll")
    _stdout, stderr, exit_code = run(lab, INTERNET, rf"{TOOL}\ServiceConnectionTool.exe -help")
    assert "Could not load file or assembly 'AdminUI.WqlQueryEngine, Version=5.00.9135.1000" in stderr
    assert exit_code == 0xE0434352
