# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run in this process, by their action plugins with Ansible's own task and connection, hundreds of times a minute.

What Ansible does around that with a playbook, in processes of its own, is left out.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Clock
from ansible_processes import SETTINGS
from lab.lab import Lab

PREFIX = "configmgr.site."


class Modules:
    """Runs modules against the servers of a lab, as its inventory says."""

    def __init__(self, lab: Lab, variables: Mapping[str, Any] | None = None, clock: Clock | None = None) -> None:
        """``variables`` override those of the inventory. ``clock`` is that of waits, for a lab in a time of its own."""
        _load_ansible()
        from ansible.inventory.manager import InventoryManager
        from ansible.parsing.dataloader import DataLoader
        from ansible.vars.manager import VariableManager

        self._clock = clock
        self._loader = DataLoader()
        inventory = InventoryManager(self._loader, [str(lab.inventory_file)])
        manager = VariableManager(self._loader, inventory)
        self._variables = {
            host.name: {**manager.get_vars(host=host), **(variables or {})} for host in inventory.get_hosts("all")
        }

    def run(self, module: str, host: str, options: Mapping[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
        """The result of one task; what Ansible calls an unreachable host has ``unreachable`` in it."""
        from ansible.errors import AnsibleConnectionFailure
        from ansible.playbook.play_context import PlayContext
        from ansible.playbook.task import Task
        from ansible.plugins.loader import action_loader, connection_loader
        from ansible.template import Templar

        variables = {**self._variables[host], "inventory_hostname": host}
        task = Task.load({PREFIX + module: dict(options), "check_mode": check_mode}, loader=self._loader)
        context = PlayContext(play=None)
        templar = Templar(self._loader, variables)
        connection = connection_loader.get(variables["ansible_connection"], context)
        connection.set_options(var_options=connection._resolve_option_variables(variables, templar))
        action = action_loader.get(
            PREFIX + module,
            task=task,
            connection=connection,
            play_context=context,
            loader=self._loader,
            templar=templar,
            shared_loader_obj=None,
        )
        if self._clock is not None:
            action.clock = self._clock
        with _silence():
            try:
                result: dict[str, Any] = action.run(task_vars=variables)
            except AnsibleConnectionFailure as error:
                return {"unreachable": True, "msg": str(error)}
            finally:
                connection.close()
        return result


def has_failed(result: dict[str, Any]) -> bool:
    """Whether the task failed, or its host was unreachable."""
    return bool(result.get("failed") or result.get("unreachable"))


@contextmanager
def _silence() -> Iterator[None]:
    """Without the lines that show progress."""
    before, sys.stderr = sys.stderr, io.StringIO()
    try:
        yield
    finally:
        sys.stderr = before


@cache
def _load_ansible() -> None:
    """Once, with the settings that every playbook of the tests has."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    from ansible.plugins.loader import init_plugin_loader

    # Ansible knows a collection by what its own loader notes in its packages. The modules in them may be loaded already, and
    # stay.
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "ansible_collections" and getattr(module, "__file__", None) is None:
            del sys.modules[name]
    init_plugin_loader()
