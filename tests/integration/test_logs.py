# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs through the module, read by the real curl."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Result, Site, refused
from programs import needs_curl

SERVER = "srv1.corp.example"
DOWNLOADER = r"C:\SMS\Logs\dmpdownloader.log"


def ask(site: Site, host: str = SERVER, **options: Any) -> Result:
    return site.play({"name": "ask", "configmgr.site.log_info": options}, host=host).only


@needs_curl
def test_a_log_of_the_role_is_found_by_its_name(role: Site) -> None:
    result = ask(role, name="dmpdownloader.log")
    assert result.outcome == "ok" and not result["changed"], result.message
    messages = [record["message"] for record in result["records"]]
    assert "SMS_DMP_DOWNLOADER installed." in messages and not result["more"]
    assert result["files"] == [DOWNLOADER]
    assert all(record["time"].endswith("+00:00") for record in result["records"])
    assert role.control.state()["powershell_starts"] == 0


@needs_curl
def test_fifty_megabytes(role: Site) -> None:
    role.control.console("fill_log", server="srv1", path=DOWNLOADER, count=500_000)
    result = ask(role, path=DOWNLOADER, limit=200, contains="ordinary work")
    assert [record["message"] for record in result["records"]] == [f"Ordinary work {n}." for n in range(499_801, 500_001)]
    assert result["bytes_read"] == 65536 and result["more"]
    assert role.actions("ask").count("Command") == 1


@needs_curl
def test_a_log_that_was_renamed_is_read_on(role: Site) -> None:
    role.control.console("fill_log", server="srv1", path=DOWNLOADER[:-1] + "_", count=300)
    result = ask(role, name="DMPDOWNLOADER.LOG", since="1h", contains="ordinary")
    assert len(result["records"]) == 200 and len(result["files"]) == 2 and result["more"]


@needs_curl
def test_a_full_log_is_renamed_by_who_writes_it(role: Site) -> None:
    role.control.console("fill_log", server="srv1", path=DOWNLOADER, count=30_000)
    role.control.console("restart_thread", server="srv1", component="SMS_DMP_DOWNLOADER")
    result = ask(role, path=DOWNLOADER, limit=50)
    assert len(result["files"]) == 2 and len(result["records"]) == 50


@needs_curl
def test_the_site_server_has_logs_of_its_own_in_a_folder_with_blanks(role: Site) -> None:
    path = r"C:\Program Files\Microsoft Configuration Manager\Logs\sitecomp.log"
    role.control.console("fill_log", server="ps1", path=path, count=3)
    result = ask(role, host="ps1.corp.example", path=path, query="length(records)")
    assert result["result"] >= 3


@needs_curl
def test_conditions(role: Site) -> None:
    line = "ERROR: The remote server returned an error: (400) Bad Request.  $$<X><11-24-2026 01:00:00.000+60><thread=7 (0x7)>"
    role.control.console("write_file", server="srv1", path=DOWNLOADER, content=line)
    (record,) = ask(role, path=DOWNLOADER, severities=["error"], components=["x"])["records"]
    assert record == {
        "time": "2026-11-24T02:00:00.000+00:00",
        "severity": "error",
        "component": "X",
        "thread": "7",
        "message": "ERROR: The remote server returned an error: (400) Bad Request.",
    }
    assert ask(role, path=DOWNLOADER, until="2026-11-24T02:00:00Z")["records"] == []


@needs_curl
def test_what_is_not_there(role: Site) -> None:
    refused(ask(role, path=r"C:\SMS\Logs\none.log"), r"no log C:\SMS\Logs\none.log", "on the server with the role")
    refused(ask(role, host="srv2.corp.example", name="dmpdownloader.log"), "no component of Configuration Manager", "path")
    role.control.console("remove_curl", server="srv1")
    refused(ask(role, path=DOWNLOADER), "has no curl.exe", "Windows Server 2019")


@needs_curl
def test_logs_that_are_odd(role: Site) -> None:
    line = "Hello.  $$<SMS_DMP_DOWNLOADER><11-24-2026 10:00:00.000+000><thread=1 (0x1)>\r\n"
    path = r"C:\SMS\Logs\odd.log"

    def write(content: str, encoding: str = "utf-8") -> None:
        role.control.console("write_file", server="srv1", path=path, content=content, encoding=encoding)

    write("")
    empty = ask(role, path=path)
    assert empty["records"] == [] and empty["warnings"] == [f"{path} is empty."]
    write(line * 3 + line[:30])
    assert [record["message"] for record in ask(role, path=path)["records"]] == ["Hello."] * 3
    for encoding in ("utf-16", "utf-16-le"):
        write(line * 2000, encoding)
        assert len(ask(role, path=path)["records"]) == 200
    write("".join(map(chr, range(256))) * 500, "latin-1")
    refused(ask(role, path=path), "no record in either of the formats", "not one that is text")
    write(line)
    role.control.console("lock_file", server="srv1", path=path)
    refused(ask(role, path=path), f"{path} is there and cannot be opened", "locked")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["either name or path"]),
        ({"name": "a.log", "path": DOWNLOADER}, ["either name or path"]),
        ({"name": "..\\a.log"}, ["no file name"]),
        ({"name": 'a.log" & calc'}, ["no file name"]),
        ({"path": "a.log"}, ["no full path"]),
        ({"path": r"C:\Logs\*.log"}, ["no full path"]),
        ({"name": "a.log", "since": "soon"}, ["since", "ISO 8601"]),
        ({"name": "a.log", "limit": 0}, ["limit"]),
        ({"name": "a.log", "max_bytes": 0}, ["max_bytes"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(ask(site, **options), *words)
    assert site.requests() == []
