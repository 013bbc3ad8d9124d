# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests marked ``every_ansible`` with every version of ansible-core on every Python: ``python -m ansible_versions``.

Each has a virtual environment of its own. A run with all of them writes the table in the README; ``lowest``, ``newest`` and
versions such as ``2.18`` as arguments run only those, each on the newest Python that is there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from time import monotonic

from documents import Part

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TABLE = Part(README, "<!-- Written by make ansible-versions -->\n", "<!-- End of what make ansible-versions has written -->\n")

# Of a controller, as the support matrix of ansible-core and Requires-Python on PyPI have it. The first Python is no older than
# the first that the collection runs with, which is 3.11.
SUPPORTED: Mapping[str, tuple[str, ...]] = {
    "2.16": ("3.11", "3.12"),
    "2.17": ("3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
LOWEST, NEWEST = min(SUPPORTED), max(SUPPORTED)
PYTHONS = sorted({python for pythons in SUPPORTED.values() for python in pythons})
REQUIREMENTS = tuple(
    ROOT / name for name in ("requirements.txt", "tests/lab/requirements.txt", "tests/ansible-versions-requirements.txt")
)
_LIMIT = 600
"""Seconds for the tests of one version."""


@dataclass(frozen=True)
class Outcome:
    """What came of one version on one Python."""

    ansible: str
    python: str
    verdict: str
    """passed, failed, or not run."""
    release: str = ""
    """The newest of its minor version."""
    text: str = ""
    """What was said of a failure."""


def find_python(version: str) -> str | None:
    """A Python of this version: on the PATH, or of pyenv."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in (f"python{version}", *map(str, sorted(versions.glob(f"{version}.*/bin/python")))):
        # What is on the PATH may be a shim that ends with an error
        command = (candidate, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])")
        try:
            if subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == version:
                return candidate
        except OSError:
            continue
    return None


def run(ansible: str, python: str) -> Outcome:
    """Run the tests with one version on one Python."""
    program = find_python(python)
    if program is None:
        return Outcome(ansible, python, "not run", text=f"there is no Python {python} here")
    environment = ROOT / f".venv/ansible-{ansible}-py{python}"
    install(environment, program, ansible)
    inside = str(environment / "bin/python")
    version = "from importlib.metadata import version; print(version('ansible-core'))"
    release = subprocess.run((inside, "-c", version), capture_output=True, text=True, check=True).stdout.strip()
    variables = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    variables |= {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": f"{ROOT / '.build'}:{ROOT / 'tests'}"}
    tests = (inside, "-m", "pytest", "tests/integration", "-m", "every_ansible", "-n", "auto", "-q", "--tb=short")
    try:
        done = subprocess.run(tests, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(ansible, python, "failed", release, f"the tests took more than {_LIMIT} s")
    return Outcome(ansible, python, "failed" if done.returncode else "passed", release, done.stdout + done.stderr)


def install(environment: Path, program: str, ansible: str) -> None:
    """Make a virtual environment, unless it is there and nothing that it was made of is newer."""
    made = environment / ".installed"
    if made.exists() and all(path.stat().st_mtime < made.stat().st_mtime for path in REQUIREMENTS):
        return
    rmtree(environment, ignore_errors=True)
    subprocess.run((program, "-m", "venv", str(environment)), check=True)
    pip = (str(environment / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    files = [word for path in REQUIREMENTS for word in ("-r", str(path))]
    subprocess.run((*pip, f"ansible-core=={ansible}.*", *files), check=True)
    made.touch()


def rows(outcomes: Iterable[Outcome]) -> list[str]:
    """The lines of the table: a version on each, and its Pythons beside each other."""
    found = {(outcome.ansible, outcome.python): outcome for outcome in outcomes}
    words = {"passed": "yes", "failed": "**fails**", "not run": "not run"}
    lines = [f"| ansible-core | {' | '.join(f'Python {python}' for python in PYTHONS)} |", "|---" * (len(PYTHONS) + 1) + "|"]
    for ansible, pythons in SUPPORTED.items():
        releases = {found[ansible, python].release for python in pythons} - {""}
        cells = [words[found[ansible, python].verdict] if python in pythons else "" for python in PYTHONS]
        lines.append(f"| {', '.join(sorted(releases)) or ansible} | {' | '.join(cells)} |")
    return lines


def committed_rows() -> list[str]:
    """Those that stand in the README."""
    return [line for line in TABLE.read().splitlines() if line.startswith("|")]


def chosen(names: list[str]) -> list[tuple[str, str]]:
    """Versions and Pythons to run."""
    if not names:
        return [(ansible, python) for ansible, pythons in SUPPORTED.items() for python in pythons]
    versions = [{"lowest": LOWEST, "newest": NEWEST}.get(name, name) for name in names]
    if unknown := [version for version in versions if version not in SUPPORTED]:
        raise SystemExit(f"There is no {', '.join(unknown)}. There are: lowest, newest, {', '.join(SUPPORTED)}.")
    return [(version, next(filter(find_python, reversed(SUPPORTED[version])), SUPPORTED[version][-1])) for version in versions]


def main(names: list[str]) -> int:
    """Run what is chosen; 1 if something failed, or if nothing was run of a version."""
    outcomes = []
    for ansible, python in chosen(names):
        start = monotonic()
        outcome = run(ansible, python)
        outcomes.append(outcome)
        reason = f": {outcome.text}" if outcome.verdict == "not run" else f" in {monotonic() - start:.0f} s"
        print(f"ansible-core {outcome.release or ansible:8} Python {python}: {outcome.verdict}{reason}", flush=True)
        if outcome.verdict == "failed":
            print(outcome.text, flush=True)
    if not names:
        table = "\n".join(rows(outcomes))
        TABLE.write(table)
        print(table)
    passed = {outcome.ansible for outcome in outcomes if outcome.verdict == "passed"}
    has_failed = any(outcome.verdict == "failed" for outcome in outcomes)
    return int(has_failed or passed != {outcome.ansible for outcome in outcomes})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
