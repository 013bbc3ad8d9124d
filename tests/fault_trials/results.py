# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task has returned: whether it is what it returns usually, and whether its message is one for an administrator."""

from __future__ import annotations

import re
from typing import Any

_UNCLEAR = re.compile(r"Traceback|object at 0x|ConnectionPool\(|Error\(|\bNone\b|<class ")
"""What belongs into no sentence for an administrator."""
_WHERE = re.compile(r"127\.0\.0\.1 port \d+|127\.0\.0\.1:\d+|\w+\.corp\.example|\bsite PS1\b|\bthis server\b", re.IGNORECASE)
"""How a message names a server or a site."""
_REASON = re.compile(r"not proven: .*(?:\(|answer)|could not be read: |wants everybody logged on")
"""How results say why a part of them is not known."""
_CHANGING = re.compile(r"127\.0\.0\.1[: port]*\d+|\d{4}-\d\d-\d\d[T ][\d:.+]+|\d+(\.\d+)?(e-\d+)?")
"""What is never the same: ports, times and numbers."""


def unclear(result: dict[str, Any], message: str) -> str:
    """What keeps a message from being one for an administrator; empty if nothing does."""
    if "exception" in result:
        return "a traceback"
    if found := _UNCLEAR.search(message):
        return f"{found[0]!r} is in the message"
    if not _WHERE.search(message):
        return "the message does not say where"
    return ""


def difference(usual: Any, result: Any, path: str = "") -> str:
    """Where two results differ, besides numbers and times, which are never the same."""
    if isinstance(usual, dict) and isinstance(result, dict):
        for name in sorted({*usual, *result}):
            if found := difference(usual.get(name), result.get(name), f"{path}.{name}"):
                return found
        return ""
    if isinstance(usual, list) and isinstance(result, list) and len(usual) == len(result):
        differences = (difference(one, other, f"{path}[{n}]") for n, (one, other) in enumerate(zip(usual, result, strict=True)))
        return next(filter(None, differences), "")
    if _CHANGING.sub("", str(usual)) == _CHANGING.sub("", str(result)):
        return ""
    return f"{path}: {str(result)[:300]} instead of {str(usual)[:300]}"


def tells(result: Any) -> bool:
    """Whether a result says of a part of it that, and why, it could not be found out."""
    if isinstance(result, dict | list):
        return any(tells(entry) for entry in (result.values() if isinstance(result, dict) else result))
    return isinstance(result, str) and bool(_REASON.search(result))


def unknown(result: Any) -> int:
    """How many values a result does not know."""
    if isinstance(result, dict | list):
        return sum(unknown(entry) for entry in (result.values() if isinstance(result, dict) else result))
    return result is None
