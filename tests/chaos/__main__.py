# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what came of every fault at every request of a move, and how long a move leaves the hierarchy without the role."""

from __future__ import annotations

import sys

from .faults import FAULTS, SOURCE, TARGET
from .trials import Chaos, Trial

_COLUMNS = f"{'fault':<44}{'tried':>6}{'moved':>7}{'failed':>8}{'cut off':>9}{'converged':>11}{'two at once':>13}"
_LEGEND = """
'moved', 'failed' and 'cut off' are the ends of the run with the fault, 'converged' that of the next one. Two at once: somebody
else installs it in the very moment in which the move does. Nothing but the SMS Provider could prevent that, and nothing
says that it does (quirk second_role); the move takes its own back at once.
"""


def main() -> int:
    """0 if every move has converged, and never two roles were on record at once."""
    print("A move of the service connection point, with a fault at each of its requests, and then run once more.\n")
    print(_COLUMNS)
    bad: list[Trial] = []
    with Chaos.start() as chaos:
        for fault in FAULTS:
            print(f"{fault.name:<44}", end="", flush=True)
            trials = list(chaos.at_every_request(fault))
            ends = [trial.end for trial in trials]
            converged = sum(not trial.problems for trial in trials)
            twice = sum(trial.saw_two for trial in trials)
            counts = [ends.count(end) for end in ("moved", "failed", "cut off")]
            print(f"{len(trials):>6}{counts[0]:>7}{counts[1]:>8}{counts[2]:>9}{converged:>11}{twice:>13}")
            bad += [trial for trial in trials if trial.problems or (trial.saw_two and not fault.may_race)]
    for trial in bad:
        print(f"\n{trial.fault}, request {trial.request}: {trial.end} {trial.message}\n  " + "\n  ".join(trial.problems))
    print(_LEGEND)
    show_window()
    return 1 if bad else 0


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
