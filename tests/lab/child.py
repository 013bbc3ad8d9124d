# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that can be ended together with everything it has started: it runs in a process group of its own.

As under a shell, that group has the terminal while the command runs: what is typed, Ctrl-C and Ctrl-Z reach it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic, sleep
from types import TracebackType

GRACE_SECONDS = 5.0
"""How long what has been sent SIGTERM may take to end by itself."""

_ASKS_FOR_THE_TERMINAL = (signal.SIGTTIN, signal.SIGTTOU)
"""What stops a process that uses the terminal while another group has it."""


class Child:
    """Runs from its construction; use it as a context manager, which ends it if it still runs. Call `look` at every SIGCHLD."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """OSError if the command cannot be started."""
        # Python ignores these; other programs expect to be ended by them
        defaults = (signal.SIGPIPE, signal.SIGXFSZ)
        self._group = os.posix_spawnp(command[0], list(command), environment, setpgroup=0, setsigdef=defaults)
        self._exit_code: int | None = None
        self._terminal = _Terminal()
        # Output that goes elsewhere may go to a pager, which reads the terminal: then it stays until the command asks for it
        if os.isatty(0) and os.isatty(1):
            self._terminal.hand_over(os.getpgrp(), self._group)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._exit_code is None:
            self.end()
        self._terminal.hand_over(self._group, os.getpgrp())
        self._terminal.close()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, and let go on what was stopped, which would not notice otherwise."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._group, number)
            os.killpg(self._group, signal.SIGCONT)

    def look(self) -> int | None:
        """The exit code, counted as shells do, once the command has ended. If it was stopped, this process stops, too."""
        while stopped_by := self._collect(os.WUNTRACED):
            self._stop_as_well(stopped_by)
        return self._exit_code

    def end(self) -> int:
        """End the group with SIGTERM, and what is there after `GRACE_SECONDS` with SIGKILL. Returns the exit code."""
        self.send(signal.SIGTERM)
        self._wait_while(self._is_there)
        self.send(signal.SIGKILL)
        self._wait_while(lambda: self._exit_code is None)
        return 128 + signal.SIGKILL if self._exit_code is None else self._exit_code

    def _wait_while(self, condition: Callable[[], bool]) -> None:
        deadline = monotonic() + GRACE_SECONDS
        self._collect()
        while condition() and monotonic() < deadline:
            sleep(0.02)  # Nothing tells of the end of processes that the command has started and left behind
            self._collect()

    def _is_there(self) -> bool:
        try:
            os.killpg(self._group, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True

    def _collect(self, options: int = 0) -> int:
        """Take note of the command's end. Returns the number of the signal that has stopped it instead, or 0."""
        if self._exit_code is None:
            number, status = os.waitpid(self._group, os.WNOHANG | options)
            if number and os.WIFSTOPPED(status):
                return os.WSTOPSIG(status)
            if number:
                code = os.waitstatus_to_exitcode(status)
                self._exit_code = 128 - code if code < 0 else code
        return 0

    def _stop_as_well(self, number: int) -> None:
        """Leave the terminal to the shell, until that continues the process group which the lab belongs to."""
        ours, holder = os.getpgrp(), self._terminal.holder()
        asks = number in _ASKS_FOR_THE_TERMINAL
        if holder is None or (holder != self._group and not asks):
            return  # It was not the terminal that has stopped it
        if not asks or holder not in (ours, self._group):
            self._terminal.hand_over(self._group, ours)
            os.killpg(ours, number)  # Here this process stands still
        self._terminal.hand_over(ours, self._group)
        if not asks or self._terminal.holder() == self._group:
            self.send(signal.SIGCONT)


class _Terminal:
    """The terminal that this process was started from, if any."""

    def __init__(self) -> None:
        try:
            self._file: int | None = os.open("/dev/tty", os.O_RDWR)
        except OSError:
            self._file = None

    def holder(self) -> int | None:
        """The process group that may read from it and that gets its signals."""
        with suppress(OSError):  # It may have been closed
            return None if self._file is None else os.tcgetpgrp(self._file)
        return None

    def hand_over(self, source: int, target: int) -> None:
        """Give it to a process group, if it is this other one that has it."""
        if self._file is None or self.holder() != source:
            return
        # Otherwise a process that does not have the terminal is stopped when it takes it
        before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        try:
            with suppress(OSError):
                os.tcsetpgrp(self._file, target)
        finally:
            signal.signal(signal.SIGTTOU, before)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
