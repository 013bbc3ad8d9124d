# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the repository lets through to providers, and how it refuses the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from lab.quirks import Quirks
from lab.wmi.model import Caller, ClassSchema, Instance, KeyValue, Reference, Value, WmiError
from lab.wmi.repository import Repository
from lab.wmi.schema import compile_classes
from lab.wmi.store import MemoryStore


class Everything(MemoryStore):
    """Remembers how its methods were called."""

    def __init__(self, schema: ClassSchema) -> None:
        super().__init__(schema)
        self.calls: list[tuple[Value, str, dict[str, Value]]] = []

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        self.calls.append((target["Id"] if target else None, method, dict(arguments)))
        return {"ReturnValue": 0}


@pytest.fixture
def everything(repository: Repository) -> Everything:
    store = Everything(repository.class_schema("root/lab", "Lab_Everything"))
    store.add(repository.new_instance("root/lab", "Lab_Everything", Id="One", Stamp="s", Uint32Value=1, Detail="d"))
    repository.provide("root/lab", "Lab_Everything", store)
    return store


def refused(raised: pytest.ExceptionInfo[WmiError]) -> tuple[int, str, str]:
    return raised.value.hresult, raised.value.operation, raised.value.parameter_info


def test_get_ignores_letter_case(repository: Repository, caller: Caller, everything: Everything) -> None:
    assert repository.get(caller, r"ROOT\LAB", "lab_everything", {"ID": "oNE"})["Stamp"] == "s"


@pytest.mark.parametrize(
    ("class_name", "keys", "expected"),
    [
        ("Lab_Everything", {"Id": "29"}, (0x80041002, "GetObject", 'Lab_Everything.Id="29"')),
        ("Lab_Everything", {"Id": 'a"\\'}, (0x80041002, "GetObject", r'Lab_Everything.Id="a\"\\"')),
        ("Lab_Everything", {}, (0x803380FA, "GetObject", "Lab_Everything")),
        ("Lab_Everything", {"Id": "One", "X": "1"}, (0x8033805B, "GetObject", 'Lab_Everything.Id="One",X="1"')),
        ("Lab_Everything", {"Id": 1}, (0x8033805C, "GetObject", "Lab_Everything.Id=1")),
        ("Lab_TypedKeys", {"Number": 1}, (0x8033805A, "GetObject", "Lab_TypedKeys.Number=1")),
        ("Lab_Singleton", {"Id": "1"}, (0x8033805B, "GetObject", 'Lab_Singleton.Id="1"')),
        ("Lab_Nothing", {}, (0x80041010, "GetObject", "Lab_Nothing")),
    ],
)
def test_get_refuses(
    repository: Repository,
    caller: Caller,
    everything: Everything,
    class_name: str,
    keys: dict[str, KeyValue],
    expected: tuple[int, str, str],
) -> None:
    with pytest.raises(WmiError) as raised:
        repository.get(caller, "root/lab", class_name, keys)
    assert refused(raised) == expected
    assert raised.value.message


def test_unknown_namespace(repository: Repository, caller: Caller) -> None:
    with pytest.raises(WmiError) as raised:
        repository.get(caller, "root/sms/site_XYZ", "SMS_Site", {"SiteCode": "XYZ"})
    assert raised.value.hresult == 0x8004100E


def test_singleton_has_no_keys(repository: Repository, caller: Caller) -> None:
    created = repository.create(caller, "root/lab", Instance("lab_singleton", {"value": 1}))
    assert created == Reference("root/lab", "Lab_Singleton", {})
    assert repository.get(caller, "root/lab", "Lab_Singleton", {})["Value"] == 1


def test_typed_keys_compare_by_value(repository: Repository, caller: Caller) -> None:
    when = datetime(2020, 1, 1)
    keys: dict[str, KeyValue] = {
        "Number": 1,
        "Flag": True,
        "When": when,
        "Target": Reference("root/lab", "Lab_Everything", {"Id": "A"}),
    }
    assert repository.create(caller, "root/lab", Instance("Lab_TypedKeys", {**keys, "Text": "x"})).keys == keys
    same = keys | {"When": when.replace(tzinfo=UTC), "Target": Reference("ROOT/LAB", "lab_everything", {"id": "a"})}
    assert repository.get(caller, "root/lab", "Lab_TypedKeys", same)["Text"] == "x"


