# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""StdRegProv's answers, and the registry below it."""

from __future__ import annotations

from typing import Any

import pytest
from lab.quirks import Quirks
from lab.wmi.model import Caller, Value
from lab.wmi.registry import Registry, RegistryType, RegistryValue, Tree
from lab.wmi.repository import Repository
from lab.wmi.std_reg_prov import StdRegProv

THREAD = r"SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_EXECUTIVE\Threads\SMS_DMP_DOWNLOADER"
TYPE_MISMATCH = 0x80041005


@pytest.fixture
def registry() -> Registry:
    values: Tree = {
        "Current State": "Running",
        "Count": 5,
        "Big": RegistryValue(RegistryType.QWORD, 2**40),
        "List": ["a", "b"],
        "Raw": b"\x00\xff",
        "Path": RegistryValue(RegistryType.EXPAND_SZ, r"%SystemRoot%\x;%Unknown%"),
    }
    return Registry({"HKLM": {THREAD: values, "SYSTEM": {"Empty": {}}}, "HKU": {"S-1": {"x": 1}}})


class Client:
    """Calls StdRegProv as an account."""

    def __init__(self, repository: Repository, account: str = r"CORP\admin") -> None:
        self._repository = repository
        self._caller = Caller(account)

    def __call__(self, method: str, key: str | None = THREAD, **arguments: Value) -> dict[str, Value]:
        arguments |= {"sSubKeyName": key}
        return self._repository.invoke(self._caller, "root/cimv2", "StdRegProv", {}, method, arguments)


def client(repository: Repository, registry: Registry, quirks: Quirks | None = None, **options: Any) -> Client:
    repository.provide("root/cimv2", "StdRegProv", StdRegProv(registry, quirks or Quirks(), **options))
    return Client(repository)


GETS = [
    ("GetStringValue", "Current State", "sValue", "Running"),
    ("GetDWORDValue", "Count", "uValue", 5),
    ("GetQWORDValue", "Big", "uValue", 2**40),
    ("GetMultiStringValue", "List", "sValue", ["a", "b"]),
    ("GetBinaryValue", "Raw", "uValue", [0, 255]),
    ("GetExpandedStringValue", "Path", "sValue", r"C:\Windows\x;%Unknown%"),
]


@pytest.mark.parametrize(("method", "name", "parameter", "expected"), GETS)
def test_get(repository: Repository, registry: Registry, method: str, name: str, parameter: str, expected: Value) -> None:
    call = client(repository, registry, environment={"SYSTEMROOT": r"C:\Windows"})
    assert call(method, THREAD.lower(), sValueName=name.upper()) == {parameter: expected, "ReturnValue": 0}
    assert call(method, THREAD, sValueName="Missing") == {"ReturnValue": 1}
    assert call(method, "SOFTWARE\\Missing", sValueName=name) == {"ReturnValue": 2}
    assert call(method, None, sValueName=name) == {"ReturnValue": 1}
    for other_method, other, _unused, _unused in GETS:
        if other_method != method:
            assert call(method, THREAD, sValueName=other) == {"ReturnValue": TYPE_MISMATCH}


def test_missing_value_quirk(repository: Repository, registry: Registry) -> None:
    call = client(repository, registry, Quirks(registry_missing_value="2"))
    assert call("GetStringValue", sValueName="Missing") == {"ReturnValue": 2}


@pytest.mark.parametrize(
    ("kind", "parameter", "value", "stored"),
    [
        ("String", "sValue", "Stop", RegistryValue(RegistryType.SZ, "Stop")),
        ("ExpandedString", "sValue", "%x%", RegistryValue(RegistryType.EXPAND_SZ, "%x%")),
        ("MultiString", "sValue", ["a"], RegistryValue(RegistryType.MULTI_SZ, ["a"])),
        ("DWORD", "uValue", 2**32 - 1, RegistryValue(RegistryType.DWORD, 2**32 - 1)),
        ("QWORD", "uValue", 2**64 - 1, RegistryValue(RegistryType.QWORD, 2**64 - 1)),
        ("Binary", "uValue", [1, 2], RegistryValue(RegistryType.BINARY, b"\x01\x02")),
    ],
)
def test_set(
    repository: Repository, registry: Registry, kind: str, parameter: str, value: Value, stored: RegistryValue
) -> None:
    call = client(repository, registry)
    told: list[tuple[str, str]] = []
    registry.watchers.append(lambda path, name: told.append((path, name)))
    method = f"Set{kind}Value"
    assert call(method, THREAD, sValueName="Requested Operation", **{parameter: value}) == {"ReturnValue": 0}
    assert registry.get(f"HKLM\\{THREAD}", "requested operation") == stored
    assert told == [(f"HKLM\\{THREAD}", "Requested Operation")]
    assert call(method, "SOFTWARE\\Missing", sValueName="x", **{parameter: value}) == {"ReturnValue": 2}
    assert call(method, THREAD, sValueName="x") == {"ReturnValue": 87}
    assert len(told) == 1


