# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server says of itself: its system, clock, drives, files and registry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from lab.hierarchy import windows_registry
from lab.quirks import Quirks
from lab.wmi.codes import Wbem
from lab.wmi.model import Caller, Instance, Value, WmiError

ANALYST = Caller("CORP\\analyst")
SRV1 = "srv1.corp.example"
GIGABYTE = 2**30


@pytest.fixture
def international(make_site: Callable[..., Any]) -> Any:
    return make_site("international")


def one(site: Any, server: str, class_name: str) -> Instance:
    (found,) = site.wmi(server).query(ANALYST, "root/cimv2", f"SELECT * FROM {class_name}").instances
    return cast(Instance, found)


def read(site: Any, key: str, name: str, kind: str) -> tuple[Value, Value]:
    """Return value and data of a registry value of srv1, over WMI."""
    arguments = {"sSubKeyName": key.removeprefix("HKLM\\"), "sValueName": name}
    outputs = site.wmi("srv1").invoke(ANALYST, "root/cimv2", "StdRegProv", {}, f"Get{kind}Value", arguments)
    return outputs["ReturnValue"], outputs.get("sValue", outputs.get("uValue"))


@pytest.mark.parametrize(
    ("server", "caption", "build", "sku", "product_type", "installation_type"),
    [
        ("ps1", "Microsoft Windows Server 2022 Standard", "20348", 7, 3, "Server"),
        ("core1", "Microsoft Windows Server 2022 Standard", "20348", 7, 3, "Server Core"),
        ("old1", "Microsoft Windows Server 2012 R2 Standard", "9600", 7, 3, "Server"),
        ("client1", "Microsoft Windows 11 Enterprise", "22631", 4, 1, "Client"),
        ("dc1", "Microsoft Windows Server 2022 Standard", "20348", 7, 2, "Server"),
    ],
)
def test_operating_systems(
    international: Any, server: str, caption: str, build: str, sku: int, product_type: int, installation_type: str
) -> None:
    system = one(international, server, "Win32_OperatingSystem")
    shown = (system["Caption"], system["BuildNumber"], system["OperatingSystemSKU"], system["ProductType"])
    assert shown == (caption, build, sku, product_type)
    key = windows_registry.CURRENT_VERSION.removeprefix("HKLM\\")
    assert international.registry(f"{server}.corp.example", key, "InstallationType") == installation_type


def test_quirk_for_the_number_of_a_core_installation(make_site: Callable[..., Any]) -> None:
    site = make_site("international", quirks=Quirks(server_core_sku="own"))
    assert one(site, "core1", "Win32_OperatingSystem")["OperatingSystemSKU"] == 13
    assert one(site, "ps1", "Win32_OperatingSystem")["OperatingSystemSKU"] == 7


@pytest.mark.parametrize(
    ("server", "role", "domain"), [("srv1", 3, "corp.example"), ("dc1", 5, "corp.example"), ("alone1", 2, "WORKGROUP")]
)
def test_domain_roles(international: Any, server: str, role: int, domain: str) -> None:
    computer = one(international, server, "Win32_ComputerSystem")
    assert (computer["DomainRole"], computer["Domain"], computer["PartOfDomain"]) == (role, domain, role != 2)


def test_a_clock_goes_on_and_may_be_wrong(site: Any) -> None:
    now = site.clock.time
    assert one(site, "srv1", "Win32_OperatingSystem")["LocalDateTime"] == now
    site.console.perform({"action": "set_clock", "server": "srv1", "seconds": -400})
    site.pass_time(10)
    assert one(site, "srv1", "Win32_OperatingSystem")["LocalDateTime"] == now + timedelta(seconds=10 - 400)
    assert one(site, "ps1", "Win32_OperatingSystem")["LocalDateTime"] == now + timedelta(seconds=10)


def test_drives(site: Any) -> None:
    def drives() -> dict[Value, tuple[Value, Value, Value, Value]]:
        rows = site.wmi("srv1").query(ANALYST, "root/cimv2", "SELECT * FROM Win32_LogicalDisk").instances
        return {row["DeviceID"]: (row["DriveType"], row["FileSystem"], row["FreeSpace"], row["Size"]) for row in rows}

    assert drives() == {
        "C:": (3, "NTFS", 90 * GIGABYTE, 127 * GIGABYTE),
        "D:": (3, "NTFS", 60 * GIGABYTE, 100 * GIGABYTE),
        "E:": (5, None, None, None),
    }
    site.console.perform({"action": "set_drive", "server": "srv1", "drive": "c:", "free": 1024})
    site.console.perform({"action": "set_drive", "server": "srv1", "drive": "F:", "free": 1, "size": 2, "file_system": "ReFS"})
    site.console.perform({"action": "remove_drive", "server": "srv1", "drive": "E:"})
    assert drives()["C:"] == (3, "NTFS", 1024, 127 * GIGABYTE)
    assert drives()["F:"] == (3, "ReFS", 1, 2)
    assert "E:" not in drives()


