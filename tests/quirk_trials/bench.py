# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab in which modules are run, one at a time, against whatever behaviour it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import logons
from in_process import Modules, has_failed
from lab.lab import Lab


class Bench:
    """A lab and the modules to run against it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._modules = Modules(lab)

    def console(self, action: str, **arguments: object) -> None:
        """Have somebody do something."""
        self.lab.console.perform({"action": action, **arguments})

    def run(self, module: str, host: str, **options: Any) -> dict[str, Any]:
        """The result of a task, whatever it is."""
        return self._modules.run(module, host, options)

    def done(self, module: str, host: str, **options: Any) -> dict[str, Any]:
        """The result of a task that succeeds."""
        result = self.run(module, host, **options)
        assert not has_failed(result), result["msg"]
        return result

    def refused(self, *words: str, module: str, host: str, **options: Any) -> str:
        """What a task says that fails, with all of the words."""
        result = self.run(module, host, **options)
        assert has_failed(result), result
        message = str(result["msg"])
        missing = [word for word in words if word not in message]
        assert not missing, f"{missing} not in: {message}"
        return message

    def password(self, account: str) -> str:
        return next(known.password for known in self.lab.accounts if known.name == account)

    def log_on_as(self, account: str) -> None:
        self._modules = Modules(self.lab, {"ansible_user": account, "ansible_password": self.password(account)})

    @contextmanager
    def logging_on_with_kerberos(self, for_server: str) -> Iterator[None]:
        """Log on with a ticket for a server, to whichever."""
        variables = {
            "ansible_user": "administrator@CORP.EXAMPLE",
            "ansible_winrm_transport": "kerberos",
            "ansible_winrm_kinit_mode": "manual",
            "ansible_winrm_kerberos_hostname_override": for_server,
        }
        with patch.dict(os.environ, logons.tickets(self.lab, self.lab.directory).environment):
            self._modules = Modules(self.lab, variables)
            yield

    def carry(self, source: str, destination: str, path: str) -> None:
        """Copy a file, or the files of a folder, as somebody with a disk does."""
        there, here = (self.lab.hierarchy.servers[name].files for name in (source, destination))
        for name in [path] if path in there else there.walk(path):
            here.copy_in(there.location(name), name)
