# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the collection: as ansible-test wants it, as ansible-galaxy packs it, and as an execution environment keeps it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
KEPT = frozenset({"meta", "plugins", "roles", "playbooks", "MANIFEST.json", "FILES.json"})
"""What a collection may count on when it runs: the rules for collections allow for the rest to be taken out."""


def run(*command: str, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> str:
    """Run a program beside this Python, or any; what it says. An error has all that it says."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PATH": path, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def copy_to(directory: Path) -> Path:
    """What git knows and does not ignore, below ``directory`` at the path that a collection has to have."""
    copy = directory / "ansible_collections/configmgr/site"
    shutil.rmtree(copy, ignore_errors=True)
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, copy / name
        # One that was deleted is listed until that is committed
        if source.is_symlink() or source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # ansible-test and antsibull-changelog ask git which files there are
    run("git", "init", "--quiet", cwd=copy)
    run("git", "add", "--all", cwd=copy)
    return copy


def build(copy: Path, directory: Path) -> Path:
    """The tarball that ansible-galaxy makes of a copy."""
    version = yaml.safe_load((copy / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    run("ansible-galaxy", "collection", "build", str(copy), "--force", "--output-path", str(directory))
    return directory / f"configmgr-site-{version}.tar.gz"


def install_stripped(tarball: Path, directory: Path) -> Path:
    """Install a tarball below ``directory``, and take out all that may be taken out."""
    command = ("ansible-galaxy", "collection", "install", str(tarball), "--offline", "--collections-path", str(directory))
    run(*command, environment=only(directory))
    collection = directory / "ansible_collections/configmgr/site"
    for entry in collection.iterdir():
        if entry.name not in KEPT:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return collection


def only(directory: Path) -> dict[str, str]:
    """Has Ansible find collections in ``directory`` and nowhere else: not where the virtual environment knows of the clone."""
    return {"ANSIBLE_COLLECTIONS_PATH": str(directory), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false", "PYTHONPATH": ""}
