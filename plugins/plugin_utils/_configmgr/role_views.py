# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the modules about the service connection point and about its server return, as plain dictionaries."""

from __future__ import annotations

from .reports import RoleReport
from .restart_plan import is_restart_due
from .restart_views import view_thread_state
from .role_messages import VALIDATIONS
from .role_server import RoleServer
from .service_connection_point import Mode
from .site_system_views import view_proxy
from .status_messages import StatusMessage
from .views import View, view_components, view_point, view_status_message, view_time


def view_role(report: RoleReport) -> View:
    """An instance of the role; what the asked provider cannot know is None."""
    messages = report.messages
    return {
        **view_point(report.point),
        "working": report.works,
        "status": report.status,
        "components_run_on": report.components_run_on,
        "components": view_components(report.components),
        "proxy": view_proxy(report.proxy),
        "validation": _view_validation(messages.validation) if messages and messages.validation else None,
        "unreachable": view_status_message(messages.unreachable) if messages and messages.unreachable else None,
        "problems": [view_status_message(problem) for problem in messages.problems] if messages else None,
    }


def _view_validation(message: StatusMessage) -> View:
    shown = view_status_message(message)
    return {"result": VALIDATIONS[message.message_id], **{name: shown[name] for name in ("id", "time", "text", "strings")}}


def view_role_server(server: RoleServer, mode: Mode | None) -> View:
    """The server of the role; ``mode`` is that on record, None where it is not known."""
    check = server.update_check
    in_effect = server.mode_in_effect
    return {
        "threads": [view_thread_state(thread) for thread in server.threads],
        "mode_in_effect": in_effect.value if in_effect else None,
        "restart_due": is_restart_due(server.reason, mode.value if mode else None),
        "last_update_check": view_time(check.last),
        "update_check_interval": check.interval,
        "update_check_overdue": check.is_overdue(server.time, mode or in_effect),
    }
