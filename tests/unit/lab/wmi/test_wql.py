# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL: what it finds, what it refuses, and that no text makes it fail in another way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab.quirks import Quirks
from lab.wmi import wql
from lab.wmi.model import Caller, Instance, Value, WmiError
from lab.wmi.repository import Repository
from lab.wmi.store import MemoryStore

CALLER = Caller(r"CORP\admin")


def make_repository() -> Repository:
    repository = Repository(Quirks())
    repository.add_namespace("root/lab", ["lab.mof"])
    base = MemoryStore(repository.class_schema("root/lab", "Lab_Everything"))
    derived = MemoryStore(repository.class_schema("root/lab", "Lab_Derived"))
    part = repository.new_instance("root/lab", "Lab_Part", Id="part")
    motor = repository.new_instance("root/lab", "Lab_Motor", Id="motor")
    base.add(
        repository.new_instance(
            "root/lab",
            "Lab_Everything",
            Id="a",
            StringValue=r"\\Srv.contoso.com",
            BooleanValue=True,
            Uint32Value=5,
            Uint64Value=2**64 - 1,
            Sint64Value=-5,
            Real64Value=1.5,
            Char16Value="x",
            DatetimeValue=datetime(2020, 1, 1, 12, tzinfo=UTC),
            ObjectValue=motor,
            Strings=["x"],
        )
    )
    base.add(repository.new_instance("root/lab", "Lab_Everything", Id="b", ObjectValue=part, Detail="lazy"))
    derived.add(
        repository.new_instance(
            "root/lab",
            "Lab_Derived",
            Id="c",
            StringValue='say "100%"',
            BooleanValue=False,
            Uint32Value=50,
            DatetimeValue=timedelta(hours=1),
        )
    )
    repository.provide("root/lab", "Lab_Everything", base)
    repository.provide("root/lab", "Lab_Derived", derived)
    return repository


REPOSITORY = make_repository()


