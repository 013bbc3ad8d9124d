# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs on in every way against the lab, and writes what came of it into the README: ``python -m logon_table``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import logons
import yaml
from documents import Part
from lab.hierarchy.topology import load
from lab.lab import Lab
from logons import WAYS, Way
from plays import Play, Site

README = Path(__file__).parents[1] / "README.md"
TABLE = Part(README, "<!-- Written by make log-on-table -->\n", "<!-- End of what make log-on-table has written -->\n")
_LIBRARIES = ("ansible-core", "pywinrm", "requests-ntlm", "pykerberos", "requests-credssp", "pypsrp", "pyspnego", "gssapi")
_HEAD = (
    "| connection | method | its setting | transport | messages are encrypted by | requests to log on | tested |",
    "|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Outcome:
    """What came of one way to log on."""

    way: Way
    error: str
    """What the task said if it did not succeed."""
    requests: list[dict[str, Any]]
    """Those of the task, as the lab has seen them."""

    @property
    def is_as_expected(self) -> bool:
        """Whether somebody has logged on as the inventory says, and nobody else or with anything else."""
        if self.error or not self.requests:
            return False
        first = self.requests[0]
        seen = (first["method"], first["is_https"], first["is_encrypted"], first["delegates"])
        is_https = self.way.scheme == "https"
        return seen == (self.way.seen, is_https, not is_https, self.way.delegates)

    @property
    def cost(self) -> int:
        """HTTP requests of the log-on, besides the one for the first request of the task."""
        return int(self.requests[0]["round_trips"]) - 1 if self.requests else 0

    @property
    def encryption(self) -> str:
        return "TLS" if self.requests and self.requests[0]["is_https"] else self.way.seen


def log_on(site: Site) -> tuple[Play, list[Outcome]]:
    """One task in every way, and what came of it. The site's lab must have Kerberos."""
    logons.allow_all(site.control)
    inventory = site.lab.directory / "ways.yml"
    hosts = {way.name: way.host_variables(site.lab) for way in WAYS}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    # One after the other, so that the lab knows whose requests it counts
    play = site.play(logons.TASK, host="all", arguments=("--inventory", str(inventory)), serial=1)
    said = {result.host: "" if result.outcome == "ok" else result.message for result in play.results}
    requests = {task["host"]: task["requests"] for task in site.control.requests()}
    return play, [Outcome(way, said.get(way.name, "not run"), requests.get(way.name, [])) for way in WAYS]


def rows(outcomes: Sequence[Outcome]) -> list[str]:
    """The lines of the table: a method of a connection on each, over HTTPS and HTTP."""
    lines = []
    for _key, group in groupby(outcomes, key=lambda outcome: (outcome.way.connection, outcome.way.method)):
        found = list(group)
        way = found[0].way
        settings = {name: str(value).lower() for name, value in way.variables.items()}
        variable = "ansible_winrm_transport" if way.connection == "winrm" else "ansible_psrp_auth"
        cells = (
            f"`{way.connection}`",
            way.method,
            " ".join(f"`{name}: {value}`" for name, value in {variable: way.setting, **settings}.items()),
            ", ".join(outcome.way.scheme.upper() for outcome in found),
            ", ".join(outcome.encryption for outcome in found),
            ", ".join(str(outcome.cost) for outcome in found),
            "yes" if all(outcome.is_as_expected for outcome in found) else "**fails**",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def committed_rows() -> list[str]:
    """Those that stand in the README."""
    return [line for line in TABLE.read().splitlines() if line.startswith("|") and line not in _HEAD]


def run() -> list[Outcome]:
    """Log on in every way, in a lab of its own."""
    with TemporaryDirectory() as directory, Lab(load("standalone").with_kerberos(), Path(directory) / "lab", 1000) as lab:
        site = Site(lab, Path(directory))
        site.environment = logons.tickets(lab, Path(directory)).environment
        return log_on(site)[1]


def main() -> int:
    """Write the table; 1 if a way to log on failed."""
    outcomes = run()
    versions = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    table = "\n".join([*_HEAD, *rows(outcomes)])
    TABLE.write(f"{table}\n\nTested with {versions}.")
    failed = [outcome for outcome in outcomes if not outcome.is_as_expected]
    for outcome in failed:
        print(f"{outcome.way.name}: {outcome.error or outcome.requests}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