def test_enumerations(repository: Repository, registry: Registry) -> None:
    call = client(repository, registry)
    assert call("EnumKey", "SYSTEM") == {"sNames": ["Empty"], "ReturnValue": 0}
    assert call("EnumKey", "") == {"sNames": ["SOFTWARE", "SYSTEM"], "ReturnValue": 0}
    assert call("EnumKey", r"SYSTEM\Empty") == {"sNames": None, "ReturnValue": 0}
    assert call("EnumValues", r"SYSTEM\Empty") == {"sNames": None, "Types": None, "ReturnValue": 0}
    assert call("EnumValues") == {
        "sNames": ["Current State", "Count", "Big", "List", "Raw", "Path"],
        "Types": [1, 4, 11, 7, 3, 2],
        "ReturnValue": 0,
    }
    assert call("EnumKey", "Missing") == call("EnumValues", "Missing") == {"ReturnValue": 2}


def test_hives(repository: Repository, registry: Registry) -> None:
    call = client(repository, registry)
    assert call("GetDWORDValue", "s-1", hDefKey=0x80000003, sValueName="x") == {"uValue": 1, "ReturnValue": 0}
    assert call("EnumKey", "", hDefKey=1) == {"ReturnValue": 6}


def test_keys_are_made_and_deleted(repository: Repository, registry: Registry) -> None:
    call = client(repository, registry)
    assert call("CreateKey", r"SOFTWARE\New\Below") == {"ReturnValue": 0}
    assert call("CreateKey", r"software\new") == {"ReturnValue": 0}
    assert call("EnumKey", r"SOFTWARE\New") == {"sNames": ["Below"], "ReturnValue": 0}
    assert call("DeleteKey", r"SOFTWARE\New") == {"ReturnValue": 5}
    assert call("DeleteKey", r"SOFTWARE\New\Below") == {"ReturnValue": 0}
    assert call("DeleteKey", r"SOFTWARE\New\Below") == {"ReturnValue": 2}
    assert call("DeleteKey", "") == {"ReturnValue": 5}
    assert call("DeleteValue", sValueName="COUNT") == {"ReturnValue": 0}
    assert call("DeleteValue", sValueName="Count") == {"ReturnValue": 2}


def test_writing_may_be_denied(repository: Repository, registry: Registry) -> None:
    asked: list[tuple[str, str]] = []

    def may_write(account: str, path: str) -> bool:
        asked.append((account, path))
        return False

    call = client(repository, registry, may_write=may_write)
    writes: dict[str, dict[str, Value]] = {
        "CreateKey": {},
        "DeleteKey": {},
        "DeleteValue": {"sValueName": "Count"},
        "SetDWORDValue": {"sValueName": "Count", "uValue": 6},
    }
    for method, arguments in writes.items():
        assert call(method, THREAD, **arguments) == {"ReturnValue": 5}
    assert asked == [(r"CORP\admin", f"HKLM\\{THREAD}")] * 4
    assert call("GetDWORDValue", sValueName="Count") == {"uValue": 5, "ReturnValue": 0}
    assert call("CheckAccess", uRequired=1) == {"bGranted": True, "ReturnValue": 0}
    assert call("CheckAccess") == {"bGranted": False, "ReturnValue": 5}
    assert call("CheckAccess", "Missing") == {"bGranted": False, "ReturnValue": 2}


def test_a_value_keeps_the_case_of_its_name(registry: Registry) -> None:
    registry.set(f"HKLM\\{THREAD}", "CURRENT STATE", "Stopped")
    key = registry.key(f"hklm\\{THREAD}")
    assert key is not None
    assert key.values["current state"] == ("Current State", RegistryValue(RegistryType.SZ, "Stopped"))
    with pytest.raises(KeyError):
        registry.delete_key(r"HKLM\Missing")
    with pytest.raises(KeyError):
        registry.create_key(r"HKXX\x")
