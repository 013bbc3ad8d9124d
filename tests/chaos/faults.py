# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong while a move is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import ConnectionLost
from direct import Cut, Moment
from lab.lab import Lab

SOURCE, TARGET, THIRD = "srv1.corp.example", "srv2.corp.example", "srv3.corp.example"

Act = Callable[[Lab], None]


@dataclass(frozen=True)
class Fault:
    """Something that happens at one request of a move."""

    name: str
    act: Act
    moment: Moment = "before the server acts"
    mend: Act = lambda lab: None
    """What somebody puts right before the move is run again."""
    needs_mode: bool = False
    """Whether nothing may be left that knows the mode, so that it is given."""
    may_change_mode: bool = False
    is_alone: bool = False
    """Whether servers and other people do what they always do, so that the order of a move is kept."""
    may_race: bool = False
    """Whether somebody else may install it in the very moment in which the move does, which only the provider could prevent."""


def _raise(failure: type[Exception]) -> Act:
    def act(lab: Lab) -> None:
        raise failure("by the test")

    return act


def _console(action: str, **arguments: object) -> Act:
    return lambda lab: lab.console.perform({"action": action, **arguments})


def _points(lab: Lab) -> list[str]:
    return [role.server for role in lab.hierarchy.site_control.roles("SMS Dmp Connector")]


def _install_elsewhere(lab: Lab) -> None:
    """A person would not install a second one."""
    if not _points(lab):
        _console("add_role", server=THIRD, mode="offline")(lab)


def _remove(lab: Lab) -> None:
    for server in _points(lab):
        _console("remove_role", server=server)(lab)


def _move_elsewhere(lab: Lab) -> None:
    if _points(lab) not in ([], [THIRD]):
        _remove(lab)
        _console("add_role", server=THIRD, mode="offline")(lab)


def _install_on_target(lab: Lab) -> None:
    if not _points(lab):
        _console("add_role", server=TARGET, mode="online")(lab)


def _change_mode(lab: Lab) -> None:
    if _points(lab):
        _console("set_mode", mode="online")(lab)


FAULTS = (
    Fault("controller killed", _raise(Cut), is_alone=True),
    Fault("controller killed after the server acted", _raise(Cut), "after the server acted", is_alone=True),
    Fault("request lost", _raise(ConnectionLost), is_alone=True),
    Fault("reply lost", _raise(ConnectionLost), "after the server acted", is_alone=True),
    Fault(
        "new server stops",
        _console("turn_off", server=TARGET),
        mend=_console("turn_on", server=TARGET),
    ),
    Fault(
        "old server stops",
        _console("turn_off", server=SOURCE),
        mend=_console("turn_on", server=SOURCE),
    ),
    Fault(
        "new server is taken the site's rights",
        _console("set_server_switch", server=TARGET, name="site_server_is_administrator", value=False),
        mend=_console("set_server_switch", server=TARGET, name="site_server_is_administrator", value=True),
    ),
    Fault("somebody else installs it elsewhere", _install_elsewhere, may_race=True),
    Fault("somebody else installs it on the new server", _install_on_target, may_race=True),
    Fault("somebody else removes it", _remove, needs_mode=True),
    Fault("somebody else moves it elsewhere", _move_elsewhere, needs_mode=True),
    Fault("somebody else changes its mode", _change_mode, may_change_mode=True),
)
