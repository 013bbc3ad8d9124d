# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What another mode of the service connection point stops, loses and brings, in sentences of ``mode_changes.yml``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from .cloud_services import AzureService
from .data_files import read_data_file
from .service_connection_point import Mode
from .updates import DOWNLOADING_STATE, NOT_DOWNLOADED_STATES, UpdateInstallation


def consequences(
    mode: Mode, server: str, updates: Sequence[UpdateInstallation], services: Sequence[AzureService] | None
) -> tuple[str, ...]:
    """The sentences for a role on a server that gets this mode; a pure function.

    ``updates`` are those of the site that are not installed, ``services`` what it uses in Azure; None if it does not tell.
    """
    found = {
        "downloads": [update.name for update in updates if update.state == DOWNLOADING_STATE],
        "not_downloaded": [update.name for update in updates if update.state in NOT_DOWNLOADED_STATES],
        "cloud": [service.label for service in services or ()],
    }
    said: list[str] = []
    for name, sentence in _sentences()[mode.value].items():
        if name == "cloud_unknown" and services is not None:
            continue
        names = ", ".join(found.get(name, ()))
        if names or "{names}" not in sentence:
            said.append(sentence.format(server=server, names=names))
    return tuple(said)


@cache
def _sentences() -> Any:
    return read_data_file(__file__, "mode_changes.yml")
