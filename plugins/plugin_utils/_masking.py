# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Passwords out of what a task says: a server may quote in an answer what it was sent, and an error what it could not use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MASK = "********"
_PART_OF_A_WORD = 4
"""How long a secret must be to be masked inside of a word, too. Else one of a single letter would make texts unreadable."""
_SOME, _ANY = r"\\{1,15}", r"\\{0,15}"
"""Backslashes before a character: four times in quotes, it has 15. Without a limit, a long run of them would take for ever."""
_LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_ENTITIES = {"&": ("amp",), "<": ("lt",), ">": ("gt",), '"': ("quot",), "'": ("apos",)}
_ACCOUNT_IN_URL = re.compile(r"://(?:[^\s'\"/?#:]{0,500}:[^\s'\"]{0,500}|[^\s'\"/?#]{0,500})@")
"""Behind a colon may be a password, with any characters. Without one, an account ends where a host would, as paths have @."""


def without_account(url: str) -> str:
    """A URL, without the account that may be before its host."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else url.rpartition("@")[2]


def texts_in(value: Any) -> Iterator[str]:
    """Every text in an option, which may have another type than it should."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts_in(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


class Masker:
    """Has a mask for each of some secrets, however Python, JSON, XML and URLs write them, and for the accounts in URLs."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first, as one may be a part of another
        patterns = [_expression(secret) for secret in sorted(set(secrets), key=len, reverse=True) if secret]
        self._secrets = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, value: Any) -> Any:
        """The value, a text or whatever a task returns, with masks."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self(inner) for inner in value]
        return value

    def text(self, text: str) -> str:
        if self._secrets is not None:
            text = self._secrets.sub(MASK, text)
        return _ACCOUNT_IN_URL.sub(f"://{MASK}@", text)


def _expression(secret: str) -> str:
    expression = "".join(map(_written, secret))
    return expression if len(secret) >= _PART_OF_A_WORD else rf"(?<!\w){expression}(?!\w)"


def _written(character: str) -> str:
    """An expression for a character in each of its forms; one in quotes that are in quotes has several backslashes."""
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    units = character.encode("utf-16-be", "surrogatepass")
    escaped = "".join(f"{_SOME}u{units[start : start + 2].hex()}" for start in range(0, len(units), 2))
    percent = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    # As it is comes last: an ampersand begins what XML makes of it
    forms = [
        *(f"{_SOME}{letter}" for letter in _LETTERS.get(character, "")),
        *(f"&{name};" for name in _ENTITIES.get(character, ())),
        f"(?i:{escaped}|{percent}|{_SOME}x{code:02x}|{_SOME}U{code:08x}|&#0{{0,8}}{code};|&#x0{{0,8}}{code:x};)",
        f"{_ANY}{re.escape(character)}",
    ]
    return f"(?:{'|'.join(forms)})"
