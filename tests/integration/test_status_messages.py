# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status messages through the module."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Result, Site, refused

MODULE = "configmgr.site.status_message_info"
SERVICE_CONNECTION_POINT = "configmgr.site.service_connection_point"


def ask(site: Site, **options: Any) -> Result:
    return site.play({"name": "ask", MODULE: options}).only


@pytest.fixture
def busy(make_site: Any) -> Site:
    """A site that has installed the role, and has had an ordinary day."""
    site: Site = make_site()
    site.play({SERVICE_CONNECTION_POINT: {"site_system": "srv1.corp.example", "mode": "online"}})
    site.control.console("add_status_messages", count=500)
    return site


def test_the_role_s_own_messages_come_newest_first_and_in_words(busy: Site) -> None:
    result = ask(busy)
    messages = result["messages"]
    assert not result["changed"] and not result["more"]
    assert [message["id"] for message in messages].count(1015) == 4
    assert messages == sorted(messages, key=lambda message: (message["time"], message["record_id"]), reverse=True)
    assert "SMS_DMP_DOWNLOADER was installed on srv1.corp.example." in [message["text"] for message in messages]
    assert all(message["time"].endswith("+00:00") for message in messages)
    assert all(message["strings"] == [message["component"]] for message in messages if message["id"] == 1015)
    assert {(one["name"], one["server"], one["state"], one["status"]) for one in result["components"]} == {
        (name, "srv1.corp.example", "started", "ok")
        for name in ("SMS_DMP_DOWNLOADER", "SMS_DMP_UPLOADER", "SMS_SERVICE_CONNECTOR", "SMS_CLOUDCONNECTION")
    }
    assert len(busy.requests("ask")) <= 8, busy.actions("ask")


def test_pages(busy: Site) -> None:
    pages = [ask(busy, components=[], limit=200, offset=offset) for offset in (0, 200, 400)]
    assert [(len(page["messages"]), page["more"]) for page in pages[:2]] == [(200, True), (200, True)]
    assert 100 < len(pages[2]["messages"]) < 200 and not pages[2]["more"]
    records = [message["record_id"] for page in pages for message in page["messages"]]
    assert records == sorted(records, reverse=True) and len(set(records)) == len(records)


def test_conditions(busy: Site) -> None:
    assert {message["id"] for message in ask(busy, message_ids=[1013, 1014])["messages"]} == {1013, 1014}
    assert ask(busy, severities=["error"])["messages"] == []
    assert len(ask(busy, components=[], message_ids=[4600], servers=["ps1.corp.example"])["messages"]) == 100
    nowhere = ask(busy, servers=["srv9.corp.example"])
    assert nowhere["messages"] == [] and nowhere["components"] == []
    assert len(ask(busy, servers=["SRV1.corp.example"])["components"]) == 4
    assert ask(busy, since="2w", until="1w")["messages"] == []
    assert ask(busy, since="", until="2030-01-01", limit=1)["more"]
    assert ask(busy, query="length(messages)", limit=3)["result"] == 3


def test_an_installation_that_fails_says_why(make_site: Any) -> None:
    site: Site = make_site()
    site.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    site.play({SERVICE_CONNECTION_POINT: {"site_system": "srv1.corp.example", "mode": "online", "wait_timeout": 2}})
    (message, *_others) = ask(site, severities=["error"], components=["SMS_SITE_COMPONENT_MANAGER"])["messages"]
    assert message["severity"] == "error" and "cannot administer srv1.corp.example" in message["text"]
    assert "access is denied" in message["text"]


def test_an_account_without_a_role_is_told_so(busy: Site) -> None:
    account = "CORP\\stranger"
    variables = {"ansible_user": account, "ansible_password": busy.password(account)}
    refused(busy.play({MODULE: {}}, variables=variables).only, "shows no sites to this account")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"since": "yesterday"}, ["since", "ISO 8601"]),
        ({"since": "1h", "until": "2h"}, ["until", "later than since"]),
        ({"limit": 0}, ["limit", "between 1 and 10000"]),
        ({"offset": -1}, ["offset"]),
        ({"message_ids": [-5]}, ["message_ids"]),
        ({"severities": ["fatal"]}, ["severities", "information"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(ask(site, **options), *words)
    assert site.requests() == []
