# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can log on: accounts and their passwords, and the keys that a server's Kerberos tickets are opened with."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from spnego._ntlm_raw.crypto import ntowfv1  # the hash of a password, which pyspnego offers nowhere else


class Accounts:
    """The accounts of a lab and their passwords.

    pyspnego reads NTLM accounts from a file, so they are kept in one: with hashes, as in plain text, a password could have
    no colon.
    """

    def __init__(self, user_file: Path, keytab: Callable[[str], Path] | None = None) -> None:
        """``keytab`` names the file with the Kerberos keys of a server; without it, nobody can log on with Kerberos."""
        self._user_file = user_file
        self._keytab = keytab
        self._accounts: dict[str, tuple[str, str]] = {}
        self.attempts = 0
        """How often somebody has begun to log on. A domain locks an account after a few with a wrong password."""
        user_file.unlink(missing_ok=True)
        os.close(os.open(user_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    @property
    def has_kerberos(self) -> bool:
        return self._keytab is not None

    def add(self, domain: str, user: str, password: str, dns_domain: str = "") -> None:
        """Add an account: of a domain (also by its user principal name, with ``dns_domain``), or of a computer."""
        names = [f"{domain}\\{user}"]
        if dns_domain:
            names.append(f"{user}@{dns_domain}")
        password_hash = ntowfv1(password).hex()
        lines = [f"{name}:0:{'0' * 32}:{password_hash}:[U]:LCT-0" for name in names]
        if any(line.count(":") != 5 or len(line.splitlines()) != 1 for line in lines):
            raise ValueError(f"the name of {domain}\\{user} must be without colon and line break")
        for name in names:
            self._accounts[name.lower()] = (f"{domain}\\{user}", password)
        with self._user_file.open("a", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)

    def verify(self, name: str, password: str) -> str | None:
        """The account as ``DOMAIN\\user`` if the password is right."""
        account, right_password = self._accounts.get(name.lower(), (None, ""))
        return account if hmac.compare_digest(password.encode(), right_password.encode()) else None

    def canonical(self, name: str) -> str | None:
        """An account that has logged on, as ``DOMAIN\\user``; None for one that nobody knows."""
        return self._accounts.get(name.lower(), (None, ""))[0]

    _environment = Lock()

    @contextmanager
    def in_use(self, server: str) -> Iterator[None]:
        """Let pyspnego and Kerberos find these accounts, and the keys of a server.

        They look for the names of files in the environment, which all labs of a process share.
        """
        settings = {
            "NTLM_USER_FILE": str(self._user_file),
            # Not those of this computer, in any case
            "KRB5_KTNAME": f"FILE:{self._keytab(server) if self._keytab else os.devnull}",
            # Where it is noted which tickets have been shown already
            "KRB5RCACHEDIR": str(self._user_file.parent),
        }
        with self._environment:
            before = {name: os.environ.get(name) for name in settings}
            os.environ.update(settings)
            try:
                yield
            finally:
                for name, value in before.items():
                    if value is None:
                        del os.environ[name]
                    else:
                        os.environ[name] = value
