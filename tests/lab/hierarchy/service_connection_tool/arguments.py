# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the tool. Documented: the phases, and which options each of them needs and takes.

Inferred: that letter case does not matter, and that the tool shows its help for whatever else it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

DOWNLOAD_ALL, DOWNLOAD_HOTFIX, DOWNLOAD_SITE_VERSION = "-downloadall", "-downloadhotfix", "-downloadsiteversion"

USAGE = """\
Microsoft Configuration Manager service connection tool

ServiceConnectionTool.exe -prepare -usagedatadest <file.cab>
ServiceConnectionTool.exe -export -dest <file.csv>
ServiceConnectionTool.exe -connect -usagedatasrc <folder|file.cab> -updatepackdest <folder>
    [-proxyserveruri <FQDN>] [-proxyusername <user name>] [-downloadall | -downloadhotfix | -downloadsiteversion]
ServiceConnectionTool.exe -import -updatepacksrc <folder>
"""

_NEEDED = {
    "-prepare": ("-usagedatadest",),
    "-export": ("-dest",),
    "-connect": ("-usagedatasrc", "-updatepackdest"),
    "-import": ("-updatepacksrc",),
}
_PROXY = ("-proxyserveruri", "-proxyusername")
_SELECTIONS = (DOWNLOAD_ALL, DOWNLOAD_HOTFIX, DOWNLOAD_SITE_VERSION)
_WITH_VALUE = {*_PROXY, *(name for names in _NEEDED.values() for name in names)}


class UsageError(Exception):
    """The tool is told what it does not understand."""


@dataclass(frozen=True)
class Arguments:
    """What the tool is to do."""

    phase: str
    values: dict[str, str] = field(default_factory=dict)
    selection: str = ""
    """Which releases are wanted; empty for the newest update that is for the site."""


def read_arguments(words: Sequence[str]) -> Arguments:
    """The command line without the name of the program."""
    phases, selections, values = [], [], {}
    rest = iter(words)
    for word in rest:
        name = word.lower()
        if name in _NEEDED:
            phases.append(name)
        elif name in _SELECTIONS:
            selections.append(name)
        elif name in _WITH_VALUE and name not in values:
            values[name] = next(rest, "")
        else:
            raise UsageError
    if len(phases) != 1 or len(selections) > 1:
        raise UsageError
    (phase,) = phases
    needed = _NEEDED[phase]
    is_connect = phase == "-connect"
    allowed = {*needed, *(_PROXY if is_connect else ())}
    if not all(values.get(name) for name in needed) or not values.keys() <= allowed or (selections and not is_connect):
        raise UsageError
    return Arguments(phase, values, selections[0] if selections else "")
