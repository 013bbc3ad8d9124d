# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A WinRM server that shows what it was sent, wherever that has a password in it; the rest is answered by one of the lab."""

from __future__ import annotations

import ssl
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Literal
from xml.sax.saxutils import escape

from lab.certificates import CertificateAuthority

from canaries.canary import Canary

Form = Literal["fault", "page", "nonsense"]
_FAULT = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value>'
    '</s:Code><s:Reason><s:Text xml:lang="en-US">The provider failed for: {}</s:Text></s:Reason></s:Fault></s:Body>'
    "</s:Envelope>"
)


class EchoingServer:
    """Listens with TLS for the time of a ``with``, and passes on to the port of a server of the lab."""

    def __init__(self, port: int, authority: Path, directory: Path, canary: Canary, form: Form) -> None:
        self._behind = port, ssl.create_default_context(cafile=authority)
        self._canary = canary
        self._form = form
        directory.mkdir()
        own = CertificateAuthority(directory)
        self.authority_file = own.certificate_file
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.socket = own.issue("localhost").server_context().wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> EchoingServer:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def _answer(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        if self._canary.core.encode() in body:
            text = f"{self._canary.value}, {[self._canary.value]} in {body.decode()}"
            if self._form == "fault":
                return 500, _FAULT.format(escape(text)).encode(), {"Content-Type": "application/soap+xml;charset=UTF-8"}
            status = 502 if self._form == "page" else 200
            return status, text.encode(), {"Content-Type": "text/html;charset=UTF-8"}
        port, context = self._behind
        connection = HTTPSConnection("127.0.0.1", port, context=context)
        try:
            connection.request("POST", "/wsman", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), {"Content-Type": answer.getheader("Content-Type") or "text/plain"}
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                passed_on = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
                status, content, headers = server._answer(body, passed_on)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
