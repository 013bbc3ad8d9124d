# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Accounts as a domain has them, and how to ask its directory, which `domain_directory` does."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DirectoryAccess:
    """How to ask a domain controller."""

    url: str
    """``ldaps://`` or ``ldap://`` and a host; the latter is turned to TLS before anybody logs on."""
    user: str
    """``domain\\user``, ``user@domain`` or a distinguished name."""
    password: str = field(repr=False)
    ca_path: str | None = None
    """File with the certificates of the authorities to trust; None for those of the controller's system."""


@dataclass(frozen=True)
class DirectoryAccount:
    """An account as its domain has it."""

    name: str
    """As Windows shows it: ``CORP\\PS1$``."""
    group_sids: frozenset[str]
    """Of every group that it is in, however deep."""
    group_names: frozenset[str]
    """Of those of its own domain, as Windows shows them, in lower case."""

    @property
    def netbios_domain(self) -> str:
        """The domain as lists of members have it."""
        return self.name.partition("\\")[0]
