# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of the logs that Configuration Manager writes, in the two formats that its readers meet."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

Severity = Literal[1, 2, 3]
"""Information, warning, error."""


def legacy_line(when: datetime, component: str, message: str, thread: int) -> str:
    """The format of the threads of SMS_EXECUTIVE: the message first, then component, local time with bias, thread.

    The bias is in minutes. That local time and bias add up to UTC is inferred from how Windows counts a bias, and how a
    bias of zero is written was not seen; the one real log known has ``-60``. The lab's servers keep UTC.
    """
    stamp = f"{when:%m-%d-%Y %H:%M:%S}.{when.microsecond // 1000:03d}+00"
    return f"{message}  $$<{component}><{stamp}><thread={thread} (0x{thread:X})>\r\n"


def cmtrace_line(when: datetime, component: str, message: str, thread: int, severity: Severity = 1) -> str:
    """The format of managed code, as CMTrace reads it: seven fraction digits and no bias (seen in one real log)."""
    return (
        f'<![LOG[{message}]LOG]!><time="{when:%H:%M:%S}.{when.microsecond:06d}0" date="{when:%m-%d-%Y}" '
        f'component="{component}" context="" type="{severity}" thread="{thread}" file="">\r\n'
    )
