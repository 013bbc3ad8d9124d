# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos on the client's side: what it needs on this computer, and tickets in a cache of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL
from time import sleep, time

import pytest
from lab.kerberos.realm import PROGRAMS, SYSTEM_DIRECTORIES, KerberosRealm

_PATH = f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_DIRECTORIES}"
MISSING = [program for program in (*PROGRAMS, "kinit", "klist") if shutil.which(program, path=_PATH) is None] + [
    f"the Python package {package}"
    for module, package in {"kerberos": "pykerberos", "gssapi": "gssapi", "krb5": "krb5"}.items()
    if find_spec(module) is None
]
"""What Kerberos needs and this computer does not have."""

needs_kerberos = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed")
"""Marks what cannot run without a key distribution center and the libraries of its clients."""


class Tickets:
    """A cache of tickets; what runs with `environment` uses it."""

    def __init__(self, realm: KerberosRealm, cache: Path) -> None:
        self._cache = cache
        self.environment = {"KRB5_CONFIG": str(realm.configuration_file), "KRB5CCNAME": f"FILE:{cache}"}

    def use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have this process use it."""
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)

    def get(self, user: str, password: str, *options: str) -> None:
        """Log on to the realm, with options of kinit."""
        environment = {**os.environ, **self.environment}
        subprocess.run(["kinit", *options, user], input=f"{password}\n", env=environment, stdout=DEVNULL, text=True, check=True)

    def wait_until_expired(self) -> None:
        """Wait for the end of their time, and of the second in which it is: in that, some of Kerberos still takes them."""
        environment = {**os.environ, **self.environment}
        while subprocess.run(["klist", "-s"], env=environment, check=False).returncode == 0:
            sleep(0.05)  # Nothing tells of it
        expired = int(time())
        while int(time()) == expired:
            sleep(0.05)
