# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The curl of this computer, which stands behind curl.exe."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable

from .config import Setting

_PROGRAM = shutil.which("curl")


def run_real_curl(settings: Iterable[Setting], timeout: float) -> subprocess.CompletedProcess[bytes]:
    """Run it with these options and no others, for at most so many seconds."""
    if _PROGRAM is None:
        raise RuntimeError("curl is not installed on this computer; it stands behind curl.exe of the lab's servers")
    config = "".join(f"{setting}\n" for setting in settings)
    # Options and proxies that somebody has set up on this computer are not those of a server
    return subprocess.run(
        [_PROGRAM, "--disable", "--config", "-"],
        input=config.encode(),
        capture_output=True,
        check=False,
        timeout=timeout,
        env={},
    )
