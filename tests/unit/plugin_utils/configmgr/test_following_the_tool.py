# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of the service connection tool, told as it grows."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool import following
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.connection_tool.following import (
    SECONDS_BETWEEN_LOOKS,
    LogFollower,
    SmallFile,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Clock
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import ConnectionLost, WsmanError, WsmanFault
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.shell import CommandResult

NO_SUCH_SHELL = WsmanFault(2150858843, "InvalidSelectors", "")


class ManualClock(Clock):
    time = 0.0

    def now(self) -> float:
        return self.time


class Log:
    """Text that somebody writes, and how often it was read."""

    def __init__(self) -> None:
        self.text = ""
        self.looks = 0

    def read(self) -> str:
        self.looks += 1
        return self.text


def test_output_does_not_have_the_log_read_over_and_over() -> None:
    log, clock, lines = Log(), ManualClock(), list[str]()
    follower = LogFollower(log.read, lines.append, [], clock)
    for _piece in range(100):
        follower.look_if_due()
    assert log.looks == 1
    log.text = "ERROR: first\n"
    clock.time += SECONDS_BETWEEN_LOOKS
    follower.look_if_due()
    follower.look_if_due()
    assert (log.looks, lines) == (2, ["error: first"])
    log.text += "ERROR: last\n"
    follower.look()
    assert (log.looks, lines) == (3, ["error: first", "error: last"]), "the last look is due at once"


def test_a_look_that_fails_is_not_repeated_at_once() -> None:
    clock, looks = ManualClock(), list[float]()

    def read() -> str:
        looks.append(clock.time)
        raise ConnectionLost("gone")

    follower = LogFollower(read, lambda line: None, [], clock)
    with pytest.raises(ConnectionLost):
        follower.look_if_due()
    follower.look_if_due()
    assert looks == [0]


class Shells:
    """Stands for the shells of a server; ``answers`` are what the next commands in them meet."""

    def __init__(self, *answers: str | WsmanError) -> None:
        self._answers = list(answers)
        self.opened = self.closed = 0

    def __call__(self, _client: Any) -> Shells:
        return self

    def __enter__(self) -> Shells:
        self.opened += 1
        return self

    def __exit__(self, *_error: object) -> None:
        self.closed += 1

    def run(self, _command_line: str, **_options: Any) -> CommandResult:
        answer = self._answers.pop(0)
        if isinstance(answer, WsmanError):
            raise answer
        return CommandResult(0 if answer else 1, answer.encode(), b"")


def open_file(monkeypatch: pytest.MonkeyPatch, shells: Shells) -> SmallFile:
    monkeypatch.setattr(following, "CommandShell", shells)
    client: Any = None
    return SmallFile(client, r"C:\Tool\ServiceConnectionTool.log")


def test_one_shell_for_all_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    shells = Shells("", "a", "b")
    with open_file(monkeypatch, shells) as file:
        assert [file.read(), file.read(), file.read()] == ["", "a", "b"]
        assert (shells.opened, shells.closed) == (1, 0)
    assert shells.closed == 1


def test_a_shell_that_the_server_does_not_know_any_more_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    shells = Shells("a", ConnectionLost("gone"), NO_SUCH_SHELL, "b", NO_SUCH_SHELL, NO_SUCH_SHELL)
    with open_file(monkeypatch, shells) as file:
        assert file.read() == "a"
        with pytest.raises(ConnectionLost):
            file.read()
        assert file.read() == "b" and shells.opened == 2
        with pytest.raises(WsmanFault):
            file.read()
    assert shells.opened == shells.closed == 3


def test_no_look_no_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    shells = Shells()
    with open_file(monkeypatch, shells):
        pass
    assert shells.opened == 0
