# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service connection tool: what is decided, what its log says, and what came of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool.decision import (
    Actual,
    Decision,
    Desired,
    Refused,
    decide,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool.notes import Notes, connected_for
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool.outcome import (
    Outcome,
    judge,
    read_meanings,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool.run import Download, Phase, Proxy, Run
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool.tool_files import (
    UpdateFolder,
    UsageData,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool.tool_log import (
    ToolRecord,
    parse_tool_log,
    read_steps,
    told,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.hierarchy import version_numbers
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.processes import Process
from hypothesis import given
from hypothesis import strategies as st

GUID = "420E3E18-73C5-4BE9-88B0-6F1E30A012CA"
FOLDER, CAB, PACKS = r"C:\Tool", r"C:\Offline\UsageData.cab", r"C:\Offline\UpdatePacks"
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=timezone.utc)
DATA = UsageData(CAB, 48_216, "a" * 64, True, "5.00.9135.1000")
UPDATES = UpdateFolder(PACKS, {"ConfigMgr.Update.Manifest.cab": 5, rf"{GUID}.cab": 900, rf"{GUID}\Redist\a.msi": 7}, "b" * 64)
PREPARE = Run(Phase.PREPARE, CAB)
CONNECT = Run(Phase.CONNECT, CAB, PACKS)
IMPORT = Run(Phase.IMPORT, updates=PACKS)
CMTRACE = (
    '<![LOG[INFO:Downloaded]LOG]!><time="13:59:35.6721099" date="11-29-2022" component="T" context="" type="1" thread="1">\n'
)


def decision(desired: Desired, actual: Actual) -> Decision:
    return decide(desired, actual, FOLDER)


@pytest.mark.parametrize(
    ("run", "arguments"),
    [
        (PREPARE, rf'-prepare -usagedatadest "{CAB}"'),
        (Run(Phase.EXPORT, r"C:\a b\usage.csv"), r'-export -dest "C:\a b\usage.csv"'),
        (CONNECT, rf'-connect -usagedatasrc "{CAB}" -updatepackdest "{PACKS}"'),
        (replace(CONNECT, download=Download.ALL), rf'-connect -usagedatasrc "{CAB}" -updatepackdest "{PACKS}" -downloadall'),
        (
            replace(CONNECT, proxy=Proxy("proxy.corp.example", r"CORP\meg", "secret")),
            rf'-connect -usagedatasrc "{CAB}" -updatepackdest "{PACKS}" -proxyserveruri "proxy.corp.example" '
            r'-proxyusername "CORP\meg"',
        ),
        (IMPORT, rf'-import -updatepacksrc "{PACKS}"'),
    ],
)
def test_the_options_are_those_that_microsoft_documents(run: Run, arguments: str) -> None:
    assert run.arguments == arguments
    assert run.command_line(FOLDER) == (
        rf'cd /d "{FOLDER}" && "{FOLDER}\ServiceConnectionTool.exe" {arguments} 9>"{FOLDER}\configmgr.site.lock"'
    )
    assert "secret" not in run.command_line(FOLDER) and "secret" not in repr(run)


def test_a_path_that_would_be_syntax_is_refused() -> None:
    for path in (r'C:\a" & del C:\*', r"C:\%TEMP%\a.cab"):
        with pytest.raises(ValueError, match="cannot stand in a command line"):
            Run(Phase.PREPARE, path).command_line(FOLDER)


def test_an_online_role_is_refused_but_for_connect() -> None:
    for run in (PREPARE, Run(Phase.EXPORT, r"C:\u.csv"), IMPORT):
        with pytest.raises(Refused, match="Microsoft asks for an offline one"):
            decision(Desired(run, Mode.ONLINE), Actual(updates=UPDATES))
    assert decision(Desired(CONNECT, Mode.ONLINE), Actual(usage_data=[DATA])) is Decision.START
    assert decision(Desired(PREPARE, Mode.OFFLINE), Actual()) is Decision.START
    assert decision(Desired(PREPARE), Actual()) is Decision.START


def test_the_same_run_is_followed_and_any_other_refused() -> None:
    own = Process(4100, PREPARE.command_line(FOLDER), NOW)
    assert decision(Desired(PREPARE), Actual([own])) is Decision.FOLLOW
    others = [
        [Process(4100, IMPORT.command_line(FOLDER), NOW)],
        [Process(4100, PREPARE.command_line(r"D:\Tool"), NOW)],
        [Process(4100, "", None)],
        [own, own],
    ]
    for running in others:
        with pytest.raises(Refused, match="process 4100 since"):
            decision(Desired(PREPARE), Actual(running))


def test_usage_data_that_is_young_enough_is_kept() -> None:
    notes = Notes(prepared=DATA.sha256, prepared_at=NOW - timedelta(hours=5))
    kept = Actual(usage_data=[DATA], notes=notes, now=NOW)
    assert decision(Desired(PREPARE), kept) is Decision.KEEP
    assert decision(Desired(PREPARE, force=True), kept) is Decision.START
    assert decision(Desired(PREPARE, max_age=timedelta(hours=5)), kept) is Decision.START
    assert decision(Desired(PREPARE), replace(kept, usage_data=[replace(DATA, sha256="c" * 64)])) is Decision.START
    assert decision(Desired(PREPARE), replace(kept, usage_data=[])) is Decision.START
    assert decision(Desired(PREPARE), replace(kept, now=NOW - timedelta(hours=6))) is Decision.START
    assert decision(Desired(PREPARE), replace(kept, now=None)) is Decision.START


def test_what_was_downloaded_for_the_same_usage_data_is_kept() -> None:
    notes = Notes(connected=connected_for(DATA.sha256, Download.LATEST), downloaded=UPDATES.digest)
    kept = Actual(usage_data=[DATA], updates=UPDATES, notes=notes)
    assert decision(Desired(CONNECT), kept) is Decision.KEEP
    assert decision(Desired(replace(CONNECT, download=Download.ALL)), kept) is Decision.START
    without_a_file = replace(UPDATES, sizes={"ConfigMgr.Update.Manifest.cab": 5})
    assert decision(Desired(CONNECT), replace(kept, updates=without_a_file)) is Decision.START
    assert decision(Desired(CONNECT), replace(kept, usage_data=[replace(DATA, sha256="c" * 64)])) is Decision.START
    assert decision(Desired(CONNECT), replace(kept, notes=Notes())) is Decision.START


def test_the_same_folder_is_imported_once() -> None:
    kept = Actual(updates=UPDATES, notes=Notes(imported=UPDATES.digest))
    assert decision(Desired(IMPORT), kept) is Decision.KEEP
    for other in (replace(UPDATES, manifest_digest="c"), replace(UPDATES, sizes={**UPDATES.sizes, "more.cab": 1})):
        assert decision(Desired(IMPORT), replace(kept, updates=other)) is Decision.START


@pytest.mark.parametrize(
    ("desired", "data", "word"),
    [
        (Desired(CONNECT), [], "no usage data at"),
        (Desired(CONNECT), [replace(DATA, is_cabinet=False)], "no cabinet file"),
        (Desired(CONNECT, site_version="5.00.9141.1000"), [DATA], "of a site of version 5.00.9135.1000"),
        (Desired(CONNECT, usage_data_digest="C" * 64), [DATA], "not the usage data that was prepared"),
        (Desired(CONNECT), [DATA, replace(DATA, path=r"C:\other.cab", is_cabinet=False)], r"C:\\other.cab is no cabinet"),
    ],
)
def test_usage_data_that_would_bring_the_wrong_updates_is_refused(desired: Desired, data: list[UsageData], word: str) -> None:
    with pytest.raises(Refused, match=word):
        decision(desired, Actual(usage_data=data))


def test_usage_data_that_cannot_be_looked_into_is_taken() -> None:
    unknown = replace(DATA, is_cabinet=None, site_version="", sha256="")
    wanted = Desired(CONNECT, site_version="5.0.9135.1000", usage_data_digest="c" * 64)
    assert decision(wanted, Actual(usage_data=[unknown])) is Decision.START


@pytest.mark.parametrize(
    ("folder", "word"), [(UpdateFolder(PACKS, {}), "no files"), (UpdateFolder(PACKS, {"a.cab": 5}), "no list of updates")]
)
def test_a_folder_without_updates_is_not_imported(folder: UpdateFolder, word: str) -> None:
    with pytest.raises(Refused, match=word):
        decision(Desired(IMPORT), Actual(updates=folder))


def test_versions_are_compared_as_numbers() -> None:
    assert version_numbers("5.00.9135.1000") == version_numbers("5.0.9135.1000") != version_numbers("5.00.9141.1000")


def test_the_packages_of_a_folder_are_named_by_their_files() -> None:
    assert [(package.guid, package.size) for package in UPDATES.packages] == [(GUID, 900)]


def test_lines_of_the_log_are_read_in_every_format() -> None:
    lines = [
        "INFO:Downloaded Payload",
        "11/25/2026 08:00:00 ERROR: can not connect",
        "WARNING: slow~~",
        "Unhandled Exception: System.X: gone",
        "",
        "other",
    ]
    assert list(parse_tool_log("\r\n".join(lines))) == [
        ToolRecord("Downloaded Payload"),
        ToolRecord("can not connect", "error"),
        ToolRecord("slow", "warning"),
        ToolRecord("Unhandled Exception: System.X: gone", "error"),
        ToolRecord("other"),
    ]
    assert list(parse_tool_log(CMTRACE + CMTRACE.replace("INFO:Downloaded", "failed").replace('type="1"', 'type="3"'))) == [
        ToolRecord("Downloaded"),
        ToolRecord("failed", "error"),
    ]


@given(st.text())
def test_whatever_the_log_is_it_is_read(text: str) -> None:
    for record in parse_tool_log(text):
        told(record, STEPS)
        judge(Outcome(1, (record,)), "log", MEANINGS)


STEPS, MEANINGS = read_steps(), read_meanings()


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            f"Downloading Payload {GUID} version 5.0.9141.1000. More information: x",
            f"downloading update 5.0.9141.1000 ({GUID})",
        ),
        (f"Downloaded Payload {GUID} size = 967280807", f"update {GUID} downloaded (967.3 MB)"),
        (
            "ConfigMgr.Update.Manifest.cab (size = 15741046) downloaded successfully",
            "manifest of the updates downloaded (15.7 MB)",
        ),
        ("Successfully Dropped the state message 4", "manifest handed to the site"),
        ("Reading something", None),
    ],
)
def test_what_is_shown_while_it_runs(message: str, line: str | None) -> None:
    assert told(ToolRecord(message), STEPS) == line
    assert told(ToolRecord(message, "error"), STEPS) == f"error: {message}"


