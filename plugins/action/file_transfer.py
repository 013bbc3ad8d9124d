# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``file_transfer``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from pathlib import Path

from ..plugin_utils._action import Options, Result, SiteAction
from ..plugin_utils._checked_action import WEEK
from ..plugin_utils._configmgr.errors import SiteError
from ..plugin_utils._windows.paths import check_path
from ..plugin_utils._windows.smb import HAS_SMBPROTOCOL, PORT, SmbAccess, SmbConnection
from ..plugin_utils._windows.transfer.controller_store import ControllerStore
from ..plugin_utils._windows.transfer.ends import Ends, find_ends
from ..plugin_utils._windows.transfer.progress import Progress
from ..plugin_utils._windows.transfer.server_store import ServerStore
from ..plugin_utils._windows.transfer.transfer import Copied, Transfer
from ..plugin_utils._wsman.client import WsmanClient

_MOST_PORTS = 65535


class ActionModule(SiteAction):
    """Copy files between a server and the controller."""

    MODULE = "file_transfer"
    ARGUMENT_SPEC = {
        "mode": {"type": "str", "required": True, "choices": ["pull", "push"]},
        "src": {"type": "str", "required": True},
        "dest": {"type": "str", "required": True},
        "exclude": {"type": "list", "elements": "str", "default": []},
        "smb_server": {"type": "str"},
        "smb_port": {"type": "int", "default": PORT},
        "smb_user": {"type": "str"},
        "smb_password": {"type": "str", "no_log": True},
        "timeout": {"type": "int", "default": 14400},
    }

    def check_options(self, options: Options) -> None:
        self.check_option(options, "dest" if options["mode"] == "push" else "src", check_path)
        self.check_between(options, "smb_port", 1, _MOST_PORTS)
        self.check_between(options, "timeout", 1, WEEK)
        if bool(options["smb_user"]) != bool(options["smb_password"]):
            raise ValueError("smb_password: give smb_user and smb_password together, or neither.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        if not HAS_SMBPROTOCOL:
            raise SiteError("The Python library smbprotocol is missing on the controller. Install it: pip install smbprotocol.")
        with SmbConnection(self._access(options)) as smb:
            is_pulled = options["mode"] == "pull"
            ends = find_ends(
                is_pulled,
                options["src"] if is_pulled else self._loader.path_dwim(options["src"]),
                self._loader.path_dwim(options["dest"]) + _slash(options["dest"]) if is_pulled else options["dest"],
                lambda folder: ServerStore(smb, client, folder, self._server),
                lambda folder: ControllerStore(Path(folder)),
                options["exclude"],
            )
            return self._transfer(ends, is_pulled, options) | {"way": smb.way}

    def _transfer(self, ends: Ends, is_pulled: bool, options: Options) -> Result:
        progress = Progress(self.progress, options["timeout"], self.clock.now, self.clock.sleep)
        on_server = ends.source if is_pulled else ends.destination
        self.writer = transfer = Transfer(ends.source, ends.destination, on_server, progress)
        same = transfer.compare(ends.tasks)
        missing = [task for task in ends.tasks if task.path not in same]
        files = [
            Copied(task.path, task.facts.size, same[task.path], "unchanged", 0) for task in ends.tasks if task.path in same
        ]
        before = {file.path: file.size for file in files}
        if missing and not self._task.check_mode:
            transfer.check_room(missing)
            progress.begin(missing, ends.destination.where)
            for task in missing:
                files.append(transfer.copy(task))
                progress.finished(task)
        result = {
            "changed": bool(missing),
            "source": ends.source.where,
            "destination": ends.destination.where,
            "files": [_view(file) for file in sorted(files, key=lambda file: file.path)],
            "missing": [task.path for task in missing] if self._task.check_mode else [],
            "size": sum(task.facts.size for task in ends.tasks),
            "sent": sum(file.sent for file in files),
        }
        return self.with_diff(result, before, {task.path: task.facts.size for task in ends.tasks})

    def _access(self, options: Options) -> SmbAccess:
        connection = self._connection
        is_own = bool(options["smb_user"])
        return SmbAccess(
            options["smb_server"] or connection.get_option("remote_addr"),
            self._server,
            options["smb_user"] if is_own else connection.get_option("remote_user"),
            options["smb_password"] if is_own else connection.get_option("remote_password") or None,
            options["smb_port"],
        )


def _slash(path: str) -> str:
    """What Ansible takes off the end of a path."""
    return "/" if path.endswith("/") else ""


def _view(file: Copied) -> Result:
    return {"path": file.path, "size": file.size, "sha256": file.sha256, "state": file.state}
