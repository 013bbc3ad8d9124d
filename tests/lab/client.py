# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the control endpoint, for tests and for the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

State = dict[str, Any]

CONTROL_FILE = "control.json"
"""In the directory of a running lab: where its control endpoint is, its ports, and its accounts with their passwords."""


class LabError(Exception):
    """The lab refused a control request, with the reason it gave."""


class LabControl:
    """Looks at a running lab and acts on it as another administrator."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        # Loopback is never behind the proxy that the environment may name
        self._opener = build_opener(ProxyHandler({}))

    @classmethod
    def of_directory(cls, directory: Path) -> LabControl:
        """The lab that was started with this directory."""
        return cls(json.loads((directory / CONTROL_FILE).read_text(encoding="utf-8"))["url"])

    def state(self) -> State:
        """Sites, servers, roles, threads, components, violations and counts."""
        state: State = self._call("GET", "/state")
        return state

    def requests(self) -> list[dict[str, Any]]:
        """Every task announced so far with the requests that came in it."""
        tasks: list[dict[str, Any]] = self._call("GET", "/requests")
        return tasks

    def task(self, name: str, host: str = "") -> None:
        """Count all later requests for this task."""
        self._call("POST", "/task", {"name": name, "host": host})

    def console(self, action: str, **arguments: Any) -> None:
        """Do something as another administrator; `hierarchy.console.Console` lists what."""
        self._call("POST", "/console", {"action": action, **arguments})

    def trigger(
        self,
        action: str = "",
        *,
        console: dict[str, Any],
        server: str = "",
        detail_contains: str = "",
        nth: int = 1,
    ) -> None:
        """Do something as another administrator right before the ``nth`` matching request is carried out."""
        match = {"server": server, "action": action, "detail_contains": detail_contains}
        self._call("POST", "/trigger", {"match": match, "nth": nth, "console": console})

    def reset(self) -> None:
        """Back to a fresh hierarchy, with counters at zero."""
        self._call("POST", "/reset")

    def wait_until(self, condition: Callable[[State], bool], timeout_seconds: float = 30) -> State:
        """Look again and again until the state is as wanted. TimeoutError if that takes too long."""
        deadline = monotonic() + timeout_seconds
        while not condition(state := self.state()):
            if monotonic() > deadline:
                raise TimeoutError(f"the lab did not reach the state within {timeout_seconds} s; last: {state}")
            # There is nothing to await: in the lab, what is due happens when somebody looks
            sleep(0.05)
        return state

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._url + path, data if method == "GET" else data or b"", method=method)
        try:
            with self._opener.open(request, timeout=30) as response:
                return json.load(response)
        except HTTPError as error:
            raise LabError(json.load(error)["error"]) from None
