# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what came of every fault at every request of a move, and how long a move leaves the hierarchy without the role."""

from __future__ import annotations

import sys

from .faults import FAULTS, SOURCE, TARGET, Fault
from .trials import BetweenSites, Chaos, Trial

_COLUMNS = (
    f"{'fault':<44}{'tried':>6}{'moved':>7}{'failed':>8}{'cut off':>9}{'converged':>11}{'two at once':>13}"
    f"{'longest without':>17}"
)
_LEGEND = """
'moved', 'failed' and 'cut off' are the ends of the run with the fault, 'converged' that of the next one. Two at once: somebody
else installs it in the very moment in which the move does. Nothing but the SMS Provider could prevent that, and nothing
says that it does (quirk second_role); the move takes its own back at once. Longest without: seconds of the site in which no
role was on record, from the removal to the installation by whichever run.
"""


def main() -> int:
    """0 if every move has converged, and two roles were on record at once only where nobody can prevent it."""
    print("A move of the service connection point, with a fault at each of its requests, and then run once more.\n")
    print(_COLUMNS)
    bad: list[Trial] = []
    with Chaos.start() as chaos:
        for fault in FAULTS:
            bad += show(fault.name, fault, chaos)
    print("\nThe same from a primary site to the central administration site above it:\n")
    with BetweenSites.start() as sites:
        for fault in FAULTS:
            if fault.is_alone:
                bad += show(fault.name, fault, sites)
    for trial in bad:
        print(f"\n{trial.fault}, request {trial.request}: {trial.end} {trial.message}\n  " + "\n  ".join(trial.problems))
    print(_LEGEND)
    show_window()
    return 1 if bad else 0


def show(name: str, fault: Fault, chaos: Chaos) -> list[Trial]:
    """Print a row of the table; returns the trials that are not as they should be."""
    print(f"{name:<44}", end="", flush=True)
    trials = list(chaos.at_every_request(fault))
    ends: list[str] = [trial.end for trial in trials]
    converged = sum(not trial.problems for trial in trials)
    twice = sum(trial.saw_two for trial in trials)
    longest = max(trial.seconds_without for trial in trials)
    counts = "".join(f"{ends.count(end):>{width}}" for end, width in (("moved", 7), ("failed", 8), ("cut off", 9)))
    print(f"{len(trials):>6}{counts}{converged:>11}{twice:>13}{longest:>15.0f} s")
    return [trial for trial in trials if trial.problems or (trial.saw_two and not fault.may_race)]


def show_window() -> None:
    """Print how long a move without a fault leaves the hierarchy without the role, on a lab as slow as a real site."""
    with Chaos.start(speed=1) as chaos:
        chaos.reset()
        chaos.move()
        moments = {(entry.what, entry.server): entry.time for entry in chaos.lab.hierarchy.history.moments}
        start = moments["off the record", SOURCE]
        seconds = {mark: (time - start).total_seconds() for mark, time in moments.items()}
        print("Without a fault, in seconds of the site after the old server has lost the role:\n")
        print(f"  {seconds['gone', SOURCE]:>5.0f}  the site itself has removed the components from the old server")
        print(f"  {seconds['on record', TARGET]:>5.0f}  the role is on record on the new server: the time without one")
        print(f"  {seconds['works', TARGET]:>5.0f}  the site itself has installed the components there")


if __name__ == "__main__":
    sys.exit(main())
