# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m canaries``: the places where passwords enter, and in which of the places that are looked at they were found."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.quirks import Quirks
from plays import Site

from canaries.runs import Survey
from canaries.survey import SERVER_PLACES, Surveyor
from canaries.traces import PLACES

_SPEED = 1000


def main() -> int:
    """Run everything, print the table, and say by the exit code whether a password was found or a run ended otherwise."""
    with TemporaryDirectory() as directory:
        lab_directory, own = Path(directory) / "lab", Path(directory) / "own"
        own.mkdir()
        with Lab(load("international").with_kerberos(), lab_directory, _SPEED, Quirks(tool_proxy_password="input")) as lab:
            survey = Surveyor(Site(lab, own), own).survey()
    for line in _table(survey):
        print(line)
    for name, outcomes in survey.unexpected.items():
        print(f"{name}: {', '.join(sorted(outcomes)) or 'not run'}, and not {survey.expected[name]}")
    return int(bool(survey.leaks or survey.unexpected))


def _table(survey: Survey) -> list[str]:
    width = max(len(canary.place) for canary in survey.canaries)
    lines = [f"{'password':<{width}}  found"]
    for canary in survey.canaries:
        found = [f"in the {leak.place} {leak.form}" for leak in survey.leaks if leak.canary == canary.place]
        lines.append(f"{canary.place:<{width}}  {', '.join(found) or 'nowhere'}")
    return [*lines, f"Looked at: {', '.join((*PLACES, *SERVER_PLACES))}; {len(survey.expected)} runs."]


if __name__ == "__main__":
    sys.exit(main())
