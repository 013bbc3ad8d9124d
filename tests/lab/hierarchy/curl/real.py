# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The curl of this computer, which stands behind curl.exe, and behind other programs that speak HTTPS."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from subprocess import PIPE

from .config import Setting

_PROGRAM = shutil.which("curl")


def run_real_curl(settings: Iterable[Setting], timeout: float) -> subprocess.CompletedProcess[bytes]:
    """Run it with these options and no others, for at most so many seconds."""
    # Options and proxies that somebody has set up on this computer are not those of a server
    return subprocess.run(_command(), input=_config(settings), capture_output=True, check=False, timeout=timeout, env={})


@contextmanager
def running_real_curl(settings: Iterable[Setting]) -> Iterator[subprocess.Popen[bytes]]:
    """Have it run while its output is read; it ends at the latest when nobody reads any more."""
    with subprocess.Popen(_command(), stdin=PIPE, stdout=PIPE, stderr=PIPE, env={}) as process:
        assert process.stdin is not None
        process.stdin.write(_config(settings))
        process.stdin.close()
        try:
            yield process
        finally:
            process.kill()


def _command() -> list[str]:
    if _PROGRAM is None:
        raise RuntimeError("curl is not installed on this computer; it stands behind curl.exe of the lab's servers")
    return [_PROGRAM, "--disable", "--config", "-"]


def _config(settings: Iterable[Setting]) -> bytes:
    return "".join(f"{setting}\n" for setting in settings).encode()
