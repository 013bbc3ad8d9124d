# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every playbook of the tests has loaded before it begins. Imported by the process that they are forked from.

Ansible loads an action and its connection anew for each task, as each has a process of its own. That is most of what a task
costs whose requests are answered at once.
"""

from __future__ import annotations

import gc
import sys
import warnings
from importlib import import_module

from ansible_processes import ROOT

for name in ("ansible.cli.playbook", "ansible.plugins.connection.psrp", "ansible.plugins.connection.winrm", "jmespath"):
    import_module(name)
import_module("ansible.plugins.loader").init_plugin_loader()
# ansible-playbook does so once more
warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
import_module("ansible_collections.ansible.builtin")
for action in sorted((ROOT / "plugins/action").glob("*.py")):
    import_module(f"ansible_collections.configmgr.site.plugins.action.{action.stem}")
# Ansible ends the processes of tasks that have given their result. While code coverage is measured (make coverage), it waits
# until they have written theirs.
if "coverage" in sys.modules:
    worker = import_module("ansible.executor.process.worker").WorkerProcess
    worker.terminate = lambda process: process.join(30)
# Else the garbage collector of each process would touch, and so copy, all that was loaded
gc.collect()
gc.freeze()
