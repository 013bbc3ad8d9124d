# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong at one request of WinRM, on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from threading import Event, Timer
from uuid import uuid4

from direct import LabTime
from lab.lab import Lab
from lab.smb.port import SmbPort
from lab.wire.dispatcher import Reply
from lab.wire.envelopes import render
from lab.wire.faults import ACCESS_DENIED, OPERATIONS_QUOTA, SHELLS_QUOTA, Fault, FaultKind
from lab.wire.interference import ConnectionCut

READ_TIMEOUT = 2
"""Seconds after which clients give up waiting for an answer; the least that pywinrm takes."""
LARGE = 100 * 1000 * 1000
_SECONDS_OF_A_RESTART = 90.0
"""Of the site."""
_LEAP = 3 * 3600.0
"""Seconds by which a clock jumps, far enough for anything that was to happen later."""

Act = Callable[[], Reply]


class Scene:
    """What a fault can do something to: one server of a lab, and its time."""

    def __init__(self, lab: Lab, time: LabTime, server: str, factor: float | None = None) -> None:
        """``factor`` is how much faster than the computer's the clock of runs is, if it is not ``time``."""
        self.lab = lab
        self.time = time
        self.server = server
        self._factor = factor
        self._timers: list[Timer] = []
        self.is_over = Event()
        """Set when the client has given up."""
        self.back_at: float | None = None
        """When the provider is there again, if it restarts."""

    def stop_listening(self) -> None:
        self.lab.listeners.stop_listening(self.server)

    def stop_listening_to_smb(self) -> None:
        for listener in self._smb_listeners:
            listener.refuse()

    def restart(self) -> None:
        """Forget what is open, and be away for a while."""
        self.stop_listening()
        self.lab.listeners.restart_services()
        self.restart_smb(_SECONDS_OF_A_RESTART / self.lab.speed)

    def restart_smb(self, seconds: float) -> None:
        """Have nothing listen for so long, in the time of runs."""
        self.stop_listening_to_smb()
        self._call_after(seconds, self._listen_again)

    def _call_after(self, seconds: float, action: Callable[[], None]) -> None:
        if self._factor is None:
            self.time.call_after(seconds, action)
        else:
            timer = Timer(seconds / self._factor, action)
            timer.daemon = True
            timer.start()
            self._timers.append(timer)

    def _listen_again(self) -> None:
        self.lab.listeners.listen_again()
        for listener in self._smb_listeners:
            listener.listen_again()

    @property
    def _smb_listeners(self) -> list[SmbPort]:
        listener = self.lab.smb_listeners.get(self.server)
        return [listener] if listener else []

    def wait_until_over(self) -> None:
        """Until the client has given up."""
        self.is_over.wait(60)

    def jump(self) -> None:
        """Set the server's clock forward."""
        self.lab.console.perform({"action": "set_clock", "server": self.server, "seconds": _LEAP})

    def mend(self) -> None:
        """Put everything right again."""
        self.is_over.set()
        for timer in self._timers:
            timer.cancel()
            timer.join()
        self._listen_again()
        self.lab.console.perform({"action": "set_clock", "server": self.server, "seconds": 0})


@dataclass(frozen=True)
class WireFault:
    """Something that goes wrong at one request, or from it on."""

    name: str
    answer: Callable[[Scene, Act], Reply]
    """Instead of the server's own answer, which it may let the server give. `ConnectionCut` for none."""
    before: Callable[[Scene], None] | None = None
    """What happens right before the request is sent, so after the one before was answered."""
    lasts: bool = False
    """Whether all requests after it meet the same, until it is mended."""
    most_memory: int | None = None
    """Megabytes by which the memory of a run may grow; None if it is not watched."""
    may_hide: bool = False
    """Whether a module may take it for something that the account is not to see, which its result then leaves unknown."""

    def at(self, scene: Scene, request: int) -> WireHappening:
        """An interference that has it happen at one request."""
        return WireHappening(self, scene, request)


class WireHappening:
    """Has a fault happen at the k-th request, and perhaps at those after it."""

    def __init__(self, fault: WireFault, scene: Scene, request: int) -> None:
        self._fault = fault
        self._scene = scene
        self._request = request
        self._count = 0
        self.has_happened = False
        if request == 1 and fault.before:
            self._happen_before()

    def __call__(self, server: str, act: Act) -> Reply:
        self._count += 1
        if self._count == self._request or (self._count > self._request and self._fault.lasts):
            self.has_happened = True
            return self._fault.answer(self._scene, act)
        reply = act()
        if self._count == self._request - 1 and self._fault.before:
            self._happen_before()
            return replace(reply, is_last=True)
        return reply

    def _happen_before(self) -> None:
        assert self._fault.before is not None
        self._fault.before(self._scene)
        self.has_happened = True


