# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection ansible.windows, to compare with: taken out of PyPI's package ``ansible``, without the rest of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from .running import ROOT

PACKAGE = "ansible==12.3.0"
"""The last one for Python 3.11, the oldest that this collection runs with. It has ansible.windows 3.3.0."""
_MEMBERS = "ansible_collections/ansible/windows/"


def find() -> Path:
    """The directory to add to Ansible's collections; downloads 50 MB the first time. RuntimeError if that is not possible."""
    directory = ROOT / ".build" / PACKAGE
    if not directory.is_dir():
        print(f"Downloading {PACKAGE} for its collection ansible.windows (50 MB) ...", flush=True)
        with tempfile.TemporaryDirectory(dir=ROOT / ".build") as temporary:
            command = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps")
            done = subprocess.run([*command, "--dest", temporary, PACKAGE], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"{PACKAGE} cannot be downloaded: {done.stderr.strip().splitlines()[-1]}")
            (wheel,) = Path(temporary).glob("*.whl")
            with ZipFile(wheel) as archive:
                members = [name for name in archive.namelist() if name.startswith(_MEMBERS)]
                archive.extractall(Path(temporary) / "content", members)
            (Path(temporary) / "content").rename(directory)
    return directory
