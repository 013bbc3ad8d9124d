# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""A connection to the files of a server by SMB, with the library smbprotocol (MS-SMB2).

Drives are reached by their administrative shares (``C$``), which Windows has for members of its local Administrators.
"""

from __future__ import annotations

import contextlib
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

from .errors import WindowsError
from .smb_errors import FAILURES, LOG_ON, SmbMissing, SmbNotAFolder, explain
from .smb_streams import OpenFile
from .transfer.stores import FileFacts

try:
    import smbclient
    from smbprotocol.header import NtStatus
except ImportError:
    HAS_SMBPROTOCOL = False
else:
    HAS_SMBPROTOCOL = True

Value = TypeVar("Value")

PORT = 445
_CONNECT_SECONDS = 20
_ANSWER_SECONDS = 60.0
"""In which a server answers a request, however busy its disk is."""
_GOODBYE_SECONDS = 5.0
_CREDITS = 512
"""How many requests of 64 KiB may be on their way; the server may grant fewer."""


@dataclass(frozen=True)
class SmbAccess:
    """Where the server is, and as whom to log on."""

    server: str
    """Its address."""
    name: str
    """What people call it."""
    user: str | None
    """None for that of the ticket."""
    password: str | None = field(repr=False)
    """None for a ticket of Kerberos that is there already."""
    port: int = PORT

    @property
    def shown(self) -> str:
        """The server in errors: by its name, and by its address where that is another."""
        return self.name if self.name.lower() == self.server.lower() else f"{self.name} ({self.server})"


class SmbConnection:
    """Logged on for the time of a ``with``; `reconnect` makes it anew. Every use raises `SmbError` and `SmbLost`.

    Messages are signed, so nobody changes them on the way. Paths are those of the server, such as ``C:\\folder\\file``.
    """

    def __init__(self, access: SmbAccess) -> None:
        self._access = access
        self._cache: dict[str, Any] = {}
        self._session: Any = None

    def __enter__(self) -> SmbConnection:
        self.reconnect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._drop()

    @property
    def way(self) -> str:
        """How the files travel, in words."""
        return f"SMB to {self._access.server} port {self._access.port}"

    def reconnect(self) -> None:
        """Connect and log on, after a loss, too."""
        self._drop()

        def log_on() -> Any:
            return smbclient.register_session(
                self._access.server,
                username=self._access.user,
                password=self._access.password,
                connection_timeout=_CONNECT_SECONDS,
                **self._usual(),
            )

        self._session = self._guarded(log_on, LOG_ON)
        connection = self._session.connection
        _insist_on_signatures(connection)
        _limit_sending(connection.transport)
        self._guarded(lambda: connection.echo(self._session.session_id, credit_request=_CREDITS), LOG_ON)

    def files_below(self, folder: str) -> dict[str, FileFacts] | None:
        """Files of a folder and all below it, by their path in it with backslashes; None if there is no such folder."""
        found: dict[str, FileFacts] = {}
        folders = [""]
        while folders:
            inner = folders.pop()
            try:
                entries = self._do(_entries, _joined(folder, inner))
            except (SmbMissing, SmbNotAFolder):
                if not inner:
                    return None
                continue
            for entry in entries:
                path = f"{inner}\\{entry.name}" if inner else entry.name
                if entry.is_dir():
                    folders.append(path)
                else:
                    info = entry.smb_info
                    found[path] = FileFacts(info.end_of_file, int(info.last_write_time.timestamp() * 1_000_000_000))
        return found

    def facts(self, path: str) -> FileFacts | None:
        """Of a file; None if there is none."""
        found = self._look(path)
        return None if found is None or stat.S_ISDIR(found.st_mode) else FileFacts(found.st_size, found.st_mtime_ns)

    def is_folder(self, path: str) -> bool | None:
        """Whether what is there is a folder; None if there is nothing."""
        found = self._look(path)
        return None if found is None else stat.S_ISDIR(found.st_mode)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it that are missing."""
        self._do(lambda target, **usual: smbclient.makedirs(target, exist_ok=True, **usual), path)

    def remove(self, path: str) -> None:
        """Delete a file, if it is there."""
        with contextlib.suppress(SmbMissing):
            self._do(smbclient.remove, path)

    def replace(self, path: str, target: str) -> None:
        """Give a file another name, in place of the file that may have it already."""
        self._do(lambda source, **usual: smbclient.replace(source, self._unc(target), **usual), path)

    @contextlib.contextmanager
    def open(self, path: str, mode: str) -> Iterator[OpenFile]:
        """A file to read with ``rb``; to write with ``r+b`` one that is there, with ``wb`` a new one."""
        file = self._do(lambda target, **usual: smbclient.open_file(target, mode, buffering=0, share_access="r", **usual), path)
        try:
            yield OpenFile(file.fd, path, lambda error: self._explained(error, path))
        except BaseException:
            # What is lost already cannot be closed any more, and the first error says more than the second
            with contextlib.suppress(WindowsError):
                self._guarded(file.close, path)
            raise
        self._guarded(file.close, path)

    def _look(self, path: str) -> Any:
        """What is there, as smbprotocol tells of it; None if there is nothing, as below a file."""
        try:
            return self._do(smbclient.stat, path)
        except (SmbMissing, SmbNotAFolder):
            return None

    def _explained(self, error: Exception, what: str) -> WindowsError:
        return explain(error, what, self._access.shown, self._access.user)

    def _do(self, action: Callable[..., Value], path: str) -> Value:
        return self._guarded(lambda: action(self._unc(path), **self._usual()), path)

    def _usual(self) -> dict[str, Any]:
        return {"port": self._access.port, "connection_cache": self._cache}

    def _unc(self, path: str) -> str:
        return f"\\\\{self._access.server}\\{path[0]}$\\{path[3:]}"

    def _guarded(self, action: Callable[[], Value], what: str) -> Value:
        """Carry it out, in the time that a server is given."""
        with self._cut_after(_CONNECT_SECONDS + _ANSWER_SECONDS):
            try:
                return action()
            except FAILURES as error:
                raise self._explained(error, what) from error

    @contextlib.contextmanager
    def _cut_after(self, seconds: float) -> Iterator[None]:
        """Cut the connection of a server that does not answer in time, which ends the wait for it."""
        guard = threading.Timer(seconds, self._cut)
        guard.daemon = True
        guard.start()
        try:
            yield
        finally:
            guard.cancel()

    def _cut(self) -> None:
        for connection in list(self._cache.values()):
            # `close` would wait for who is sending; this ends that, too
            with contextlib.suppress(OSError, AttributeError):
                connection.transport._sock.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        for connection in list(self._cache.values()):
            with self._cut_after(_GOODBYE_SECONDS), contextlib.suppress(*FAILURES):
                connection.disconnect()
            # Where the server has not taken the goodbye
            with contextlib.suppress(*FAILURES):
                connection.disconnect(close=False)
        self._cache.clear()


def _insist_on_signatures(connection: Any) -> None:
    """Have every answer to who is logged on be verified; the library takes the word of an answer that it is not signed."""
    verify = connection.verify_signature

    def verify_always(header: Any, session_id: int, force: bool = False) -> None:
        # The one before an answer that takes a while need not be signed (MS-SMB2 3.2.5.1.3)
        is_interim = header["status"].get_value() == NtStatus.STATUS_PENDING
        verify(header, session_id, force=force or not is_interim)

    connection.verify_signature = verify_always


def _limit_sending(transport: Any) -> None:
    """Have it fail to send to a server that does not take anything any more."""
    seconds = struct.pack("ll", int(_ANSWER_SECONDS), 0)
    transport._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)


def _entries(path: str, **usual: Any) -> list[Any]:
    return list(smbclient.scandir(path, **usual))


def _joined(folder: str, inner: str) -> str:
    return f"{folder.rstrip(chr(92))}\\{inner}" if inner else folder
