# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Bringing a site system server into the wanted state: gather, plan, apply, verify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .._wsman import codes
from .._wsman.client import WsmanClient
from .accounts import find_account
from .errors import Refusal, SiteError
from .hierarchy import missing_provider_explained, read_hierarchy
from .provider import SiteProvider
from .roles import (
    COMPONENT_SERVER,
    SERVICE_CONNECTION_POINT,
    SITE_SYSTEM,
    Place,
    Role,
    Setting,
    create_role,
    delete_role,
    read_own_roles,
    read_role,
    read_roles,
    write_settings,
)
from .servers import same_site
from .site_systems import SiteSystem, Wanted, changes
from .writing import attempt, plan_anew_when_overtaken, write_once

_NAME_OF_SERVER = "Server Remote Name"


@dataclass(frozen=True)
class Step:
    """What has to be done: settings to write, with or without a record to write them to; or a record to remove."""

    operation: Literal["none", "create", "change", "remove"]
    role: Role | None
    """The record as it is."""
    settings: Mapping[str, Setting]


@dataclass(frozen=True)
class SiteSystemOutcome:
    """What was found, what was done or in check mode would be, and what the site says now."""

    site_code: str
    server: str
    step: Step
    before: SiteSystem | None
    after: SiteSystem | None
    """As read back; in check mode as it would be."""
    roles: tuple[str, ...]
    """The other roles of the server, by their names in the site control data."""
    is_planned: bool
    unknown_accounts: tuple[str, ...] = ()
    """Accounts that the site would have to know first; only a plan goes on without."""


def plan(
    state: Literal["present", "absent"],
    server: str,
    wanted: Wanted,
    roles: list[Role],
    site_code: str,
    *,
    is_for_plan: bool = False,
) -> Step:
    """The step from what was found to what is wanted, without a network. May refuse.

    ``roles`` are all of the server's, in every site that the provider knows. Only for a plan, the service connection point is
    taken to be gone: a task before may be what removes it.
    """
    records = [role for role in roles if role.name.casefold() == SITE_SYSTEM.casefold()]
    record = next((role for role in records if same_site(role.site_code, site_code)), None)
    if state == "absent":
        others = [name for name in other_roles(roles) if not is_for_plan or name != SERVICE_CONNECTION_POINT]
        if record and others:
            raise Refusal(
                f"{record.server} still has the roles {', '.join(others)}, which cannot be without their site system. Remove "
                "them first; the service connection point with configmgr.site.service_connection_point and state absent."
            )
        return Step("remove" if record else "none", record, {})
    if records and record is None:
        raise Refusal(
            f"{server} is a site system of site {records[0].site_code}, and cannot be one of site {site_code} as well. Run the "
            f"task on the SMS Provider of {records[0].site_code}, or remove it there first."
        )
    try:
        settings = changes(wanted, record)
    except ValueError as error:
        raise Refusal(str(error)) from error
    if record is None:
        return Step("create", None, {_NAME_OF_SERVER: Setting(text1=server), **settings})
    return Step("change" if settings else "none", record, settings)


def other_roles(roles: list[Role]) -> list[str]:
    """The names of the roles that need the site system which they are on, sorted."""
    return sorted({role.name for role in roles if role.name not in (SITE_SYSTEM, COMPONENT_SERVER)})


