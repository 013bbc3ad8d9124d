# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``log_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import partial

from ..plugin_utils._action import QUERY_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.errors import SiteError
from ..plugin_utils._configmgr.log_files import find_log
from ..plugin_utils._configmgr.log_records import SEVERITIES
from ..plugin_utils._configmgr.log_tail import LogReader, Wanted
from ..plugin_utils._configmgr.views import view_log_entry
from ..plugin_utils._moments import parse_period
from ..plugin_utils._windows.file_tail import read_tail
from ..plugin_utils._windows.paths import check_path
from ..plugin_utils._windows.system import read_bias
from ..plugin_utils._wsman.client import WsmanClient
from ..plugin_utils._wsman.shell import CommandShell

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_MOST_RECORDS = 10_000


class ActionModule(SiteAction):
    """Read the end of a log; runs on the server that has it."""

    MODULE = "log_info"
    ARGUMENT_SPEC = {
        "name": {"type": "str"},
        "path": {"type": "str"},
        "limit": {"type": "int", "default": 200},
        "since": {"type": "str"},
        "until": {"type": "str"},
        "severities": {"type": "list", "elements": "str", "choices": list(SEVERITIES.values()), "default": []},
        "components": {"type": "list", "elements": "str", "default": []},
        "contains": {"type": "str", "default": ""},
        "max_bytes": {"type": "int", "default": 16 * 1024 * 1024},
        **QUERY_OPTION,
    }

    _since: datetime | None = None
    _until: datetime | None = None

    def check_options(self, options: Options) -> None:
        if bool(options["name"]) == bool(options["path"]):
            raise ValueError("name: give either name or path, and not both.")
        if options["path"]:
            self.check_option(options, "path", check_path)
        elif not _NAME.fullmatch(options["name"]):
            raise ValueError(f"name: {options['name']!r} is no file name, such as dmpdownloader.log. Give a full path as path.")
        self._since, self._until = parse_period(options["since"], options["until"], datetime.now(timezone.utc))
        self.check_between(options, "limit", 1, _MOST_RECORDS)
        if options["max_bytes"] < 1:
            raise ValueError("max_bytes: it must be 1 or more.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        wanted = Wanted(
            options["limit"],
            self._since,
            self._until,
            tuple(options["severities"]),
            tuple(options["components"]),
            options["contains"],
        )
        with CommandShell(client) as shell:
            path = options["path"] or find_log(shell, options["name"])
            reader = LogReader(partial(read_tail, shell), partial(read_bias, client), options["max_bytes"])
            found = reader.find(path, wanted)
        if found is None:
            raise SiteError(
                f"There is no log {path} on this server, or the account may not read it. The logs of a role are on the server "
                "with the role, those of the site on the site server."
            )
        if found.bytes_read and not found.has_records:
            raise SiteError(
                f"The last {found.bytes_read} bytes of {path} have no record in either of the formats of Configuration "
                "Manager's logs. It is no log of it, or not one that is text."
            )
        warnings = [] if found.bytes_read else [f"{path} is empty."]
        return {
            "changed": False,
            "warnings": warnings,
            "records": [view_log_entry(entry) for entry in found.entries],
            "more": not found.is_complete,
            "files": list(found.files),
            "bytes_read": found.bytes_read,
        }
