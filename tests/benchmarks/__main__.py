# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all benchmarks: ``python -m benchmarks``."""

from __future__ import annotations

import sys

from . import instances, internet, log_on, servers, tasks, transfer


def main() -> int:
    """Print every table; 1 if a counted budget was exceeded. Times are printed and never judged."""
    within = [tasks.run()]
    print()
    within.append(log_on.run())
    print()
    within.append(servers.run())
    print()
    within.append(internet.run())
    print()
    instances.run()
    print()
    transfer.run()
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