def test_files_are_those_of_the_shell(site: Any) -> None:
    wql = "SELECT * FROM CIM_DataFile WHERE Name = 'D:\\\\no_sms_on_drive.sms'"
    wmi = site.wmi("srv1")
    assert list(wmi.query(ANALYST, "root/cimv2", wql).instances) == []
    site.console.perform({"action": "write_file", "server": "srv1", "path": "D:\\NO_SMS_on_drive.sms", "content": "x"})
    (file,) = wmi.query(ANALYST, "root/cimv2", wql).instances
    assert (file["Drive"], file["Path"], file["FileName"], file["Extension"]) == ("d:", "\\", "no_sms_on_drive", "sms")
    assert file["FileSize"] == 1
    assert site.hierarchy.servers[SRV1].files.below("D:\\") == ["NO_SMS_on_drive.sms"]
    got = wmi.get(ANALYST, "root/cimv2", "CIM_DataFile", {"Name": "d:\\no_sms_on_drive.sms"})
    assert got["Name"] == "d:\\no_sms_on_drive.sms"
    logs = wmi.query(ANALYST, "root/cimv2", "SELECT Name FROM CIM_DataFile WHERE Extension = 'sms'").instances
    assert [entry["Name"] for entry in logs] == ["d:\\no_sms_on_drive.sms"]
    site.console.perform({"action": "remove_file", "server": "srv1", "path": "d:\\no_sms_on_drive.sms"})
    with pytest.raises(WmiError) as caught:
        wmi.get(ANALYST, "root/cimv2", "CIM_DataFile", {"Name": "d:\\no_sms_on_drive.sms"})
    assert caught.value.hresult == Wbem.NOT_FOUND


@pytest.mark.parametrize(
    ("key", "name", "kind", "data"),
    [
        (rf"SOFTWARE\{windows_registry.DOTNET}\v4\Full", "Release", "DWORD", 528449),
        (rf"SOFTWARE\{windows_registry.RUNTIME}", "Bld", "DWORD", 33135),
        (rf"SOFTWARE\Wow6432Node\{windows_registry.STRONG_CRYPTO}", "SchUseStrongCrypto", "DWORD", 1),
        (rf"SOFTWARE\{windows_registry.STRONG_CRYPTO}", "SystemDefaultTlsVersions", "DWORD", 1),
        (rf"{windows_registry.TLS}\Client", "DisabledByDefault", "DWORD", 0),
        (rf"{windows_registry.CONTROL}\ComputerName\ActiveComputerName", "ComputerName", "String", "SRV1"),
    ],
)
def test_a_server_in_good_order_can_be_put_out_of_it(site: Any, key: str, name: str, kind: str, data: object) -> None:
    assert read(site, key, name, kind) == (0, data)
    full = f"HKLM\\{key.removeprefix('HKLM' + chr(92))}"
    other = "OTHER" if isinstance(data, str) else 7
    site.console.perform({"action": "set_registry_value", "server": "srv1", "key": full, "name": name, "value": other})
    assert read(site, key, name, kind) == (0, other)
    site.console.perform({"action": "delete_registry_value", "server": "srv1", "key": full, "name": name})
    assert read(site, key, name, kind)[0] == 1
    site.console.perform({"action": "delete_registry_key", "server": "srv1", "key": full})
    assert read(site, key, name, kind)[0] == 2


def test_a_pending_restart(site: Any) -> None:
    def names(key: str) -> Value:
        arguments = {"sSubKeyName": key.rpartition("\\")[0].removeprefix("HKLM\\")}
        answer = site.wmi("srv1").invoke(ANALYST, "root/cimv2", "StdRegProv", {}, "EnumKey", arguments)
        assert answer["ReturnValue"] == 0
        return cast(Value, answer["sNames"])

    for key in (windows_registry.REBOOT_PENDING, windows_registry.REBOOT_REQUIRED):
        assert names(key) is None
        site.console.perform({"action": "create_registry_key", "server": "srv1", "key": key})
        assert names(key) == [key.rpartition("\\")[2]]
    renames = {"key": windows_registry.PENDING_RENAMES, "name": "PendingFileRenameOperations"}
    assert read(site, renames["key"], renames["name"], "MultiString")[0] == 1
    site.console.perform({"action": "set_registry_value", "server": "srv1", "value": ["\\??\\C:\\old.dll", ""], **renames})
    assert read(site, renames["key"], renames["name"], "MultiString") == (0, ["\\??\\C:\\old.dll", ""])


def test_registry_values_of_every_type(site: Any) -> None:
    request = {"action": "set_registry_value", "server": "srv1", "key": "HKLM\\SOFTWARE\\Test", "name": "Value"}
    site.console.perform({**request, "value": "00ff", "type": "BINARY"})
    assert read(site, "SOFTWARE\\Test", "Value", "Binary") == (0, [0, 255])
    site.console.perform({**request, "value": 2**40, "type": "QWORD"})
    assert read(site, "SOFTWARE\\Test", "Value", "QWORD") == (0, 2**40)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"action": "set_registry_value", "key": "SOFTWARE\\Test", "name": "a", "value": 1}, "starts with HKCR"),
        ({"action": "set_registry_value", "key": "HKLM\\A", "name": "a", "value": 1, "type": "WORD"}, "must be one of SZ"),
        ({"action": "delete_registry_value", "key": "HKLM\\A", "name": "a"}, "no registry value a"),
        ({"action": "delete_registry_key", "key": "HKLM\\A"}, "no registry key HKLM"),
        ({"action": "set_drive", "drive": "C:", "free": 2, "size": 1}, "cannot have 2 of 1"),
        ({"action": "remove_drive", "drive": "Z:"}, "no drive Z:"),
        ({"action": "remove_file", "path": "C:\\x"}, "no file C:"),
        ({"action": "set_certificate", "name": "x", "state": "fine"}, "must be one of valid, missing"),
    ],
)
def test_wrong_requests_are_explained(site: Any, request_: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        site.console.perform({**request_, "server": "srv1"})