def test_create_fills_defaults_and_refuses_twins(repository: Repository, caller: Caller, everything: Everything) -> None:
    part = Instance("Lab_Part", {"Id": "p", "Weight": None, "Labels": None})
    reference = repository.create(caller, "root/lab", Instance("Lab_Everything", {"Id": "New", "Objects": [part]}))
    assert reference == Reference("root/lab", "Lab_Everything", {"Id": "New"})
    stored = repository.get(caller, "root/lab", "Lab_Everything", reference.keys)
    assert stored["Defaulted"] == 7
    assert stored["StringValue"] is None
    assert stored["Objects"] == [Instance("Lab_Part", {"Id": "p", "Weight": 1, "Labels": None})]
    with pytest.raises(WmiError) as raised:
        repository.create(caller, "root/lab", Instance("Lab_Everything", {"Id": "NEW"}))
    assert refused(raised)[:2] == (0x80041019, "PutInstance")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"Wrong": 1}, 0x80041031),
        ({"Uint32Value": "1"}, 0x80041005),
        ({"Uint32Value": [1]}, 0x80041005),
        ({}, 0x80041028),
    ],
)
def test_create_refuses(
    repository: Repository, caller: Caller, everything: Everything, values: dict[str, Value], code: int
) -> None:
    with pytest.raises(WmiError) as raised:
        repository.create(caller, "root/lab", Instance("Lab_Everything", values))
    assert raised.value.hresult == code


def test_put_changes_what_was_sent(repository: Repository, caller: Caller, everything: Everything) -> None:
    before = repository.get(caller, "root/lab", "Lab_Everything", {"Id": "one"})
    # As a client sends back what a query gave it: keys and read-only properties as they were, lazy ones null.
    changes: dict[str, Value] = {"id": "ONE", "Stamp": "s", "Detail": None, "UINT32VALUE": 2}
    after = repository.put(caller, "root/lab", "Lab_Everything", {"Id": "one"}, changes)
    assert (after["Id"], after["Uint32Value"], after["Stamp"]) == ("One", 2, "s")
    assert before["Uint32Value"] == 1
    assert repository.get(caller, "root/lab", "Lab_Everything", {"Id": "one"}) == after


@pytest.mark.parametrize("changes", [{"Stamp": "t"}, {"Stamp": None}, {"Id": "Two"}])
def test_put_refuses_read_only(
    repository: Repository, caller: Caller, everything: Everything, changes: dict[str, Value]
) -> None:
    with pytest.raises(WmiError) as raised:
        repository.put(caller, "root/lab", "Lab_Everything", {"Id": "One"}, changes)
    assert refused(raised) == (0x80041023, "PutInstance", 'Lab_Everything.Id="One"')
    assert raised.value.description == f"The property {next(iter(changes))} of Lab_Everything is read-only."


def test_delete(repository: Repository, caller: Caller, everything: Everything) -> None:
    repository.delete(caller, "root/lab", "Lab_Everything", {"Id": "one"})
    with pytest.raises(WmiError) as raised:
        repository.delete(caller, "root/lab", "Lab_Everything", {"Id": "one"})
    assert refused(raised)[:2] == (0x80041002, "DeleteInstance")


def test_methods_get_all_inputs(repository: Repository, caller: Caller, everything: Everything) -> None:
    repository.invoke(caller, "root/lab", "Lab_Everything", {"Id": "one"}, "echo", {"text": "x"})
    repository.invoke(caller, "root/lab", "Lab_Everything", {}, "ADD", {"A": 1, "B": 2})
    assert everything.calls == [
        ("One", "Echo", {"Text": "x", "Numbers": None, "Times": 5, "Part": None, "Counter": None}),
        (None, "Add", {"A": 1, "B": 2}),
    ]