IGNORED = (
    r"Unhandled Exception: System.UnauthorizedAccessException: Access to the path "
    r"'C:\Users\j\AppData\Local\Temp\extractmanifestcab\95F8A562.sql' is denied."
)


def test_a_run_has_failed_by_its_code_or_by_its_words() -> None:
    good = (ToolRecord("Downloaded"),)
    bad = (ToolRecord("can not connect to the database. Please refer to the log file.", "error"),)
    assert judge(Outcome(0, good), "log", MEANINGS).failure == ""
    assert judge(Outcome(None, good), "log", MEANINGS).failure == ""
    assert "(exit code 3). log says: nothing of an error. Read log." in judge(Outcome(3, good), "log", MEANINGS).failure
    for code in (0, 1, None):
        failure = judge(Outcome(code, bad), "log", MEANINGS).failure
        assert "says: can not connect to the database. Please refer to the log file. That means: " in failure
        assert "Kerberos with delegation" in failure
    assert "exit code" not in judge(Outcome(None, bad), "log", MEANINGS).failure


def test_the_error_that_microsoft_says_to_ignore_is_a_warning_whatever_the_code() -> None:
    ignored = ToolRecord(IGNORED, "error")
    verdict = judge(Outcome(-532462766, (ignored,)), "log", MEANINGS)
    assert verdict.failure == "" and "Microsoft says that this error can be ignored" in verdict.warnings[0]
    real = ToolRecord("There is not enough space on the disk.", "error")
    assert "the drive is full" in judge(Outcome(1, (ignored, real)), "log", MEANINGS).failure


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("The remote name could not be resolved: 'go.microsoft.com'", "cannot reach the cloud"),
        ("The remote server returned an error: (407) Proxy Authentication Required.", "the proxy wants a log-on"),
        (
            "AdminUIContentDownloadDownload:DownloadManifestCab exception: The underlying connection was closed: An unexpected "
            "error occurred on a send. There may be an issue with internet connection or the download link.",
            "TLS to the cloud service",
        ),
        ("Hash of the payload does not match", "a file is damaged"),
        (
            "Unhandled Exception: System.IO.FileNotFoundException: Could not load file or assembly 'X'",
            "files of the tool are missing",
        ),
        ("The process cannot access the file 'x' because it is being used by another process.", "another run of the tool"),
        ("Access to the path 'C:\\x' is denied.", "the account may not do that"),
    ],
)
def test_known_errors_come_with_their_meaning(message: str, meaning: str) -> None:
    assert meaning in judge(Outcome(1, (ToolRecord(message, "error"),)), "log", MEANINGS).failure


def test_many_errors_are_counted() -> None:
    errors = tuple(ToolRecord(f"error {number}", "error") for number in range(5))
    assert "error 0; error 1; error 2 (and 2 more)" in judge(Outcome(1, errors), "log", MEANINGS).failure
