# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever people give as a name or a path is taken as it is or refused with a sentence, and what is taken is never syntax."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.accounts import check_account
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.internet.features import check_endpoint
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.restart_reasons import check_reason
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.servers import (
    check_fqdn,
    check_host,
    check_proxy,
    check_site_code,
    check_sql_server,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.site_updates import check_guid
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.threads import check_thread_name
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.commands import quoted
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.curl import setting
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.paths import check_path
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.encoding import escape
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.wql import quote
from hypothesis import given
from hypothesis import strategies as st

Check = Callable[[str], str]

GIVEN = (
    st.text()
    | st.text(string.ascii_letters + string.digits + ".-_\\:/@\"'%^&|<>()[]{}~*?$,; \0\n\t\u00e9\u0660\u2028", max_size=30)
    | st.from_regex(r"[A-Z]:\\[a-z]{1,8}(\\[a-z.]{1,8}){0,3}", fullmatch=True)
    | st.from_regex(r"([a-z][a-z0-9-]{0,5}\.){0,3}[a-z]{1,5}(:[0-9]{1,6})?(/[a-z]*)?", fullmatch=True)
    | st.from_regex(r"[A-Z]{1,5}\\[a-z-]{1,8}\$?", fullmatch=True)
    | st.uuids().map(str)
)
"""Texts of every kind, and some that nearly are names, paths, hosts, accounts and identifiers."""

ON_COMMAND_LINES = (check_fqdn, check_host, check_proxy, check_path)
CHECKS = (
    *ON_COMMAND_LINES,
    check_account,
    check_endpoint,
    check_guid,
    check_reason,
    check_site_code,
    check_sql_server,
    check_thread_name,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.__name__))
@given(given=GIVEN)
def test_it_is_taken_or_refused(check: Check, given: str) -> None:
    try:
        taken = check(given)
    except ValueError as error:
        assert len(str(error)) > 10
        return
    assert taken and "\0" not in taken
    assert quote(taken) and escape(taken)
    assert check(taken) == taken, "what was taken once is taken again"


@pytest.mark.parametrize("check", ON_COMMAND_LINES, ids=lambda check: str(check.__name__))
@given(given=GIVEN)
def test_what_is_taken_can_stand_on_a_command_line(check: Check, given: str) -> None:
    try:
        taken = check(given)
    except ValueError:
        return
    assert quoted(taken) and setting("url", taken)


@given(GIVEN)
def test_a_setting_of_curl_is_one_line_and_reads_as_it_was_given(text: str) -> None:
    try:
        line = setting("proxy-user", text)
    except ValueError:
        assert any(ord(character) < 32 or ord(character) == 127 for character in text)
        return
    name, _separator, literal = line.partition(" = ")
    read, rest = "", literal[1:-1]
    while rest:
        is_escaped = rest[0] == "\\"
        assert is_escaped or rest[0] != '"', "the literal ends too early"
        read, rest = read + rest[is_escaped], rest[1 + is_escaped :]
    assert (name, read) == ("proxy-user", text) and "\n" not in line
