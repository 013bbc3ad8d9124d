# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole lab, from the wire to the hierarchy, with clients that share no code with it: pywinrm and pypsrp."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xmltodict
from lab.client import LabControl, LabError
from lab.hierarchy import topology as topologies
from lab.lab import Lab
from lab.simulation import ManualClock
from pypsrp.wsman import WSMan
from winrm.exceptions import WSManFaultError
from winrm.protocol import Protocol

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi"
SITE = f"{WMI}/root/sms/site_PS1"
ROLE = f"{SITE}/SMS_SCI_SysResUse"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
SRV1 = "srv1.corp.example"
PROVIDER = "ps1.corp.example"

CREATE = f"""\
<p:SMS_SCI_SysResUse xmlns:p="{ROLE}" xmlns:e="{SITE}/SMS_EmbeddedProperty"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <p:NALPath>["Display=\\\\{SRV1}\\"]MSWNET:["SMS_SITE=PS1"]\\\\{SRV1}\\</p:NALPath>
  <p:NALType>Windows NT Server</p:NALType>
  <p:RoleName>SMS Dmp Connector</p:RoleName>
  <p:SiteCode>PS1</p:SiteCode>
  <p:Props xsi:type="e:SMS_EmbeddedProperty_Type">
    <e:PropertyName>OfflineMode</e:PropertyName><e:Value>1</e:Value>
  </p:Props>
</p:SMS_SCI_SysResUse>"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab(topologies.load("standalone"), tmp_path / "lab", speed=600) as lab:
        yield lab


@pytest.fixture
def control(lab: Lab) -> LabControl:
    return LabControl.of_directory(lab.directory)


def test_a_role_created_over_the_wire_gets_installed(tmp_path: Path) -> None:
    clock = ManualClock()
    with Lab(topologies.load("standalone"), tmp_path / "lab", speed=1, clock=clock) as lab:
        watch_an_installation(lab, LabControl.of_directory(lab.directory), clock)


def watch_an_installation(lab: Lab, control: LabControl, clock: ManualClock) -> None:
    client = _pywinrm(lab, PROVIDER)
    control.task("create the role", PROVIDER)
    created = _send(client, f"{TRANSFER}/Create", ROLE, ElementTree.fromstring(CREATE))
    assert [element.text for element in created.iter() if element.get("Name") == "SiteCode"] == ["PS1"]
    control.task("watch the components", PROVIDER)
    wql = (
        "SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '0001128000100008' "
        f"AND MachineName = '{SRV1}' AND ComponentName = 'SMS_DMP_DOWNLOADER'"
    )
    states: list[str] = []
    while states[-1:] != ["1"]:
        states += _texts(_enumerate(client, wql), "State")
        clock.move(10)
    assert set(states) == {"1", "3"}
    clock.move(600)
    state = control.state()
    assert not any(entry["is_busy"] for entry in state["installations"])
    (point,) = state["service_connection_points"]
    assert (point["server"], point["mode"], point["effective_mode"]) == (SRV1, "offline", "offline")
    assert set(point["components"].values()) == {"STARTED"}
    assert (state["violations"], state["powershell_starts"]) == ([], 0)
    tasks = {task["task"]: task for task in control.requests()}
    (request,) = tasks["create the role"]["requests"]
    assert (request["action"], request["account"]) == ("Create", "CORP\\administrator")
    assert request["bytes_out"] > 0
    assert tasks["watch the components"]["count"] == state["requests"] - 1


def test_pypsrp_reads_the_same_over_http(lab: Lab, control: LabControl) -> None:
    control.console("add_role", server="srv1", mode="online")
    account = lab.accounts[0]
    with WSMan(
        "127.0.0.1",
        port=lab.http_ports[PROVIDER],
        ssl=False,
        auth="ntlm",
        username=account.name,
        password=account.password,
    ) as client:
        body = ElementTree.fromstring(_enumerate_body("SELECT * FROM SMS_SCI_SysResUse WHERE RoleName LIKE '%Dmp%'"))
        answer = client.enumerate(f"{SITE}/*", body)
    assert _texts(answer, "NetworkOSPath") == [f"\\\\{SRV1}"]
    assert _texts(answer, "PropertyName") == ["OfflineMode"]


def test_a_group_with_5000_members_comes_page_by_page(lab: Lab, control: LabControl) -> None:
    users = [f"CORP\\user{number:04}" for number in range(1, 5001)]
    control.console("add_local_group_member", server="srv1", member=users)
    client = _pywinrm(lab, SRV1)
    resource = f"{WMI}/root/cimv2/*"
    path = "Win32_Group.Domain='SRV1',Name='Administrators'"
    wql = f'SELECT * FROM Win32_GroupUser WHERE GroupComponent = "{path}"'
    answer = _send(client, f"{ENUMERATION}/Enumerate", resource, ElementTree.fromstring(_enumerate_body(wql)))
    names: list[str] = []
    requests = 1
    while True:
        parts = [element for element in answer.iter() if element.tag.endswith("}PartComponent")]
        names += [entry.text or "" for part in parts for entry in part.iter() if entry.get("Name") == "Name"]
        if any(element.tag.endswith("}EndOfSequence") for element in answer.iter()):
            break
        (context,) = _texts(answer, "EnumerationContext")
        body = (
            f'<n:Pull xmlns:n="{ENUMERATION}"><n:EnumerationContext>{context}</n:EnumerationContext>'
            "<n:MaxElements>32000</n:MaxElements></n:Pull>"
        )
        answer = _send(client, f"{ENUMERATION}/Pull", resource, ElementTree.fromstring(body))
        requests += 1
    assert names[:3] == ["Administrator", "Domain Admins", "PS1$"]
    assert len(names) == 5003
    assert requests > 5
    state = control.state()["servers"][SRV1]["local_groups"]["S-1-5-32-544"]
    assert (state["count"], len(state["members"])) == (5003, 20)


def test_another_administrator_comes_first(lab: Lab, control: LabControl) -> None:
    control.trigger("Create", server="ps1", console={"action": "add_role", "server": "srv1"})
    client = _pywinrm(lab, PROVIDER)
    with pytest.raises(WSManFaultError) as caught:
        _send(client, f"{TRANSFER}/Create", ROLE, ElementTree.fromstring(CREATE))
    assert "SMS_ExtendedStatus" in caught.value.response
    (trigger,) = control.state()["triggers"]
    assert trigger["fired"]
    assert not trigger["error"]


def test_the_nth_request_is_the_one(lab: Lab, control: LabControl) -> None:
    console = {"action": "add_role", "server": "srv1"}
    control.trigger("Enumerate", detail_contains="SysResUse", nth=2, console=console)
    client = _pywinrm(lab, PROVIDER)
    wql = "SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = 'SMS Dmp Connector'"
    assert _texts(_enumerate(client, wql), "NetworkOSPath") == []
    assert _texts(_enumerate(client, wql), "NetworkOSPath") == [f"\\\\{SRV1}"]


def test_a_reset_keeps_the_addresses(lab: Lab, control: LabControl) -> None:
    control.console("add_role", server="srv1")
    client = _pywinrm(lab, PROVIDER)
    wql = "SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = 'SMS Dmp Connector'"
    assert _texts(_enumerate(client, wql), "NetworkOSPath") == [f"\\\\{SRV1}"]
    control.reset()
    assert control.state()["requests"] == 0
    assert _texts(_enumerate(client, wql), "NetworkOSPath") == []


def test_wrong_control_requests_are_explained(lab: Lab, control: LabControl) -> None:
    with pytest.raises(LabError, match="there is no action 'dance'; there are add_role"):
        control.console("dance")
    with pytest.raises(LabError, match="add_role"):
        control.console("add_role", place="srv1")
    with pytest.raises(LabError, match="no server 'srv9'"):
        control.console("add_role", server="srv9")
    with pytest.raises(LabError, match="online or offline"):
        control.console("add_role", server="srv1", mode="sideways")


def test_what_happens_in_the_end(tmp_path: Path) -> None:
    with Lab(topologies.load("standalone"), tmp_path / "lab") as lab:
        directory = lab.directory
        assert json.loads((directory / "control.json").read_text())["url"] == lab.control.url
        for name in ("inventory.yml", "control.json"):
            assert (directory / name).stat().st_mode & 0o077 == 0
        (tmp_path / "present").mkdir()
        with Lab(topologies.load("standalone"), tmp_path / "present") as other:
            (other.directory / "notes.txt").touch()
    assert not directory.exists()
    assert [path.name for path in other.directory.iterdir()] == ["notes.txt"]


def test_a_lab_that_cannot_start_leaves_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "lab"
    directory.mkdir()
    (directory / "control.json").mkdir()
    with pytest.raises(OSError, match=r"control\.json"):
        Lab(topologies.load("standalone"), directory)
    assert [path.name for path in directory.iterdir()] == ["control.json"]


def test_files_of_others_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "inventory.yml").write_text("all: {}\n")
    with pytest.raises(ValueError, match=r"inventory\.yml exists and is not a lab's"):
        Lab(topologies.load("standalone"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["inventory.yml"]


def test_a_lab_that_was_killed_is_replaced(tmp_path: Path) -> None:
    for name in ("ca.pem", "inventory.yml", "control.json"):
        (tmp_path / name).write_text("{}")
    with Lab(topologies.load("standalone"), tmp_path):
        assert LabControl.of_directory(tmp_path).state()["topology"] == "standalone"
    assert list(tmp_path.iterdir()) == []


def test_requests_count_for_the_task_of_their_host(lab: Lab, control: LabControl) -> None:
    control.task("read", "elsewhere")
    control.task("read", PROVIDER)
    control.task("read", SRV1)
    _enumerate(_pywinrm(lab, PROVIDER), "SELECT * FROM SMS_Site")
    assert [(task["host"], task["count"]) for task in control.requests()] == [
        ("elsewhere", 0),
        (PROVIDER, 1),
        (SRV1, 0),
    ]
    control.task("delegate", "elsewhere")
    _enumerate(_pywinrm(lab, PROVIDER), "SELECT * FROM SMS_Site")
    assert control.requests()[-1]["count"] == 1


def _pywinrm(lab: Lab, server: str) -> Any:
    account = lab.accounts[0]
    return Protocol(
        f"https://127.0.0.1:{lab.https_ports[server]}/wsman",
        transport="ntlm",
        username=account.name,
        password=account.password,
        ca_trust_path=str(lab.authority_file),
    )


def _send(client: Any, action: str, resource: str, body: ElementTree.Element) -> ElementTree.Element:
    header = client.build_wsman_header(action, resource)
    envelope = xmltodict.unparse({"env:Envelope": {**header, "env:Body": {"PLACE": None}}})
    inner = ElementTree.tostring(body, encoding="unicode")
    text = re.sub(r"<PLACE\s*(/>|></PLACE>)", lambda match: inner, envelope)
    return ElementTree.fromstring(client.send_message(text))


def _enumerate(client: Any, wql: str) -> ElementTree.Element:
    return _send(client, f"{ENUMERATION}/Enumerate", f"{SITE}/*", ElementTree.fromstring(_enumerate_body(wql)))


def _enumerate_body(wql: str) -> str:
    return (
        f'<n:Enumerate xmlns:n="{ENUMERATION}" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">'
        "<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>"
        f'<w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">{wql}</w:Filter></n:Enumerate>'
    )


def _texts(answer: ElementTree.Element, name: str) -> list[str]:
    return [element.text or "" for element in answer.iter() if element.tag.endswith("}" + name)]
