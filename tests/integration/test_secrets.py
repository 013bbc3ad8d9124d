# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords are found nowhere after, and while, everything that takes one has run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from canaries import traces
from canaries.canary import Canary
from canaries.survey import Surveyor
from canaries.traces import PLACES
from plays import Site
from programs import needs_curl, needs_samba, needs_tinyproxy
from tickets import needs_kerberos


@needs_curl
@needs_kerberos
@needs_samba
@needs_tinyproxy
def test_no_password_is_found_anywhere(make_site: Callable[..., Site], tmp_path: Path) -> None:
    survey = Surveyor(make_site("international", kerberos=True, tool_proxy_password="input"), tmp_path).survey()
    assert survey.unexpected == {}, survey.traces["standard output"][-3000:]
    assert "kinit" in survey.traces["process list"]
    assert "curl.exe" in survey.traces["command lines on servers"]
    assert "ServiceConnectionTool" in survey.traces["files on servers"]
    assert survey.leaks == []


def test_a_password_is_found_in_every_place_that_is_looked_at(tmp_path: Path) -> None:
    canaries = {place: Canary(place) for place in PLACES}
    value = {place: canary.core for place, canary in canaries.items()}
    passing = f"echo {value['temporary files']} > $TMPDIR/passing; sleep 0.2; rm $TMPDIR/passing"
    tasks = [
        {"ansible.builtin.debug": {"msg": value["standard output"]}},
        {"ansible.builtin.debug": {"msg": value["log file"]}},
        {"ansible.builtin.debug": {"msg": value["results of a callback"]}},
        {"ansible.builtin.set_fact": {"fact": value["fact cache"], "cacheable": True}},
        {"ansible.builtin.shell": passing},
        {"ansible.builtin.command": {"argv": ["sh", "-c", "sleep 0.2", value["process list"]]}},
        {"ansible.builtin.command": "sleep 0.2", "environment": {"SECRET": value["environments"]}},
    ]
    inventory = tmp_path / "inventory"
    inventory.write_text("localhost ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}\n")
    # Ansible warns of hosts that are not there
    plays = [{"hosts": hosts, "gather_facts": False, "tasks": tasks} for hosts in (value["standard error"], "localhost")]
    found = traces.run(plays, inventory, tmp_path)
    assert {(leak.canary, leak.place) for leak in found.leaks(canaries.values())} >= {(place, place) for place in PLACES}
