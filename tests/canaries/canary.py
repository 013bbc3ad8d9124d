# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A password that is looked for, and the forms that it may have by then."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field

SPECIAL = " \"'<&\\%@:/é"
"""What quoting, in any language, changes; the core of a canary comes through it as it is."""


@dataclass(frozen=True)
class Canary:
    """A password in one of the places where passwords enter."""

    place: str
    """Where it enters: an option or a variable."""
    value: str = field(default_factory=lambda: f"{secrets.token_hex(8)}{SPECIAL}")

    @property
    def core(self) -> str:
        """Its longest part without characters that quoting changes."""
        return str(max(re.findall(r"[A-Za-z0-9_-]+", self.value), key=len))

    def forms(self) -> dict[str, re.Pattern[bytes]]:
        """What to look for, in any letter case where that may change, by what people call it."""
        utf8, utf16 = self.core.encode(), self.core.encode("utf-16-le")
        return {
            "as it is": _any_of(utf8),
            "in UTF-16": _any_of(utf16),
            "in Base64": _any_of(*_base64(utf8)),
            "in UTF-16 in Base64": _any_of(*_base64(utf16)),
            "in hexadecimal": _any_of(utf8.hex().encode(), utf16.hex().encode(), flags=re.IGNORECASE),
        }

    def found_in(self, content: bytes) -> list[str]:
        """The forms in which it is there."""
        return [name for name, pattern in self.forms().items() if pattern.search(content)]


def _any_of(*texts: bytes, flags: int = 0) -> re.Pattern[bytes]:
    return re.compile(b"|".join(map(re.escape, texts)), flags)


def _base64(content: bytes) -> list[bytes]:
    """What stands in Base64 for it, whatever comes before and after it: four characters are three bytes."""
    found = []
    for before in range(3):
        text = base64.b64encode(bytes(before) + content)
        found.append(text[-(-before * 8 // 6) : (before + len(content)) * 8 // 6])
    return found
