# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What has to be remembered of restarts: what for, and what was stopped along the way.

Kept in the registry of the server itself, so that a run that died between a change and the restart that the change needs is
completed by the next run, from whatever controller.
"""

from __future__ import annotations

from .._windows.registry import Registry
from .threads import SERVICE

_KEY = r"SOFTWARE\configmgr.site\RestartedFor"
_DEPENDENTS_KEY = r"SOFTWARE\configmgr.site\StoppedDependents"
_LONGEST = 255
_UNKNOWN = " unknown"
"""Noted where a note is not true any more; the texts of users do not begin with a blank."""


def check_reason(text: str) -> str:
    """Return a text as it was given. ValueError for one that is empty, too long, not printable, or begins with a blank."""
    if not text or not text.isprintable() or len(text) > _LONGEST or text[0] == " ":
        raise ValueError(f"it must be a printable text of 1 to {_LONGEST} characters, such as a mode or a version")
    return text


def read_reason(registry: Registry, name: str) -> str | None:
    """What a thread or the service was last restarted for, `restart_plan.DUE`, or None if that is not known.

    The service restarts its threads with it, so what is noted for it holds for each of them that has no note of its own.
    """
    reason = registry.read_text(_KEY, name)
    if reason is None and name != SERVICE:
        reason = registry.read_text(_KEY, SERVICE)
    return None if reason == _UNKNOWN else reason


def write_reason(registry: Registry, name: str, reason: str | None) -> None:
    """Note what a thread or the service was restarted for, `restart_plan.DUE`, or with None that it is not known any more."""
    registry.write_text(_KEY, name, _UNKNOWN if reason is None else reason, make_key=True)


def forget_reasons(registry: Registry) -> None:
    """Take away all notes, as the service and with it every thread is restarted."""
    for name in registry.value_names(_KEY):
        registry.delete_value(_KEY, name)


def read_stopped_dependents(registry: Registry, service: str) -> tuple[str, ...]:
    """The services that were stopped because they depend on this one, and have not been started again."""
    return tuple(name for name in (registry.read_text(_DEPENDENTS_KEY, service) or "").split("/") if name)


def write_stopped_dependents(registry: Registry, service: str, names: tuple[str, ...]) -> None:
    """Note which services are about to be stopped because they depend on this one; none, when they run again."""
    if names:
        # A service's name may have spaces in it, but no slash.
        registry.write_text(_DEPENDENTS_KEY, service, "/".join(names), make_key=True)
    else:
        registry.delete_value(_DEPENDENTS_KEY, service)
