# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations under some behaviours, and what came of each."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from allpairspy import AllPairs
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import Refusal, SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.errors import WindowsError
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import WsmanError
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from direct import LabTime, lab_in, transport_to
from lab.quirks import Quirks, known_quirks

from .operations import SPEED, Name, Operations, OperationsAtTwoSites
from .special import SPECIALS, Special

Verdict = Literal["works", "the same", "refused", "WRONG", "not tried"]
"""Works; works, but nothing that was sent or answered differs from what is with the usual behaviours, so that this proves
nothing; is refused with a sentence that says what to do; is neither; or this computer lacks a program for it."""

Behaviours = Mapping[str, str]
"""Values of quirks by their names; of the others, the first."""

_CHANGING = re.compile(rb"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|127\.0\.0\.1:\d+|<p:ProcessId>\d+")
"""What differs from run to run: identifiers, ports and processes."""


@dataclass(frozen=True)
class Result:
    """What came of one operation."""

    verdict: Verdict
    message: str = ""
    """What the module said where it refused, or what is wrong."""


@dataclass
class Trial:
    """All operations under some behaviours."""

    behaviours: Behaviours
    results: dict[str, Result]
    """By the operation; and of one behaviour by itself, by what is done in the `Special` about it."""

    @property
    def wrong(self) -> list[str]:
        """What is wrong."""
        return [f"{name}: {result.message}" for name, result in self.results.items() if result.verdict == "WRONG"]


@dataclass
class Transcript:
    """What was sent and answered during each operation."""

    lines: dict[str, list[bytes]] = field(default_factory=dict)
    operation: str = ""

    def add(self, *messages: bytes) -> None:
        self.lines.setdefault(self.operation, []).extend(_CHANGING.sub(b"", message) for message in messages)


class Recorded:
    """A transport of which a transcript is kept."""

    def __init__(self, inner: PywinrmTransport, transcript: Transcript) -> None:
        self._inner = inner
        self._transcript = transcript
        self.endpoint = inner.endpoint
        self.operation_timeout = inner.operation_timeout

    def send(self, envelope: bytes) -> Reply:
        reply = self._inner.send(envelope)
        self._transcript.add(envelope, str(reply.status).encode(), reply.body)
        return reply


class Trials:
    """Tries behaviours, and knows what is sent under the usual ones."""

    def __init__(self) -> None:
        self.usual, self._usual_transcript = _try({})

    def operate(self, behaviours: Behaviours) -> Trial:
        """Try the operations under some behaviours."""
        if all(value == getattr(Quirks(), name) for name, value in behaviours.items()):
            return Trial(behaviours, dict(self.usual.results))
        trial, transcript = _try(behaviours)
        usual = self._usual_transcript.lines
        for name, result in trial.results.items():
            is_same = all(transcript.lines.get(key) == usual[key] for key in usual if key.startswith(name))
            if result.verdict == "works" and is_same:
                trial.results[name] = Result("the same")
        return trial


@cache
def _trials() -> Trials:
    """One in each process."""
    return Trials()


def try_all(behaviours: Behaviours) -> Trial:
    """Try some behaviours, in whichever process; one by itself with the module that it is about, too."""
    trial = _trials().operate(behaviours)
    if len(behaviours) == 1:
        about = [special for special in SPECIALS if set(behaviours) & set(special.quirks)]
        trial.results |= {special.about: try_special(special, behaviours) for special in about}
    return trial


def try_special(special: Special, behaviours: Behaviours) -> Result:
    """Try some behaviours with the module that they are about."""
    if special.missing:
        return Result("not tried", f"{', '.join(special.missing)} not installed")
    try:
        message = special.run(Quirks(**dict[str, Any](behaviours)))
    except AssertionError as error:
        return Result("WRONG", str(error))
    return Result("refused", message) if message else Result("works")


def each() -> Iterator[Behaviours]:
    """Every behaviour by itself, the usual ones, too."""
    for quirk in known_quirks():
        for value in quirk.values:
            yield {quirk.name: value}


def pairs() -> list[Behaviours]:
    """As few combinations as have every two values of any two quirks together."""
    quirks = known_quirks()
    names = [quirk.name for quirk in quirks]
    return [dict(zip(names, values, strict=True)) for values in AllPairs([list(quirk.values) for quirk in quirks])]


def _try(behaviours: Behaviours) -> tuple[Trial, Transcript]:
    trial = Trial(behaviours, {})
    transcript = Transcript()
    for kind in (Operations, OperationsAtTwoSites):
        for name, result in _results(kind, behaviours, transcript):
            if name not in trial.results or trial.results[name].verdict == "works":
                trial.results[name] = result
    return trial, transcript


def _results(kind: type[Operations], behaviours: Behaviours, transcript: Transcript) -> Iterator[tuple[Name, Result]]:
    time = LabTime()
    quirks = Quirks(**dict[str, Any](behaviours))
    with (
        tempfile.TemporaryDirectory() as directory,
        lab_in(time, kind.topology(), Path(directory), speed=SPEED, quirks=quirks) as lab,
    ):
        operations = kind(lab, time, lambda server: Recorded(transport_to(lab, server), transcript))
        operations.set_up()
        for name in operations.order:
            transcript.operation = f"{name} {kind.__name__}"
            result = _result(operations, name)
            yield name, result
            if result.verdict == "WRONG":
                return


def _result(operations: Operations, name: Name) -> Result:
    try:
        operations.perform(name)
    except Refusal as refusal:
        return _without_the_refusal(operations, name, str(refusal))
    except (SiteError, WindowsError, WsmanError, AssertionError) as error:
        return Result("WRONG", f"{type(error).__name__}: {error}")
    return Result("works")


def _without_the_refusal(operations: Operations, name: Name, message: str) -> Result:
    """A refusal has changed nothing, and says what to set so that it works; here, that is the mode of a move."""
    try:
        operations.perform(name, mode_is_given=True)
    except (SiteError, WindowsError, WsmanError, AssertionError) as error:
        return Result("WRONG", f"{message} And then: {error}")
    return Result("refused", message)
