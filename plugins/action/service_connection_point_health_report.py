# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``service_connection_point_health_report``; its documentation is in ``plugins/modules``.

It runs on the controller and asks nobody: what it needs, other modules have returned.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from ansible.errors import AnsibleActionFail
from jinja2 import UndefinedError

from ..plugin_utils._checked_action import CheckedAction, Options, Result
from ..plugin_utils._configmgr.health.catalogue import HealthFinding
from ..plugin_utils._configmgr.health.collected import Collected, Wanted
from ..plugin_utils._configmgr.health.diagnosis import diagnose, verdict_of
from ..plugin_utils._configmgr.health.lines import seen, summary_of, table
from ..plugin_utils._configmgr.health.page import render
from ..plugin_utils._configmgr.views import View

_OTHERS = ("messages", "connected", "server", "prerequisites", "internet")
"""Results that are not needed."""


class ActionModule(CheckedAction):
    """Say what is wrong with a service connection point, and draw it."""

    MODULE = "service_connection_point_health_report"
    ARGUMENT_SPEC = {
        "site": {"type": "dict", "required": True},
        "role": {"type": "dict", "required": True},
        **{name: {"type": "dict", "default": {}} for name in _OTHERS},
        "logs": {"type": "list", "elements": "dict", "default": []},
        "wanted": {
            "type": "dict",
            "default": {},
            "options": {
                "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                "site_system": {"type": "str"},
                "mode": {"type": "str", "choices": ["online", "offline"]},
            },
        },
        "path": {"type": "path"},
    }

    _requires_connection = False

    def check_options(self, options: Options) -> None:
        for name, module, key in (
            ("site", "site_info", "sites"),
            ("role", "service_connection_point_info", "service_connection_points"),
        ):
            if key not in options[name]:
                raise ValueError(f"{name}: it must be what configmgr.site.{module} has returned, with {key}.")
        if options["path"] and not Path(options["path"]).parent.is_dir():
            raise ValueError(f"path: there is no directory {Path(options['path']).parent} on the controller.")

    def act(self, task_vars: dict[str, Any]) -> Result:
        options = self._validated_options()
        try:
            return self._report(_collected(options), options["path"])
        except (AttributeError, KeyError, TypeError, UndefinedError) as error:
            raise AnsibleActionFail(
                f"Something in what was given is not as the modules return it ({type(error).__name__}: {error}). Give "
                "their results as they were registered."
            ) from error

    def _report(self, collected: Collected, path: str | None) -> Result:
        findings = diagnose(collected)
        result: Result = {
            "changed": False,
            "msg": summary_of(findings, collected),
            "verdict": verdict_of(findings),
            "findings": [_view(finding) for finding in findings],
            "seen": seen(collected),
            "table": table(findings),
        }
        if path:
            # Where a symbolic link leads to
            real = Path(path).resolve()
            result |= {"changed": True, "path": str(real)}
            if not self._task.check_mode:
                self._write(real, render(collected, findings, datetime.now(timezone.utc)))
        return result

    @staticmethod
    def _write(path: Path, page: str) -> None:
        """Write the page, whole or not at all."""
        name = ""
        try:
            with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
                name = file.name
                file.write(page)
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(name, 0o666 & ~umask)
            os.replace(name, path)
        except OSError as error:
            with suppress(OSError):
                os.unlink(name)
            raise AnsibleActionFail(f"The page cannot be written to {path}: {error.strerror}.") from None


def _collected(options: Options) -> Collected:
    wanted = options["wanted"]
    asked = {name: _asked(options[name]) for name in _OTHERS}
    return Collected(
        site=options["site"],
        role=options["role"],
        **asked,
        logs=[log for log in options["logs"] if _asked(log)],
        wanted=Wanted(wanted.get("state") or "present", wanted.get("site_system"), wanted.get("mode")),
    )


def _asked(result: View) -> View:
    """A result; nothing for a task that was skipped."""
    return {} if result.get("skipped") else result


def _view(finding: HealthFinding) -> View:
    return {
        "id": finding.id,
        "severity": finding.severity,
        "title": finding.title,
        "where": finding.where,
        "evidence": list(finding.evidence),
        "remedy": finding.remedy or None,
    }