def found(where: str) -> str:
    result = REPOSITORY.query(CALLER, "root/lab", f"SELECT * FROM Lab_Everything WHERE {where}")
    return "".join(sorted(str(instance["Id"]) for instance in result.instances))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Id = 'A'", "a"),
        ('id="a"', "a"),
        ("Id <> 'a'", "bc"),
        ("Id != 'a' AND Id != 'b'", "c"),
        ("Id > 'A'", "bc"),
        ("Id >= 'b' and ID <= 'B'", "b"),
        (r"StringValue = '\\\\srv.CONTOSO.com'", "a"),
        (r"StringValue = 'say \"100%\"'", "c"),
        (r'StringValue = "say \"100%\""', "c"),
        ("StringValue <> 'x'", "ac"),
        ("NOT StringValue = 'x'", "ac"),
        ("StringValue LIKE '%contoso%'", "a"),
        (r"StringValue LIKE '\\\\\\\\srv_contoso.com'", ""),
        (r"StringValue LIKE '\\\\srv_contoso.com'", "a"),
        ("StringValue LIKE 'say%[0-9][^a]\"'", "c"),
        ("StringValue LIKE '%0[%]%'", "c"),
        ("StringValue LIKE 'contoso'", ""),
        ("NOT StringValue LIKE '%contoso%'", "c"),
        ("StringValue NOT LIKE '%contoso%'", "c"),
        ("StringValue LIKE '%'", "ac"),
        ("StringValue LIKE '%s%r%c%m'", "a"),
        ("StringValue IS NULL", "b"),
        ("StringValue = NULL", "b"),
        ("StringValue IS NOT NULL", "ac"),
        ("NOT StringValue IS NULL", "ac"),
        ("Strings IS NOT NULL", "a"),
        ("BooleanValue = TRUE", "a"),
        ("BooleanValue <> true", "c"),
        ("TRUE = BooleanValue", "a"),
        ("Uint32Value = 5", "a"),
        ("5 < Uint32Value", "c"),
        ("5 >= Uint32Value", "a"),
        ("NOT (Uint32Value < 50)", "c"),
        ("Uint32Value = '50'", "c"),
        ("Uint32Value = 0x5", "a"),
        ("Uint32Value < 5.5", None),
        ("Uint64Value = 18446744073709551615", "a"),
        ("Sint64Value = -5", "a"),
        ("Real64Value > 1", "a"),
        ("Real64Value = 1.5e0", "a"),
        ("Char16Value = 'X'", "a"),
        ("DatetimeValue = '20200101120000.000000+000'", "a"),
        ("DatetimeValue >= '20200101130000.000000+060'", "a"),
        ("DatetimeValue > '20200101120000.000000+000'", ""),
        ("DatetimeValue = '00000000010000.000000:000'", "c"),
        ("__CLASS = 'lab_derived'", "c"),
        ("__CLASS <> 'Lab_Derived'", "ab"),
        ("__THIS ISA 'Lab_Everything'", "abc"),
        ("__this isa 'LAB_DERIVED'", "c"),
        ("NOT __THIS ISA 'Lab_Derived'", "ab"),
        ("ObjectValue ISA 'Lab_Part'", "ab"),
        ("ObjectValue ISA 'Lab_Motor'", "a"),
        ("NOT (Id = 'a' OR Id = 'b')", "c"),
        ("NOT (Id = 'a' AND Uint32Value = 6)", "abc"),
        ("NOT (Id <> 'a' AND Uint32Value = 5)", "ac"),
        ("Id = 'a' OR Id = 'b' AND Id = 'c'", "a"),
        ("(Id = 'a' OR Id = 'b') AND Id = 'c'", ""),
        ("((((Id = 'a'))))", "a"),
    ],
)
def test_where(where: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(WmiError) as raised:
            found(where)
        assert raised.value.hresult == 0x80041017
    else:
        assert found(where) == expected


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", 0x80041017),
        ("SELECT", 0x80041017),
        ("SELECT * FROM", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE", 0x80041017),
        ("SELECT * FROM Lab_Row extra", 0x80041017),
        ("SELECT *, Name FROM Lab_Row", 0x80041017),
        ("SELECT Name, FROM Lab_Row", 0x80041017),
        ("SELECT Nothing FROM Lab_Row", 0x80041017),
        ("SELECT * FROM Nothing", 0x80041010),
        ("SELECT * FROM Lab_Row WHERE Nothing = 1", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name = 'x", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name = x", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name = 1", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name = TRUE", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name > NULL", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name LIKE 1", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name LIKE '[a'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name LIKE '[z-a]'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Name ISA 'Lab_Row'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Number LIKE '1%'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Number = 'one'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Number = 18446744073709551616", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Enabled = 1", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Enabled > TRUE", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Tags = 'a'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Created = 'yesterday'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Created = '20201301000000.000000+000'", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE (Number = 1", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Number = 1)", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE Number = 1 AND", 0x80041017),
        ("SELECT * FROM Lab_Row; DROP", 0x80041017),
        ("SELECT * FROM Lab_Row WHERE " + "(" * 5000 + "Number = 1" + ")" * 5000, 0x8004106C),
        ("ASSOCIATORS OF Lab_Row.Number=1", 0x80041017),
        ("ASSOCIATORS OF {Lab_Row}", 0x80041017),
        ("ASSOCIATORS OF {Lab_Row.Number=9999999} WHERE Role = 'x'", 0x80041017),
        ("ASSOCIATORS OF {Lab_Row.Number=9999999} WHERE KeysOnly", 0x8004100C),
        ("ASSOCIATORS OF {Lab_Row.Number=9999999}", 0x80041002),
        ("REFERENCES OF {Lab_Row.Number=9999999} WHERE AssocClass = Lab_Row", 0x8004100C),
        ("REFERENCES OF {Lab_Row.Number=9999999} WHERE ResultClass = Lab_Nothing", 0x80041010),
    ],
)
def test_refusals(query: str, code: int) -> None:
    with pytest.raises(WmiError) as raised:
        REPOSITORY.query(CALLER, "root/lab", query)
    error = raised.value
    assert (error.hresult, error.operation) == (code, "ExecQuery")
    if not query.startswith(("ASSOC", "REF")):
        assert error.parameter_info == query


def test_base_class_returns_derived_instances_as_their_own() -> None:
    result = REPOSITORY.query(CALLER, "root/lab", "select * from lab_everything")
    assert sorted(instance.class_name for instance in result.instances) == ["Lab_Derived"] + ["Lab_Everything"] * 2
    assert result.selected is None
    derived = REPOSITORY.query(CALLER, "root/lab", "select * from Lab_Derived")
    assert [instance["Id"] for instance in derived.instances] == ["c"]


def test_projection_has_declared_names_once() -> None:
    result = REPOSITORY.query(CALLER, "root/lab", "select __class, uint32value, ID, id from Lab_Everything")
    assert result.selected == ("__CLASS", "Uint32Value", "Id")


def test_lazy_properties_are_null_in_queries_only() -> None:
    (queried,) = REPOSITORY.query(CALLER, "root/lab", "select * from Lab_Everything where Detail = 'lazy'").instances
    assert queried["Detail"] is None
    assert REPOSITORY.get(CALLER, "root/lab", "Lab_Everything", {"Id": "b"})["Detail"] == "lazy"


class Listening(MemoryStore):
    """Remembers what it was asked for."""

    asked: Mapping[str, Value]

    def matching(self, caller: Caller, class_name: str, equalities: Mapping[str, Value]) -> Iterable[Instance]:
        self.asked = equalities
        return super().matching(caller, class_name, equalities)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("tallyinterval = '0001128000100008' AND State = 1", {"TallyInterval": "0001128000100008", "State": 1}),
        ("TallyInterval = 'x' OR State = 1", {}),
        ("NOT (TallyInterval <> 'x' OR State <> 1)", {"TallyInterval": "x", "State": 1}),
        ("TallyInterval LIKE 'x' AND (State = 1 OR State = 2)", {}),
        ("TallyInterval IS NULL", {}),
    ],
)
def test_providers_see_equalities(where: str, expected: dict[str, Value]) -> None:
    repository = Repository(Quirks())
    repository.add_namespace("root/sms/site_PS1", ["site.mof"])
    store = Listening(repository.class_schema("root/sms/site_PS1", "SMS_ComponentSummarizer"))
    repository.provide("root/sms/site_PS1", "SMS_ComponentSummarizer", store)
    query = f"SELECT * FROM SMS_ComponentSummarizer WHERE {where}"
    assert list(repository.query(CALLER, "root/sms/site_PS1", query).instances) == []
    assert store.asked == expected


