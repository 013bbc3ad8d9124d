# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""A run of the service connection tool as its module returns it."""

from __future__ import annotations

from ..views import View, view_time
from .decision import Actual, Desired
from .run import Phase
from .servicing import Serviced
from .tool_files import UpdateFolder, UsageData

_MOST_RECORDS = 200


def view_serviced(desired: Desired, serviced: Serviced) -> tuple[View, View, View]:
    """Before and after, for the diff, and the result."""
    outcome = serviced.outcome
    result: View = {
        "changed": serviced.changed,
        "warnings": list(serviced.warnings),
        "phase": desired.run.phase.value,
        "action": serviced.decision.value,
        "tool": serviced.tool,
        "exit_code": outcome.exit_code if outcome else None,
        "log": [
            {"severity": record.severity, "message": record.message}
            for record in (outcome.records[-_MOST_RECORDS:] if outcome else ())
        ],
        "imported_at": view_time(serviced.after.notes.imported_at) if desired.run.phase is Phase.IMPORT else None,
        **_files(serviced.after),
    }
    return _files(serviced.before), _files(serviced.after), result


def _files(actual: Actual) -> View:
    return {
        "usage_data": [_usage_data(data) for data in actual.usage_data],
        "updates": _updates(actual.updates) if actual.updates else None,
    }


def _usage_data(data: UsageData) -> View:
    return {"path": data.path, "size": data.size, "sha256": data.sha256 or None, "site_version": data.site_version or None}


def _updates(folder: UpdateFolder) -> View:
    return {
        "path": folder.path,
        "files": len(folder.sizes),
        "size": sum(folder.sizes.values()),
        "packages": [{"guid": package.guid, "size": package.size} for package in folder.packages],
    }
