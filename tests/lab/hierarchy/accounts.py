# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of a lab: what each may do on Windows and in Configuration Manager."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

SecurityRole = Literal["Full Administrator", "Read-only Analyst"]

_SPECIAL = " &<'\"\\%$;"
"""At the end of every password: what each language quotes that passwords get written in."""


@dataclass(frozen=True)
class Account:
    """One account of the domain; its password is made up anew for every lab."""

    name: str
    is_administrator: bool = False
    """Whether it is a local administrator of every server."""
    may_manage_remotely: bool = False
    """Whether WinRM lets it in (Remote Management Users) where it is no administrator."""
    security_role: SecurityRole | None = None
    """Its role in Configuration Manager."""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(15) + _SPECIAL, repr=False)


def make_accounts(netbios_domain: str) -> tuple[Account, ...]:
    """One account of each kind that matters."""
    return (
        Account(f"{netbios_domain}\\administrator", True, True, "Full Administrator"),
        Account(f"{netbios_domain}\\analyst", may_manage_remotely=True, security_role="Read-only Analyst"),
        Account(f"{netbios_domain}\\stranger", may_manage_remotely=True),
        Account(f"{netbios_domain}\\user"),
        Account(f"{netbios_domain}\\installer"),
        Account(f"{netbios_domain}\\proxy"),
    )


class Access:
    """Answers what an account may do in Configuration Manager. Names ignore the letter case."""

    def __init__(self, accounts: tuple[Account, ...]) -> None:
        self._roles = {account.name.lower(): account.security_role for account in accounts}

    def may_read(self, account: str) -> bool:
        """Whether it sees any site at all: every security role of the lab can read."""
        return self._roles.get(account.lower()) is not None

    def may_write(self, account: str) -> bool:
        """Whether it may change sites."""
        return self._roles.get(account.lower()) == "Full Administrator"
