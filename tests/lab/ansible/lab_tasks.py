# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the lab which task is running, so that it counts requests by task."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: lab_tasks
type: aggregate
short_description: Tells the lab the name of each task
description:
  - Sends the name of each task that starts, and the name of the host that it starts for, to the control endpoint of the
    lab. The lab counts the requests that it meets from then on for this task.
  - Does nothing where E(LAB_CONTROL) is not set.
author:
  - configmgr.site contributors
options:
  url:
    description: Address of the control endpoint, as C(control.json) in the directory of the lab names it.
    type: str
    default: ""
    env:
      - name: LAB_CONTROL
requirements:
  - enabled in configuration
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Announces every task, for each of its hosts, to the control endpoint."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "lab_tasks"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        # Loopback is never behind the proxy that the environment may name
        self._opener = build_opener(ProxyHandler({}))
        self._has_warned = False

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        url = self.get_option("url")
        if not url:
            return
        body = json.dumps({"name": task.get_name(), "host": host.get_name()}).encode()
        try:
            self._opener.open(Request(f"{url}/task", body, method="POST"), timeout=5).close()
        except OSError as error:
            if not self._has_warned:
                self._has_warned = True
                self._display.warning(f"the lab at {url} does not count requests by task: {error}")
