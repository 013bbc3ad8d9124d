# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint: HTTP and JSON on loopback, for tests, for Ansible's callback and for people.

``GET /state`` and ``GET /requests`` look; ``POST /task``, ``/console``, ``/trigger`` and ``/reset`` act. A wrong
request is answered with status 400 and ``{"error": "..."}``. `client.LabControl` speaks it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from .hierarchy.description import describe
from .requests_log import Trigger

if TYPE_CHECKING:
    from .lab import Lab

_MATCH_FIELDS = {"server", "action", "detail_contains"}


class ControlServer:
    """Serves the control endpoint of a lab until it is closed."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.count = 0
        """How many requests it has met."""
        self._routes: dict[tuple[str, str], Callable[[Mapping[str, Any]], object]] = {
            ("GET", "/state"): self._state,
            ("GET", "/requests"): self._requests,
            ("POST", "/task"): self._task,
            ("POST", "/console"): self._console,
            ("POST", "/trigger"): self._trigger,
            ("POST", "/reset"): self._reset,
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler_class())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=(0.05,), name="control", daemon=True).start()

    def close(self) -> None:
        """Stop to serve."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        """Status and content for a request."""
        self.count += 1
        route = self._routes.get((method, path.partition("?")[0].rstrip("/")))
        if route is None:
            known = ", ".join(f"{verb} {name}" for verb, name in self._routes)
            return 404, {"error": f"there is no {method} {path}; there are {known}"}
        try:
            request = json.loads(body) if body else {}
            if not isinstance(request, dict):
                raise ValueError("the body must be a JSON object")
            return 200, route(request)
        except (KeyError, ValueError) as error:
            text = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            return 400, {"error": text}

    def _state(self, request: Mapping[str, Any]) -> object:
        state = describe(self._lab.hierarchy)
        state["requests"] = self._lab.requests.count
        state["triggers"] = [vars(trigger) for trigger in self._lab.requests.triggers]
        return state

    def _requests(self, request: Mapping[str, Any]) -> object:
        return self._lab.requests.describe()

    def _task(self, request: Mapping[str, Any]) -> object:
        self._lab.requests.start_task(str(request["name"]), str(request.get("host") or ""))
        return {}

    def _console(self, request: Mapping[str, Any]) -> object:
        self._lab.console.perform(request)
        return {}

    def _trigger(self, request: Mapping[str, Any]) -> object:
        match = dict(request.get("match") or {})
        unknown = match.keys() - _MATCH_FIELDS
        if unknown:
            raise ValueError(f"match knows {', '.join(sorted(_MATCH_FIELDS))}, not {', '.join(sorted(unknown))}")
        self._lab.requests.add_trigger(Trigger(dict(request["console"]), nth=int(request.get("nth", 1)), **match))
        return {}

    def _reset(self, request: Mapping[str, Any]) -> object:
        self._lab.reset()
        return {}

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        control = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                self._respond()

            def do_POST(self) -> None:
                self._respond()

            def _respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, content = control.answer(self.command, self.path, body)
                data = json.dumps(content, indent=2, default=str).encode() + b"\n"
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: standard error belongs to the lab's user."""

        return Handler