WORDS = """
    SELECT * FROM Lab_Everything WHERE Id Uint32Value BooleanValue DatetimeValue StringValue ObjectValue Strings __CLASS
    __THIS AND OR NOT LIKE ISA IS NULL TRUE ( ) = <> != < > <= >= , 1 -1 1.5 0x1 'a%' "b[a-" 'Lab_Part' '[^]' '\\
"""


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join) | st.text())
def test_any_text_is_answered_or_refused(text: str) -> None:
    for query in (text, f"SELECT * FROM Lab_Everything WHERE {text}"):
        try:
            assert len(list(REPOSITORY.query(CALLER, "root/lab", query).instances)) <= 3
        except WmiError as error:
            assert error.hresult in (0x80041017, 0x80041010, 0x8004100C)


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text())
def test_quoted_text_finds_itself_only(text: str, other: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    query = wql.parse(f"SELECT * FROM Lab_Everything WHERE StringValue = '{quoted}'")
    schema = REPOSITORY.class_schema("root/lab", "Lab_Everything")
    test = wql.compile_condition(query.condition, schema, lambda name, wanted: False)
    assert test is not None
    assert test(REPOSITORY.new_instance("root/lab", "Lab_Everything", StringValue=text))
    same = text.lower() == other.lower()
    assert test(REPOSITORY.new_instance("root/lab", "Lab_Everything", StringValue=other)) == same
