# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to pass before the collection is published, besides its tests: ``make gates``.

Run with the Python of tests/gates-requirements.txt. Arguments are names of gates; without any, all run.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

import yaml
from collection_copies import ROOT, build, copy_to, run

DIRECTORY = ROOT / ".build/gates"
SITE = ROOT / ".build/docs"
HOME = DIRECTORY / "home"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_FOUND = {"ANSIBLE_COLLECTIONS_PATH": str(DIRECTORY)}
UNKNOWN_REPOSITORY = "https://repository.invalid/configmgr.site"

# ansible-test has pip installed by a script from a host of its own, which not every computer reaches. Python has one, too.
_GET_PIP = """\
import ensurepip, os, subprocess, sys
ensurepip.bootstrap(default_pip=True)
os.environ.pop("PIP_CONFIG_FILE", None)  # ensurepip has had pip ignore it
packages = [word for word in sys.argv[1:] if not word.startswith("-")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *packages]))
"""


@cache
def _copy() -> Path:
    return copy_to(DIRECTORY)


def reuse() -> str:
    """Every file says whose it is and under which licence."""
    return run("reuse", "lint", "--lines")


def changelog() -> str:
    """Every change has a fragment that can be read, and a changelog can be made of them."""
    return run("antsibull-changelog", "lint")


def docs() -> str:
    """A site can be built of the documentation of all plugins and roles and the guides, and nothing in it leads nowhere."""
    checks = ("--plugin-docs", "--validate-collection-refs=all", "--disallow-unknown-collection-refs")
    said = run("antsibull-docs", "lint-collection-docs", *checks, ".", cwd=_copy(), environment=_FOUND)
    shutil.rmtree(SITE, ignore_errors=True)
    pages = SITE / "rst"
    # antsibull-docs writes where nobody else may
    pages.mkdir(mode=0o755, parents=True)
    config = ROOT / "docs/sphinx"
    settings = ("--use-current", "--squash-hierarchy", "--fail-on-error", "--cleanup", "everything", "--dest-dir", str(pages))
    said += run(
        *("antsibull-docs", "--config-file", str(config / "antsibull-docs.cfg"), "collection", *settings, "configmgr.site"),
        environment=_FOUND,
    )
    return said + run(
        "sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "-c", str(config), str(pages), str(SITE / "html")
    )


def ansible_lint() -> str:
    """Roles, playbooks and Molecule scenarios, by the strictest profile."""
    what = ("roles", "playbooks", "extensions", "meta")
    options = ("--profile=production", "--strict", "--offline", "--nocolor")
    return run("ansible-lint", *options, *what, cwd=_copy(), environment=_FOUND)


def galaxy_importer() -> str:
    """What Galaxy and Automation Hub do with the tarball of a release. A warning counts as a failure."""
    copy = copy_to(DIRECTORY / "release")
    # As a release does
    run("antsibull-changelog", "release", cwd=copy)
    metadata = copy / "galaxy.yml"
    said = ""
    if "repository" not in yaml.safe_load(metadata.read_text(encoding="utf-8")):
        # Galaxy takes no collection without one, and before it is published there is none to name
        with metadata.open("a", encoding="utf-8") as file:
            file.write(f"repository: {UNKNOWN_REPOSITORY}\n")
        said = f"galaxy.yml names no repository yet, which Galaxy wants: checked with {UNKNOWN_REPOSITORY}"
    tarball = build(copy, DIRECTORY / "release")
    # As Automation Hub has it: one of the tags is one that it knows
    settings = {"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true", "HOME": str(HOME)}
    HOME.mkdir(parents=True, exist_ok=True)
    answer = run(sys.executable, "-m", "galaxy_importer.main", tarball.name, cwd=tarball.parent, environment=settings)
    if "WARNING" in answer or "ERROR" in answer or "processing completed successfully" not in answer:
        raise RuntimeError(answer)
    return said


def sanity() -> str:
    """Ansible's own tests of collections, all of them and without any exception."""
    exceptions = [str(path.relative_to(ROOT)) for path in (ROOT / "tests/sanity").glob("ignore-*.txt")]
    if exceptions:
        raise RuntimeError(f"sanity tests are to pass without exceptions: {', '.join(exceptions)}")
    _prepare_home()
    command = ("ansible-test", "sanity", "--venv", "--color", "no", "--python", PYTHON)
    try:
        answer = run(*command, cwd=_copy(), environment={"HOME": str(HOME), "PYTHONPATH": ""})
    except RuntimeError as error:
        # Between pages of what pip has installed
        found = [line for line in str(error).splitlines() if line.startswith(("ERROR", "FATAL"))]
        raise RuntimeError("\n".join(found) or str(error)) from None
    return "\n".join(f"not run: {reason}" for reason in sorted(set(re.findall(r"WARNING: (?:Skipping )(.*)", answer))))


def _prepare_home() -> None:
    """A home for ansible-test, with what it would get from the internet, and with pip's settings of this account."""
    cache_directory = HOME / ".ansible/test/cache"
    cache_directory.mkdir(parents=True, exist_ok=True)
    package = find_spec("ansible_test._internal")
    assert package and package.origin
    source = Path(package.origin).with_name("python_requirements.py").read_text(encoding="utf-8")
    for version in set(re.findall(r"pip='([\d.]+)'", source)):
        (cache_directory / f"get_pip_{version.replace('.', '_')}.py").write_text(_GET_PIP, encoding="utf-8")
    settings = Path.home() / ".config/pip"
    (HOME / ".config").mkdir(exist_ok=True)
    if settings.exists() and not (HOME / ".config/pip").exists():
        (HOME / ".config/pip").symlink_to(settings)


GATES: dict[str, Callable[[], str]] = {
    "reuse": reuse,
    "changelog": changelog,
    "docs": docs,
    "ansible-lint": ansible_lint,
    "galaxy-importer": galaxy_importer,
    "sanity": sanity,
}


def main(names: list[str]) -> int:
    """Run gates; 1 if one does not let the collection pass."""
    failed = 0
    for name in names or GATES:
        start = monotonic()
        try:
            said, verdict = GATES[name](), "passed"
        except RuntimeError as error:
            said, verdict = str(error), "FAILED"
            failed = 1
        print(f"{name:16} {verdict} in {monotonic() - start:.0f} s", flush=True)
        if said and (verdict == "FAILED" or name in ("galaxy-importer", "sanity")):
            print("\n".join(f"  {line}" for line in said.rstrip().splitlines()), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