class WireCount:
    """Counts requests, and lets them be."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, server: str, act: Act) -> Reply:
        self.number += 1
        return act()


def _cut(scene: Scene, act: Act) -> Reply:
    raise ConnectionCut


def _cut_after(scene: Scene, act: Act) -> Reply:
    act()
    raise ConnectionCut


def _stall(scene: Scene, act: Act) -> Reply:
    act()
    scene.wait_until_over()
    raise ConnectionCut


def _status(status: int, *, acts: bool = False) -> Callable[[Scene, Act], Reply]:
    def answer(scene: Scene, act: Act) -> Reply:
        if acts:
            act()
        return Reply(status, b"")

    return answer


def _fault(kind: FaultKind, status: int = 500) -> Callable[[Scene, Act], Reply]:
    def answer(scene: Scene, act: Act) -> Reply:
        fault = Fault(kind)
        return Reply(status, render(fault.action, "", fault.render(scene.server)).encode())

    return answer


def _changed(change: Callable[[bytes], bytes]) -> Callable[[Scene, Act], Reply]:
    """The server acts, and its answer arrives changed."""

    def answer(scene: Scene, act: Act) -> Reply:
        reply = act()
        return replace(reply, envelope=change(reply.envelope))

    return answer


def _truncated(scene: Scene, act: Act) -> Reply:
    reply = act()
    half = len(reply.envelope) // 2
    return replace(reply, envelope=reply.envelope[:half], missing=len(reply.envelope) - half)


def _of_another(envelope: bytes) -> bytes:
    return re.sub(rb"<a:RelatesTo>[^<]*<", b"<a:RelatesTo>uuid:" + str(uuid4()).upper().encode() + b"<", envelope)


def _bomb(envelope: bytes) -> bytes:
    """Entities of entities: a few hundred bytes that would become ten thousand million."""
    entities = ['<!ENTITY e0 "0123456789">']
    entities += [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)]
    doctype = f"<!DOCTYPE s:Envelope [{''.join(entities)}]>".encode()
    return doctype + envelope.replace(b"</s:Header>", b"<x>&e9;</x></s:Header>", 1)


@cache
def large_body() -> bytes:
    """Made once, as its memory is not what is watched."""
    return render("", "", "<x>" + "0" * LARGE + "</x>").encode()


def _large_answer(scene: Scene, act: Act) -> Reply:
    act()
    return Reply(200, large_body())


def _own(scene: Scene, act: Act) -> Reply:
    return act()


def _restart(scene: Scene, act: Act) -> Reply:
    scene.restart()
    raise ConnectionCut


def _restart_provider(scene: Scene, act: Act) -> Reply:
    """WMI and its providers end, and are there again after a while, in which what was open is forgotten."""
    if scene.back_at is None:
        scene.lab.listeners.restart_services()
        scene.back_at = scene.time.now() + _SECONDS_OF_A_RESTART / scene.lab.speed
    return act() if scene.time.now() >= scene.back_at else _fault(PROVIDER_RESTARTS)(scene, act)


PROVIDER_RESTARTS = FaultKind(0x80041033, "w:InternalError", "Shutting down ", role="Receiver")
UNREADABLE = b"<s:Envelope><s:Header></s:Body"

FAULTS = (
    WireFault("connection refused", _own, before=Scene.stop_listening, lasts=True),
    WireFault("reset before the server acts", _cut),
    WireFault("reset after the server acted", _cut_after),
    WireFault("no answer in time", _stall),
    WireFault("HTTP 401", _status(401)),
    WireFault("HTTP 413", _status(413)),
    WireFault("HTTP 500", _status(500)),
    WireFault("HTTP 500 after the server acted", _status(500, acts=True)),
    WireFault("HTTP 503", _status(503)),
    WireFault("too many operations (2150859174)", _fault(OPERATIONS_QUOTA)),
    WireFault("too many shells (2150859173)", _fault(SHELLS_QUOTA)),
    WireFault("access denied", _fault(ACCESS_DENIED), may_hide=True),
    WireFault("a fault with HTTP 200", _fault(OPERATIONS_QUOTA, 200)),
    WireFault("an answer cut short", _truncated),
    WireFault("XML cut short", _changed(lambda envelope: envelope[: len(envelope) // 2])),
    WireFault("malformed XML", _changed(lambda envelope: UNREADABLE)),
    WireFault("another message's answer", _changed(_of_another)),
    WireFault("an answer of 100 MB", _large_answer, most_memory=64),
    WireFault("an entity bomb", _changed(_bomb), most_memory=64),
    WireFault("the provider restarts", _restart_provider, lasts=True),
    WireFault("the server restarts", _restart),
    WireFault("the server's clock jumps", _own, before=Scene.jump, lasts=True),
)
