# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP on one connection to a host of the internet.

HEAD, and a request for the root of a host, say whether the host can be reached, so they are answered with its status.
"""

from __future__ import annotations

import re
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from typing import Any

from .web import Answer, Service, Text, WebRequest, refusal

_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_CHUNK = 2**16
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Answers(BaseHTTPRequestHandler):
    """To all requests that come on one connection."""

    protocol_version = "HTTP/1.1"

    def __init__(self, connection: socket.socket, status: int, service: Service | None) -> None:
        self._status = status
        self._service = service
        super().__init__(connection, connection.getpeername(), None)  # type: ignore[arg-type]  # it has no use for a server

    def do_GET(self) -> None:
        body = _Body(self.rfile, int(self.headers.get("Content-Length", 0)))
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            answer = refusal(HTTPStatus.LENGTH_REQUIRED)
        else:
            answer = self._answer(body)
        # What is not read would be taken for the next request
        while body.read(_CHUNK):
            pass
        self._send(answer)

    do_HEAD = do_POST = do_PUT = do_GET

    def log_message(self, format: str, *arguments: Any) -> None:
        """To nobody."""

    def _answer(self, body: BufferedIOBase) -> Answer:
        request = WebRequest(self.command, self.path, body)
        if self._service is None or self.command == "HEAD" or request.path == "/":
            return Answer(Text(b"" if self._status in _WITHOUT_BODY else f"{self._status}\n".encode()), self._status)
        return self._service(request)

    def _send(self, answer: Answer) -> None:
        size = answer.content.size
        start, end, status = 0, size, answer.status
        wanted = _RANGE.fullmatch(self.headers.get("Range", ""))
        if wanted and status == HTTPStatus.OK:
            start, end = int(wanted[1]), min(size, int(wanted[2] or size) + 1)
            status = HTTPStatus.PARTIAL_CONTENT if start < end else HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            end = max(start, end)
        self.send_response(status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if status == HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        elif status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            self.send_header("Content-Range", f"bytes */{size}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        if self.command == "HEAD":
            return
        if answer.breaks_at is not None and answer.breaks_at < end:
            end, self.close_connection = max(start, answer.breaks_at), True
        for chunk in answer.content.chunks(start, end):
            self.wfile.write(chunk)


class _Body(BufferedIOBase):
    """As many bytes of a connection as belong to a request."""

    def __init__(self, stream: BufferedIOBase, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data = self._stream.read(wanted)
        # A client that hangs up sends nothing more
        self._left = self._left - len(data) if data else 0
        return data
