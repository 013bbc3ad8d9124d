# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phases -prepare and -export, which read the site database: into a cabinet for the cloud, or into a table for people.

Documented: they need the server with the role, which is offline, a local administrator, and somebody who can read the site
database; and that the tool is to be that of the site's version. Seen in one script: the sentence on the console where the
database cannot be read. Inferred: that the tool looks at the versions.
"""

from __future__ import annotations

import ntpath

from ...cloud.releases import numbers
from ...cloud.usage_data import UsageData
from .. import site_control
from ..site import VERSION
from .run import Run, ToolError
from .usage import usage_data

_STEPS = 8
_STEP_SECONDS = 5
"""Nominal seconds, 40 in all (invented)."""
_DATABASE = "can not connect to the database."
_PAGES = "Please refer to the log file for more information."


def prepare(run: Run, support_id: str) -> None:
    """Write the usage data into a cabinet."""
    path = run.path("-usagedatadest")
    _write(run, path, _collect(run, path, support_id).cabinet())


def export(run: Run, support_id: str) -> None:
    """Write the usage data into a table."""
    path = run.path("-dest")
    _write(run, path, _collect(run, path, support_id).table().encode())


def expect_role(run: Run) -> str:
    """The site of the service connection point of this server. `ToolError` if it has none, or the tool is not for that."""
    with run.hierarchy.simulation.moment():
        roles = run.hierarchy.site_control.roles(site_control.SERVICE_CONNECTION_POINT, run.server.name)
        if not roles:
            raise ToolError("The service connection point is not installed on this computer.")
        if roles[0].mode == "online" and run.server.quirks.tool_with_online_role == "refused":
            raise ToolError("The service connection point is in online mode. The tool is for offline mode only.")
        if numbers(run.version) != numbers(VERSION):
            raise ToolError(f"The tool is of version {run.version}, and the site of version {VERSION}.")
        return roles[0].site_code


def _collect(run: Run, path: str, support_id: str) -> UsageData:
    site_code = expect_role(run)
    run.expect_folder(ntpath.dirname(path), path)
    run.log.info(f"Connecting to the database of the site {site_code}")
    run.process.pause(_STEP_SECONDS)
    with run.hierarchy.simulation.moment():
        site = next(site for site in run.hierarchy.topology.sites if site.code == site_code)
        can_be_read = run.hierarchy.service_connection_tool.databases.can_be_read(run.process, run.server, site)
    if not can_be_read:
        database = f"CM_{site_code} on {site.sql_server}"
        raise ToolError(f"Failed to connect to the database {database} as {run.process.account}.", f"{_DATABASE} {_PAGES}")
    for number in range(1, _STEPS):
        run.log.info(f"Collecting usage data ({number} of {_STEPS - 1})")
        run.process.pause(_STEP_SECONDS)
    with run.hierarchy.simulation.moment():
        return usage_data(run.hierarchy, support_id)


def _write(run: Run, path: str, data: bytes) -> None:
    with run.writing(path):
        run.server.files.write(path, data)
    run.log.info(f"Usage data was written to {path} (size = {len(data)})")
