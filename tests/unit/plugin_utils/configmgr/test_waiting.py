# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: bounded, visible, and honest about what was last seen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import WaitTimeout
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Clock, Wait, Waiting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import (
    AuthenticationRejected,
    ConnectionLost,
    UndecodableAnswer,
    UnusableSetting,
    WsmanFault,
)


class ManualClock(Clock):
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.time += seconds


def wait_for(answers: list[str | Exception], timeout: float = 600, late: float = 0) -> tuple[list[str], str, ManualClock]:
    lines: list[str] = []
    clock = ManualClock()
    remaining: Iterator[str | Exception] = iter(answers)

    def read() -> str:
        answer = next(remaining, answers[-1])
        if isinstance(answer, Exception):
            raise answer
        return answer

    wait = Wait(Waiting(timeout, lines.append, clock=clock))
    clock.time += late
    seen = wait.until(
        read,
        lambda seen: seen == "started",
        lambda seen: {"srv1 SMS_DMP_DOWNLOADER": seen},
        "The role did not start",
        lambda seen: f"It was {seen}: look into sitecomp.log.",
    )
    return lines, seen, clock


def test_a_line_for_every_change_and_none_without() -> None:
    lines, seen, _clock = wait_for(["installing", "installing", "installing", "started"])
    assert seen == "started"
    assert lines == ["srv1 SMS_DMP_DOWNLOADER: installing (0 s of 600 s)", "srv1 SMS_DMP_DOWNLOADER: started (2 s of 600 s)"]


def test_a_minute_of_silence_is_broken() -> None:
    lines, _seen, _clock = wait_for([*["installing"] * 25, "started"])
    times = [int(line.partition("(")[2].partition(" s of")[0]) for line in lines]
    assert all(later - earlier <= 70 for earlier, later in itertools.pairwise(times))
    assert len(lines) == 5


def test_nothing_is_waited_for_when_it_is_done_already() -> None:
    assert wait_for(["started"])[2].time == 0


def test_the_timeout_says_what_was_seen_and_where_to_look() -> None:
    with pytest.raises(WaitTimeout) as caught:
        wait_for(["installing"], timeout=42)
    message = str(caught.value)
    assert message.startswith("The role did not start within 42 s. Last seen: srv1 SMS_DMP_DOWNLOADER: installing.")
    assert message.endswith("It was installing: look into sitecomp.log.")


def test_several_waits_share_one_deadline() -> None:
    with pytest.raises(WaitTimeout, match="within 600 s"):
        wait_for(["installing"], late=590)
    lines, _seen, clock = wait_for(["started"], late=590)
    assert lines == ["srv1 SMS_DMP_DOWNLOADER: started (590 s of 600 s)"] and clock.time == 590


def test_a_connection_that_comes_back_is_waited_for() -> None:
    lines, seen, _clock = wait_for([ConnectionLost("reset"), ConnectionLost("reset"), "started"])
    assert seen == "started"
    assert lines[0] == "connection: lost, trying again (reset) (0 s of 600 s)"
    assert any(line.startswith("connection: restored") for line in lines)


@pytest.mark.parametrize("code", [0x80041033, 0x800706BA, 2150859174, 2150859173])
def test_a_server_that_is_busy_or_restarts_is_waited_for(code: int) -> None:
    lines, seen, _clock = wait_for([WsmanFault(code, "InternalError", "not now"), "started"])
    assert seen == "started" and lines[0].startswith("connection: lost, trying again")


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationRejected("no"),
        UnusableSetting("no such file: /ca.pem"),
        WsmanFault(0x80041003, "AccessDenied", "no"),
        UndecodableAnswer("bad value"),
    ],
)
def test_a_refusal_is_not_waited_for(error: Exception) -> None:
    with pytest.raises(type(error)):
        wait_for([error])
