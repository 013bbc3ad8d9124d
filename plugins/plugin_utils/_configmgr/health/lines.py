# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The health of a service connection point in the terminal: a sentence, what was seen, and the findings."""

from __future__ import annotations

from collections.abc import Sequence

from .catalogue import FAULTS, HealthFinding, moment
from .collected import Collected, has_failed, log_name


def summary_of(findings: Sequence[HealthFinding], collected: Collected) -> str:
    """The verdict in a sentence."""
    faults = [(severity, sum(finding.severity == severity for finding in findings)) for severity in FAULTS]
    found = ", ".join(f"{number} {severity}" for severity, number in faults if number)
    point = collected.point
    what = f"The service connection point on {point['site_system']}, {point.get('mode') or 'mode unknown'}" if point else ""
    return f"{what or 'The hierarchy has no service connection point'}: {found or 'nothing is wrong'}."


def seen(collected: Collected) -> list[str]:
    """What was looked at and how it is, so that nobody takes what was not asked for healthy."""
    point, server, internet = collected.point, collected.server, collected.internet
    lines = []
    if point.get("components"):
        states = ", ".join(f"{one['name']} {one['state']}" for one in point["components"])
        lines.append(f"components: {states}")
    if "threads" in server:
        due = server.get("restart_due")
        lines.append(f"restart due: {'not known, as nobody has noted the last one' if due is None else 'yes' if due else 'no'}")
        last = server.get("last_update_check")
        lines.append(f"last looked for updates: {f'{moment(last)} UTC' if last else 'never, as far as its server tells'}")
    if internet.get("endpoints"):
        lines.append(f"internet: {internet.get('msg') or internet['verdict']}")
    elif point:
        why = (
            "it is offline" if point.get("mode") == "offline" else "that could not be done" if internet else "nobody was asked"
        )
        lines.append(f"internet: not tried, because {why}")
    for log in collected.logs:
        if not has_failed(log):
            lines.append(f"errors in {log_name(log)}: {len(log.get('records') or ()) or 'none'}")
    return lines


def table(findings: Sequence[HealthFinding]) -> list[str]:
    """The findings as lines for people, in their order."""
    if not findings:
        return ["Nothing is wrong."]
    lines = []
    for number, finding in enumerate(findings, start=1):
        lines.append(f"{number}. {finding.severity.upper()}  {finding.title}  [{finding.where}]")
        lines += [f"     {text}" for text in finding.evidence]
        if finding.remedy:
            lines.append(f"   > {finding.remedy}")
    return lines
