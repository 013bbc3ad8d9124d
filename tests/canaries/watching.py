# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others can see of a run while it lasts: its processes, and the files that it makes and removes again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from descendants import with_descendants

_SECONDS = 0.01
"""Between two looks. Ansible ends no process and removes no file within less."""


class Watch:
    """Looks at a process and its descendants, and at a directory, for the time of a ``with``."""

    def __init__(self, pid: int, directory: Path) -> None:
        self._pid = pid
        self._directory = directory
        self._over = Event()
        self._thread = Thread(target=self._run, name="watch", daemon=True)
        self.command_lines: set[bytes] = set()
        self.environments: set[bytes] = set()
        self.files: set[bytes] = set()
        """Contents of those that were there."""
        self._seen: dict[Path, tuple[int, int]] = {}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_SECONDS):
            self._look()
        self._look()

    def _look(self) -> None:
        for pid in with_descendants(self._pid):
            with suppress(OSError):
                self.command_lines.add(Path(f"/proc/{pid}/cmdline").read_bytes())
                self.environments.add(Path(f"/proc/{pid}/environ").read_bytes())
        for path in self._directory.rglob("*"):
            with suppress(OSError):
                state = path.stat()
                version = (state.st_mtime_ns, state.st_size)
                if path.is_file() and self._seen.get(path) != version:
                    self.files.add(path.read_bytes())
                    self._seen[path] = version
