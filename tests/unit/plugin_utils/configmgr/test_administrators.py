# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an account is an administrator: proven, disproven, or not known, whatever the domain says."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.administrators import way_in
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.expected import Expected
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.facts import (
    Administrators,
    DomainAccounts,
    Unknown,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.findings import NotProven
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.directory_accounts import DirectoryAccount
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.local_groups import (
    LocalGroup,
    Member,
    Members,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.system import Computer

EXPECTED = Expected("ps1.corp.example")
ACCOUNT = "corp.example\\cm-install"
WITH_ACCOUNT = replace(EXPECTED, installation_account=ACCOUNT)
PAIR = replace(EXPECTED, passive_site_server="ps2.corp.example")
COMPUTER = Computer("SRV1", "corp.example", is_in_domain=True, is_domain_controller=False)
GROUP = LocalGroup("SRV1", "Administratoren")
LOCAL = Member("SRV1", "Administrator", False)
PS1, PS2, INSTALLER = (Member("CORP", name, False) for name in ("PS1$", "PS2$", "CM-Install"))
OUTER, FOREIGN = Member("CORP", "Outer", True), Member("OTHER", "Outer", True)


def judge(
    expected: Expected,
    *members: Member,
    computer: Computer = COMPUTER,
    listed: Any = frozenset(),
    domain: Any = None,
    are_all: bool = True,
    group: LocalGroup | None = GROUP,
) -> tuple[str, str]:
    """Status and evidence."""
    administrators = Administrators(group, Members(members, are_all=are_all))
    facts: Any = SimpleNamespace(
        computer=computer, administrators=administrators, listed_administrators=listed, domain_accounts=domain
    )
    try:
        finding = way_in(facts, expected)
    except NotProven as error:
        return "warning", str(error)
    return finding.status, finding.evidence


def in_domain(**groups: Any) -> DomainAccounts:
    """What the domain says of PS1$, PS2$ and cm-install (``cm``): their groups, or why it does not know."""
    names = {"ps1": "PS1$", "ps2": "PS2$", "cm": "cm-install"}
    accounts: dict[str, DirectoryAccount | Unknown] = {}
    for key, found in groups.items():
        name = names[key]
        known = found if isinstance(found, Unknown) else DirectoryAccount(f"CORP\\{name}", frozenset(), frozenset(found))
        accounts[f"corp.example\\{name}"] = known
    return DomainAccounts("corp.example", accounts)


@pytest.mark.parametrize(
    ("account", "domain", "status"),
    [
        ("CORP\\cm-install", "CORP", "passed"),
        ("corp.example\\cm-install", "CORP", "passed"),
        ("CORP\\cm-install", "OTHER", "failed"),
        ("corp.example\\cm-install", "OTHER", "warning"),
        ("corp.other\\cm-install", "CORP", "warning"),
        ("SRV1\\cm-install", "SRV1", "passed"),
        ("corp.example\\cm-install", "SRV1", "failed"),
    ],
)
def test_an_account_by_its_name_and_its_domain(account: str, domain: str, status: str) -> None:
    expected = replace(EXPECTED, installation_account=account)
    assert judge(expected, LOCAL, Member(domain, "CM-Install", False))[0] == status
    line = "cm-install" if domain == "SRV1" else f"{domain.lower()}\\cm-install"
    assert judge(expected, LOCAL, listed=frozenset({line}))[0] == status


def test_an_installation_account_counts_more_than_the_computer_account() -> None:
    assert judge(WITH_ACCOUNT, INSTALLER)[0] == "passed"
    assert judge(WITH_ACCOUNT, INSTALLER, PS1)[0] == "passed"
    assert judge(WITH_ACCOUNT, LOCAL)[0] == "failed"
    status, evidence = judge(WITH_ACCOUNT, PS1)
    assert status == "warning"
    assert f"{ACCOUNT}, which installs, is not among them; corp.example\\PS1$ is, but whether the site falls back" in evidence
    status, evidence = judge(WITH_ACCOUNT, PS1, OUTER)
    assert status == "warning" and "as far as it is known, but may be in CORP\\Outer" in evidence
    assert judge(WITH_ACCOUNT, LOCAL, OUTER)[0] == "warning"


def test_a_pair_of_site_servers_needs_both() -> None:
    assert judge(PAIR, PS1)[0] == "failed"
    assert judge(PAIR, PS1, PS2)[0] == "passed"
    assert judge(PAIR, PS1, OUTER)[0] == "warning"
    # One that is none for sure is enough.
    half = in_domain(ps1=Unknown("no such account"), ps2=["corp\\inner"])
    assert judge(PAIR, OUTER, domain=half)[0] == "failed"


def test_what_windows_lists_counts_where_wmi_does_not_show_computer_accounts() -> None:
    assert judge(EXPECTED, LOCAL, listed=frozenset({"corp\\ps1$", "administrator"}))[0] == "passed"
    assert judge(EXPECTED, LOCAL, listed=frozenset({"ps1$"}))[0] == "failed"
    assert (
        judge(replace(EXPECTED, installation_account="SRV1\\Administrator"), listed=frozenset({"administrator"}))[0] == "passed"
    )


@pytest.mark.parametrize(
    ("domain", "members", "status", "word"),
    [
        (in_domain(ps1=["corp\\outer"]), [OUTER], "passed", "PS1$ is in CORP\\Outer, which is a member"),
        (
            in_domain(ps1=["corp\\outer"]),
            [FOREIGN],
            "warning",
            "may be in OTHER\\Outer, which that domain controller does not know",
        ),
        (in_domain(ps1=["corp\\inner"]), [OUTER], "failed", "as the domain says"),
        (in_domain(ps1=["corp\\inner"]), [OUTER, PS1], "passed", "is a member of"),
        (in_domain(ps1=["corp\\inner"]), [Member("OTHER", "PS1$", False)], "failed", "as the domain says"),
        (in_domain(ps1=Unknown("no account 'PS1$'")), [OUTER], "warning", "no account 'PS1$'"),
        (Unknown("nobody answers"), [OUTER], "warning", "nobody answers"),
        (replace(in_domain(ps1=["corp\\outer"]), domain="corp.other"), [OUTER], "warning", "corp.other was asked"),
    ],
)
def test_what_the_domain_says(domain: Any, members: list[Member], status: str, word: str) -> None:
    found, evidence = judge(EXPECTED, LOCAL, *members, domain=domain)
    assert found == status and word in evidence, evidence


def test_members_beyond_those_that_were_read() -> None:
    listed = frozenset({"administrator", "corp\\outer", "corp\\others", "members"})
    status, evidence = judge(EXPECTED, LOCAL, listed=listed, are_all=False)
    assert status == "warning" and "may be in corp\\others or corp\\outer. Name a domain controller" in evidence
    for groups, expected in ((["corp\\outer"], "passed"), (["corp\\inner"], "failed")):
        assert judge(EXPECTED, LOCAL, listed=listed, are_all=False, domain=in_domain(ps1=groups))[0] == expected
    status, evidence = judge(EXPECTED, LOCAL, listed=Unknown("no net.exe"), are_all=False, domain=in_domain(ps1=["corp\\x"]))
    assert status == "warning" and "only the first 1 members could be read" in evidence
    assert judge(EXPECTED, LOCAL, listed=frozenset({"corp\\ps1$"}), are_all=False)[0] == "passed"


def test_a_domain_controller_is_judged_by_the_group_of_its_domain() -> None:
    controller = replace(COMPUTER, is_domain_controller=True)

    def found(sid: str) -> DomainAccounts:
        account = DirectoryAccount("CORP\\PS1$", frozenset({sid}), frozenset())
        return DomainAccounts("corp.example", {"corp.example\\PS1$": account})

    assert judge(EXPECTED, computer=controller, group=None, domain=found("S-1-5-32-544"))[0] == "passed"
    status, evidence = judge(EXPECTED, computer=controller, group=None, domain=found("S-1-5-32-545"))
    assert status == "failed" and "domain controller" in evidence
    assert judge(EXPECTED, computer=controller, group=None, domain=Unknown("nobody answers"))[0] == "warning"
    assert judge(EXPECTED, computer=controller, group=None)[0] == "warning"
    elsewhere = replace(controller, domain="corp.other")
    assert judge(EXPECTED, computer=elsewhere, group=None, domain=found("S-1-5-32-544"))[0] == "warning"


def test_a_server_without_the_group_is_no_domain_controller_for_that() -> None:
    for domain in (None, in_domain(ps1=["corp\\outer"])):
        status, evidence = judge(EXPECTED, group=None, domain=domain)
        assert status == "warning" and evidence == "SRV1 shows no group of local administrators (S-1-5-32-544)"
