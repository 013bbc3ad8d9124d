# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a site does to passwords: text goes in, hex digits come out, which only the same site can turn back.

Documented: SMS_Site.EncryptDataEx with its parameters. Seen once: the result goes into Reserved2 of an SMS_SCI_Reserved item.
Inferred: two encryptions of one text differ, so that nobody learns from the result whether a password is the same.
"""

from __future__ import annotations

import secrets


class Encryption:
    """The keys of every site of a hierarchy. Nothing is computed: what was encrypted is remembered."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, str]] = {}

    def encrypt(self, site_code: str, text: str) -> str:
        """The text as only this site can read it."""
        encrypted = secrets.token_hex(64).upper()
        self._texts[encrypted] = (site_code.lower(), text)
        return encrypted

    def decrypt(self, site_code: str, encrypted: str) -> str | None:
        """The text, or None if it was not encrypted for this site."""
        owner, text = self._texts.get(encrypted.upper(), ("", ""))
        return text if owner == site_code.lower() else None