@pytest.mark.parametrize(
    ("keys", "method", "arguments", "code"),
    [
        ({"Id": "One"}, "Nonsense", {}, 0x8004102E),
        ({"Id": "One"}, "Echo", {"Wrong": 1}, 0x8004102F),
        ({"Id": "One"}, "Echo", {"Text": 1}, 0x8004102F),
        ({"Id": "One"}, "Echo", {"Reply": "an output"}, 0x8004102F),
        ({}, "Echo", {}, 0x8004103A),
        ({"Id": "Two"}, "Echo", {}, 0x80041002),
        ({"X": "1"}, "Add", {}, 0x8033805B),
    ],
)
def test_methods_refuse(
    repository: Repository,
    caller: Caller,
    everything: Everything,
    keys: dict[str, KeyValue],
    method: str,
    arguments: dict[str, Value],
    code: int,
) -> None:
    with pytest.raises(WmiError) as raised:
        repository.invoke(caller, "root/lab", "Lab_Everything", keys, method, arguments)
    assert raised.value.hresult == code


def test_classes_without_provider(repository: Repository, caller: Caller) -> None:
    assert list(repository.query(caller, "root/cimv2", "select * from CIM_Service").instances) == []
    with pytest.raises(WmiError) as raised:
        repository.create(caller, "root/cimv2", Instance("Win32_Service", {"Name": "x"}))
    assert raised.value.hresult == 0x80041024


def test_derived_instances_are_found_under_their_base(repository: Repository, caller: Caller) -> None:
    store = MemoryStore(repository.class_schema("root/cimv2", "Win32_TerminalService"))
    store.add(repository.new_instance("root/cimv2", "Win32_TerminalService", Name="TermService"))
    repository.provide("root/cimv2", "Win32_TerminalService", store)
    found = repository.get(caller, "root/cimv2", "Win32_Service", {"Name": "termservice"})
    assert found.class_name == "Win32_TerminalService"


def test_a_running_query_keeps_what_it_found(repository: Repository, caller: Caller, everything: Everything) -> None:
    result = repository.query(caller, "root/lab", "select * from Lab_Everything")
    repository.put(caller, "root/lab", "Lab_Everything", {"Id": "One"}, {"Uint32Value": 9})
    repository.delete(caller, "root/lab", "Lab_Everything", {"Id": "One"})
    assert [instance["Uint32Value"] for instance in result.instances] == [1]


def test_new_instance_refuses_mistakes(repository: Repository) -> None:
    with pytest.raises(KeyError):
        repository.new_instance("root/lab", "Lab_Row", Nmae="x")
    with pytest.raises(TypeError):
        repository.new_instance("root/lab", "Lab_Row", Number="x")


def test_schemas(repository: Repository) -> None:
    role = repository.class_schema("root/sms/site_ps1", "sms_sci_sysresuse")
    assert role.namespace == "root/sms/site_PS1"
    assert role.ancestors == ("SMS_SiteControlItem", "SMS_BaseClass")
    assert [key.name for key in role.keys] == ["FileType", "ItemName", "ItemType", "SiteCode"]
    props = role.properties["props"]
    assert (props.type, props.is_array, props.embedded_class) == ("object", True, "SMS_EmbeddedProperty")
    assert role.properties["servicewindows"].is_lazy
    assert role.properties["itemname"].is_read_only and not role.properties["nalpath"].is_read_only
    assert repository.class_schema("root/cimv2", "Win32_OperatingSystem").is_singleton
    assert "__extendedstatus" in compile_classes("root/sms/site_PS1", ("site.mof",))
    method = repository.class_schema("root/default", "StdRegProv").methods["getstringvalue"]
    assert method.is_static and method.inputs[0].default == 0x80000002
    assert [parameter.name for parameter in method.outputs] == ["sValue"]


def test_servers_share_compiled_classes() -> None:
    repositories = [Repository(Quirks()), Repository(Quirks())]
    for repository in repositories:
        repository.add_namespace("root/cimv2", ["cimv2.mof", "registry.mof"])
    first, second = (repository.class_schema("root/cimv2", "Win32_Service") for repository in repositories)
    assert first is second
