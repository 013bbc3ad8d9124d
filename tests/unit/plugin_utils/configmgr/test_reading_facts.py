# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading facts: what nobody has thought of costs one of them; a server that cannot be talked to costs the task."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites import facts as facts_module
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.facts import (
    Asked,
    Facts,
    Unknown,
    gather,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply, WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import (
    ConnectionLost,
    ServerUnreachable,
    WsmanError,
)

ASKED = Asked(("corp.example\\PS1$",), ("DigiCert Global Root G2",))


class Failing:
    """A transport on which everything fails."""

    endpoint = "https://srv1.corp.example:5986/wsman"
    operation_timeout = 60

    def __init__(self, error: Exception) -> None:
        self._error = error

    def send(self, envelope: bytes) -> Reply:
        raise self._error


def client(error: Exception) -> Any:
    return WsmanClient(Failing(error), SCHEMA)


def test_an_unexpected_exception_is_a_fact_that_is_unknown() -> None:
    facts = gather(client(OverflowError("date value out of range")), ASKED)
    read = {field.name: getattr(facts, field.name) for field in fields(Facts)}
    del read["read_at"], read["domain_accounts"]
    assert set(read.values()) == {Unknown("an unexpected error, OverflowError: date value out of range")}


def test_what_one_program_puts_out_does_not_cost_what_the_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_arguments: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(facts_module.root_certificates, "read_certificates", stumble)
    monkeypatch.setattr(facts_module, "run_together", lambda _client, commands, timeout: [""] * len(commands))
    facts = gather(client(OverflowError("no WMI")), ASKED)
    assert facts.roots == Unknown("an unexpected error, RecursionError: too deep")
    assert facts.listed_administrators is None and facts.sql_server is None


@pytest.mark.parametrize("error", [ServerUnreachable("nobody answers"), ConnectionLost("it broke")])
def test_a_server_that_cannot_be_reached_ends_it(error: WsmanError) -> None:
    with pytest.raises(type(error)):
        gather(client(error), ASKED)
