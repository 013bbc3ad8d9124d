# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Bringing an account that a site knows into the wanted state: gather, plan, apply, verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .._wsman import codes
from .._wsman.client import WsmanClient
from .accounts import Account, create_account, delete_account, find_account, write_password
from .errors import Refusal, SiteError
from .hierarchy import missing_provider_explained, read_hierarchy
from .provider import SiteProvider
from .roles import SITE_SYSTEM, read_own_roles
from .site_systems import SiteSystem
from .writing import Overtaken, attempt, write_once

Operation = Literal["none", "create", "update", "remove"]


@dataclass(frozen=True)
class Wanted:
    """The wanted state of an account."""

    name: str
    state: Literal["present", "absent"]
    password: str | None = None
    updates_password: bool = True
    """Whether an account that the site knows already gets the password, too. It cannot be compared."""


@dataclass(frozen=True)
class AccountOutcome:
    """What was done or, in check mode, would be."""

    site_code: str
    name: str
    """As the site spells it."""
    operation: Operation
    is_planned: bool


def plan(wanted: Wanted, account: Account | None) -> Operation:
    """What has to be done, without a network. May refuse."""
    if wanted.state == "absent":
        return "remove" if account else "none"
    if account is None:
        if wanted.password is None:
            raise Refusal(
                f"The site does not know the account {wanted.name} yet, and a new one needs a password. Set password."
            )
        return "create"
    return "update" if wanted.password is not None and wanted.updates_password else "none"


class AccountDeployment:
    """One run for one account. Raises `SiteError` with words for an administrator, or `WsmanError`."""

    def __init__(self, client: WsmanClient, site_code: str | None) -> None:
        self._provider = SiteProvider.connect(client, site_code)
        self.has_written = False
        """Whether the site has been changed, whatever happens afterwards."""

    def run(self, wanted: Wanted, *, check_mode: bool) -> AccountOutcome:
        """Find out what is to be done and, unless in check mode, do it."""
        with missing_provider_explained(self._provider):
            account = self._find(wanted.name)
        if account is None:
            # An account without rights is shown no accounts, which must not pass for their absence.
            read_hierarchy(self._provider)
        operation = plan(wanted, account)
        if operation == "remove":
            self._check_unused(wanted.name)
        if operation != "none" and not check_mode:
            try:
                self._apply(operation, wanted, account)
            except Overtaken as overtaken:
                raise Refusal(
                    f"Somebody else changed the account {wanted.name} in the same moment. Run the task again."
                ) from overtaken
        name = account.name if account else wanted.name
        return AccountOutcome(self._provider.site_code, name, operation, check_mode)

    def _find(self, name: str) -> Account | None:
        return find_account(self._provider, name)

    def _check_unused(self, name: str) -> None:
        """Refuse to forget an account that the site uses. Another site uses what it knows itself."""
        systems = [SiteSystem(role) for role in read_own_roles(self._provider, SITE_SYSTEM)]
        users = sorted(system.server for system in systems if name.casefold() in map(str.casefold, system.accounts))
        if users:
            raise Refusal(
                f"The account {name} is in use: {', '.join(users)} is set up with it. Give it another account or none "
                "first, with configmgr.site.site_system."
            )

    def _apply(self, operation: Operation, wanted: Wanted, account: Account | None) -> None:
        password = wanted.password or ""
        with attempt(self._provider, f"Changing the account {wanted.name}"):
            if account is None:
                write_once(
                    lambda: create_account(self._provider, wanted.name, password),
                    lambda: self._find(wanted.name) is not None,
                    means_overtaken=codes.ALREADY_EXISTS_CODES,
                )
            elif operation == "update":
                write_once(
                    lambda: write_password(self._provider, account, password),
                    lambda: False,
                    means_overtaken=codes.NOT_FOUND_CODES,
                )
            else:
                write_once(
                    lambda: delete_account(self._provider, account),
                    lambda: self._find(wanted.name) is None,
                    means_overtaken=codes.NOT_FOUND_CODES,
                )
        self.has_written = True
        if (self._find(wanted.name) is None) != (operation == "remove"):
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the change of the account {wanted.name}, but "
                "does not list it so. Run the task again."
            )