class SiteSystemDeployment:
    """One run for one server. Raises `SiteError` with words for an administrator, or `WsmanError`."""

    def __init__(self, client: WsmanClient, site_code: str | None) -> None:
        self._provider = SiteProvider.connect(client, site_code)
        self.has_written = False
        """Whether the site has been changed, whatever happens afterwards."""

    def run(self, server: str, state: Literal["present", "absent"], wanted: Wanted, *, check_mode: bool) -> SiteSystemOutcome:
        """Find out what is to be done and, unless in check mode, do it."""
        return plan_anew_when_overtaken(
            f"the site system {server}", lambda: self._run_once(server, state, wanted, check_mode=check_mode)
        )

    def _run_once(
        self, server: str, state: Literal["present", "absent"], wanted: Wanted, *, check_mode: bool
    ) -> SiteSystemOutcome:
        roles = self._gather(server)
        step = plan(state, server, wanted, roles, self._provider.site_code, is_for_plan=check_mode)
        planned = self._planned(server, step)
        unknown = self._unknown_accounts(planned)
        if unknown and not check_mode:
            raise Refusal(
                f"Site {self._provider.site_code} does not know the account {unknown[0]}. Make it known first, with its "
                "password: configmgr.site.site_account, or in the console under Administration > Security > Accounts."
            )
        is_planned = check_mode or step.operation == "none"
        return SiteSystemOutcome(
            self._provider.site_code,
            server,
            step,
            before=SiteSystem(step.role) if step.role else None,
            after=planned if is_planned else self._apply(server, step),
            roles=tuple(other_roles(roles)),
            is_planned=check_mode,
            unknown_accounts=unknown,
        )

    def _gather(self, server: str) -> list[Role]:
        with missing_provider_explained(self._provider):
            roles = read_roles(self._provider, None, server)
        if not roles:
            # An account without rights is shown no roles, which must not pass for their absence.
            read_hierarchy(self._provider)
        return roles

    def _unknown_accounts(self, planned: SiteSystem | None) -> tuple[str, ...]:
        """Also what is on record already: the site may have been made to forget it since."""
        used = planned.accounts if planned else ()
        return tuple(account for account in used if find_account(self._provider, account) is None)

    def _planned(self, server: str, step: Step) -> SiteSystem | None:
        if step.operation == "remove":
            return None
        if step.role:
            return SiteSystem(step.role.with_settings(step.settings))
        if step.operation == "none":
            return None
        return SiteSystem(Role.new(SITE_SYSTEM, Place.of_new_server(server, self._provider.site_code), step.settings))

    def _apply(self, server: str, step: Step) -> SiteSystem | None:
        if step.operation == "create":
            return self._create(server, step)
        if step.role is None:
            raise ValueError("a step that changes or removes needs a record")
        if step.operation == "change":
            return self._change(step.role, step)
        self._remove(step.role)
        return None

    def _create(self, server: str, step: Step) -> SiteSystem:
        place = Place.of_new_server(server, self._provider.site_code)

        def is_there() -> bool:
            return self._read_back(server) is not None

        with attempt(self._provider, f"Making {server} a site system"):
            write_once(
                lambda: create_role(self._provider, SITE_SYSTEM, place, step.settings, is_there),
                is_there,
                means_overtaken=codes.ALREADY_EXISTS_CODES,
            )
        self.has_written = True
        return self._verified(server, step)

    def _change(self, role: Role, step: Step) -> SiteSystem:
        def is_done() -> bool:
            # Should it have to be written again, then with the other settings as they are now.
            nonlocal role
            role = read_role(self._provider, role)
            return _has(role, step.settings)

        with attempt(self._provider, f"Changing the site system {role.server}"):
            write_once(
                lambda: write_settings(self._provider, role, step.settings), is_done, means_overtaken=codes.NOT_FOUND_CODES
            )
        self.has_written = True
        return self._verified(role.server, step)

    def _remove(self, role: Role) -> None:
        with attempt(self._provider, f"Removing the site system {role.server}"):
            write_once(
                lambda: delete_role(self._provider, role),
                lambda: self._read_back(role.server) is None,
                means_overtaken=codes.NOT_FOUND_CODES,
            )
        self.has_written = True
        if self._read_back(role.server) is not None:
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the removal of {role.server}, but still lists "
                "it. Run the task again."
            )

    def _verified(self, server: str, step: Step) -> SiteSystem:
        role = self._read_back(server)
        if role is None or not _has(role, step.settings):
            found = "does not list it" if role is None else "lists other settings"
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the settings of {server}, but {found} now. "
                "Another administrator may have changed them: run the task again."
            )
        return SiteSystem(role)

    def _read_back(self, server: str) -> Role | None:
        return next(iter(read_own_roles(self._provider, SITE_SYSTEM, server)), None)


def _has(role: Role, settings: Mapping[str, Setting]) -> bool:
    found = ((role.setting(name), setting) for name, setting in settings.items())
    return all(before is not None and before.is_same(setting) for before, setting in found)
