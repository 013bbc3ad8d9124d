# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the controller itself has: Python libraries and Kerberos tickets."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from platform import python_version


def versions(packages: Iterable[str]) -> dict[str, str | None]:
    """The versions of Python packages; None for one that is not installed. Python itself comes first."""
    return {"Python": python_version(), **{package: _version(package) for package in packages}}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def principal_of_valid_ticket() -> str | None:
    """Whose ticket is in the cache of credentials, as klist says; None if there is none that is still valid.

    Raises OSError where klist cannot be run.
    """
    environment = {**os.environ, "LC_ALL": "C"}
    # -s says nothing, and whether there is a ticket that has not expired by the exit code
    if subprocess.run(["klist", "-s"], env=environment, check=False, timeout=10).returncode:
        return None
    listed = subprocess.run(["klist"], env=environment, check=False, timeout=10, capture_output=True, text=True).stdout
    lines = [line.partition(":")[2].strip() for line in listed.splitlines() if "principal:" in line.lower()]
    return lines[0] if lines else "an account that klist does not name"
