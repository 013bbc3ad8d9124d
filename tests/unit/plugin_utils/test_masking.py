# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords are taken out of texts, in whatever way these quote them; and they are found in whatever way they are encoded."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from importlib import import_module
from time import process_time
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
import yaml
from ansible_collections.configmgr.site.plugins.plugin_utils._masking import Masker, texts_in, without_account
from ansible_processes import ROOT
from canaries.canary import Canary
from hypothesis import given
from hypothesis import strategies as st

ACTIONS = sorted(path.stem for path in (ROOT / "plugins/action").glob("*.py"))
SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=4)
WAYS: list[Callable[[str], str]] = [
    str,
    repr,
    json.dumps,
    escape,
    lambda secret: escape(secret, {'"': "&quot;", "'": "&apos;"}),
    lambda secret: repr([secret, 'it\'s "quoted"']),
    lambda secret: json.dumps(json.dumps(secret)),
    lambda secret: repr(json.dumps(secret)),
    lambda secret: quote(secret.encode("utf-8", "replace"), safe=""),
    lambda secret: secret.encode("ascii", "xmlcharrefreplace").decode(),
]


@given(SECRETS, st.sampled_from(WAYS))
def test_a_secret_is_hidden_however_it_is_written(secret: str, written: Callable[[str], str]) -> None:
    text = f"before {written(secret)} after"
    shown = Masker([secret])({"msg": text, "list": [text], "number": 1})
    assert shown["number"] == 1 and shown["list"] == [shown["msg"]]
    assert re.fullmatch(r"before \W*\*{8}\W*( 'it.*)? after", shown["msg"])


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_has_no_secret_stays_as_it_is(value: object) -> None:
    assert Masker(["\0 in no text \0"])(value) == value or "://" in str(value)


@pytest.mark.parametrize(
    ("url", "shown", "plain"),
    [
        ("http://user:a@b/c@proxy:8080", "http://********@proxy:8080", "http://proxy:8080"),
        ("user:secret@proxy", "user:secret@proxy", "proxy"),
        ("https://proxy.corp.example/path", "https://proxy.corp.example/path", "https://proxy.corp.example/path"),
        ("proxy:8080", "proxy:8080", "proxy:8080"),
        ("http://user@proxy", "http://********@proxy", "http://proxy"),
        ("http://user:1/2?3#4@proxy", "http://********@proxy", "http://proxy"),
    ],
)
def test_accounts_in_urls(url: str, shown: str, plain: str) -> None:
    assert Masker([]).text(f"'{url}' is no URL") == f"'{shown}' is no URL"
    assert without_account(url) == plain


def test_a_url_that_has_no_account_stays_as_it_is() -> None:
    said = "GET https://graph.example/v1.0/users/admin@corp.example and https://login.example/?hint=a:b@corp.example"
    assert Masker([])(said) == said


@pytest.mark.parametrize("text", ["://" * 50_000, "://a:b" * 20_000, "\\" * 50_000, "&#0" + "0" * 100_000, 's"' * 50_000])
@pytest.mark.parametrize("secret", ["", '"&<p\\ä€😀\n', "\\\\s", "ss:://"])
def test_a_long_answer_is_read_in_a_moment(secret: str, text: str) -> None:
    before = process_time()
    Masker([secret])(text)
    assert process_time() - before < 5


def test_a_very_short_secret_leaves_words_readable() -> None:
    assert Masker(["x"])("proxy: 'x' is too short") == "proxy: '********' is too short"


def test_an_option_of_a_wrong_type_has_secrets_too() -> None:
    assert list(texts_in({"a": ["one", {"b": 2, "c": None}], "d": True})) == ["one", "2"]


@given(st.binary(max_size=5), st.binary(max_size=5))
def test_a_canary_is_found_in_every_encoding(before: bytes, after: bytes) -> None:
    canary = Canary("somewhere")
    for encoding in ("utf-8", "utf-16-le"):
        whole = before + canary.value.encode(encoding) + after
        for encoded in (whole, base64.b64encode(whole), whole.hex().encode(), whole.hex().upper().encode()):
            assert canary.found_in(b"text " + encoded)
            assert not Canary("elsewhere").found_in(encoded)


def test_every_option_and_variable_with_a_password_is_secret_and_has_its_canary() -> None:
    survey = (ROOT / "tests/canaries/survey.py").read_text()
    for name in ACTIONS:
        options = import_module(f"ansible_collections.configmgr.site.plugins.action.{name}").ActionModule.ARGUMENT_SPEC
        for option, specification in options.items():
            if "password" in option and option != "update_password":
                assert specification.get("no_log") and f"configmgr.site.{name}" in survey and f'"{option}"' in survey, option
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        for entry in yaml.safe_load(path.read_text())["argument_specs"].values():
            for variable, specification in entry["options"].items():
                name = variable.removeprefix("service_connection_point_")
                if name.endswith("password") and name != "update_password":
                    assert specification.get("no_log") and f'"{name}"' in survey, variable
