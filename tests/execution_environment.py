# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes what an execution environment has, as far as that goes without containers, and runs a playbook in it.

``make execution-environment`` runs it with the Python of tests/gates-requirements.txt. ansible-builder reads the metadata of
the collection, as it is installed and stripped; what it makes of that is installed into an empty virtual environment; and
ansible-runner runs the playbook there, as Automation Controller and ansible-navigator do, against the lab.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

from collection_copies import ROOT, build, copy_to, install_stripped, only, run

DIRECTORY = ROOT / ".build/execution-environment"
COLLECTIONS = DIRECTORY / "collections"
ENVIRONMENT = ROOT / f".venv/execution-environment-py{sys.version_info.major}.{sys.version_info.minor}"
LOADED = "winrm, kerberos, requests_credssp, requests_ntlm, pypsrp, gssapi, krb5, jmespath, smbclient, ldap3"
"""What the collection and the connections load, for all that they can do."""
CONNECTIONS: dict[str, dict[str, str]] = {
    "winrm": {},
    "psrp": {
        "ansible_connection": "psrp",
        "ansible_psrp_protocol": "https",
        "ansible_psrp_auth": "ntlm",
        "ansible_psrp_ca_cert": "{{ ansible_winrm_ca_trust_path }}",
    },
}


def system_packages(bindep: Path) -> None:
    """Say which system packages are missing here, of those that ansible-builder would install."""
    for profile in ("compile", ""):
        # It ends with 1 where some are missing
        command = (str(Path(sys.executable).with_name("bindep")), "-b", "-f", str(bindep), *filter(None, [profile]))
        missing = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
        if missing:
            names = ", ".join(missing)
            raise SystemExit(f"not run: install the system packages {names} before (make test does, as root on Debian)")


def python_packages(requirements: Path) -> None:
    """Install Python packages into an empty virtual environment, with what every execution environment has."""
    wanted = requirements.read_text(encoding="utf-8")
    made = ENVIRONMENT / ".installed"
    if not made.exists() or made.read_text(encoding="utf-8") != wanted:
        print(f"Installing what it asks for in {ENVIRONMENT.relative_to(ROOT)} (a minute or two) ...", flush=True)
        rmtree(ENVIRONMENT, ignore_errors=True)
        run(sys.executable, "-m", "venv", str(ENVIRONMENT))
        pip = (str(ENVIRONMENT / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
        # What is built need not be fast, and so is not for pip to keep
        packages = ("--no-cache-dir", "-r", str(requirements), "ansible-core", "ansible-runner")
        run(*pip, *packages, environment={"CFLAGS": "-O0 -g0"})
        made.write_text(wanted, encoding="utf-8")
    run(str(ENVIRONMENT / "bin/python"), "-c", f"import {LOADED}", cwd=DIRECTORY, environment={"PYTHONPATH": ""})


def play() -> None:
    """Run the playbook ``check`` over each connection, in a lab that this program is started by."""
    for connection, variables in CONNECTIONS.items():
        private = DIRECTORY / f"runner-{connection}"
        rmtree(private, ignore_errors=True)
        private.mkdir(parents=True)
        # What ansible-runner calls env/extravars, where Automation Controller puts variables, too
        (private / "env").mkdir()
        (private / "env/extravars").write_text(json.dumps(variables), encoding="utf-8")
        command = (str(ENVIRONMENT / "bin/ansible-runner"), "run", str(private), "--playbook", "configmgr.site.check")
        path = f"{ENVIRONMENT / 'bin'}:{os.environ['PATH']}"
        environment = {**only(COLLECTIONS), "PATH": path, "ANSIBLE_HOME": str(private), "ANSIBLE_NOCOLOR": "1"}
        said = run(*command, "--inventory", os.environ["ANSIBLE_INVENTORY"], cwd=private, environment=environment)
        if "nothing is wrong" not in said:
            raise SystemExit(f"The playbook did not end as it should:\n{said}")
        print(f"configmgr.site.check over {connection}: nothing is wrong", flush=True)


def make() -> None:
    """Make what can be made without containers."""
    rmtree(DIRECTORY, ignore_errors=True)
    install_stripped(build(copy_to(DIRECTORY / "clone"), DIRECTORY), COLLECTIONS)
    requirements, bindep = DIRECTORY / "requirements.txt", DIRECTORY / "bindep.txt"
    run("ansible-builder", "introspect", str(COLLECTIONS), "--write-pip", str(requirements), "--write-bindep", str(bindep))
    system_packages(bindep)
    python_packages(requirements)


if __name__ == "__main__":
    play() if sys.argv[1:] == ["play"] else make()
