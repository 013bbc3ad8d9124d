# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kerberos realm: MIT's key distribution center on a port of loopback, its database, and the keys of the servers."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from ..daemon import Daemon
from ..internet.listeners import Port
from ..sockets import LOOPBACK

PROGRAMS = ("kdb5_util", "kadmin.local", "krb5kdc")
SERVICES = ("HTTP", "WSMAN", "host")
"""What pywinrm, Ansible's psrp and pypsrp by itself ask for. In a Windows domain, all are names of the server's account."""

SYSTEM_DIRECTORIES = "/usr/sbin:/sbin:/usr/local/sbin"
"""Where the programs are; the PATH of people who are not root lacks these."""

_CLIENT_SETTINGS = """\
[libdefaults]
  default_realm = {realm}
  # Nothing but what stands here: no domain name service is asked for anything
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  # The key distribution center listens on TCP only
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = {host}:{port}
  }}
[domain_realm]
  .{domain} = {realm}
  {domain} = {realm}
"""
_SERVER_SETTINGS = """\
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = {host}:{port}
[realms]
  {realm} = {{
    database_name = {directory}/principal
    key_stash_file = {directory}/stash
    acl_file = {directory}/acl
    max_life = 10h
    max_renewable_life = 7d
    # Of an account of a Windows domain, a time stamp is wanted that only its password can have encrypted
    default_principal_flags = +preauth
    supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
  }}
[logging]
  kdc = FILE:{directory}/kdc.log
"""


class KerberosRealm:
    """Runs from its construction until `close`."""

    def __init__(self, domain: str, accounts: Mapping[str, str], servers: Iterable[str], directory: Path) -> None:
        """Passwords by the user names of the domain, and the names of its servers. RuntimeError if it cannot be started."""
        self.name = domain.upper()
        self._directory = directory
        directory.mkdir(mode=0o700, exist_ok=True)
        self._path = f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_DIRECTORIES}"
        programs = {program: shutil.which(program, path=self._path) for program in PROGRAMS}
        missing = [program for program, path in programs.items() if path is None]
        if missing:
            raise RuntimeError(f"{missing[0]} is not installed on this computer; the lab needs it to have Kerberos")
        self._programs = {program: str(path) for program, path in programs.items()}
        self.configuration_file = directory / "krb5.conf"
        """For clients: what the environment variable KRB5_CONFIG has to name."""
        with ExitStack() as undo:
            port = Port()
            undo.callback(port.close)
            self._write_settings(domain, port.address.port)
            self._run("kdb5_util", "create", "-s", "-r", self.name, "-P", secrets.token_urlsafe())
            self._fill(accounts, tuple(servers))
            command = [self._programs["krb5kdc"], "-n", "-r", self.name]
            undo.callback(Daemon(command, port.address, self._environment).close)
            self._undo = undo.pop_all()

    def keytab(self, server: str) -> Path:
        """The keys of a server, under each of its names."""
        return self._directory / f"{server}.keytab"

    def close(self) -> None:
        """End the process. Its files are the caller's to delete."""
        self._undo.close()

    def _write_settings(self, domain: str, port: int) -> None:
        names = {
            "realm": self.name,
            "domain": domain.lower(),
            "host": LOOPBACK,
            "port": port,
            "directory": self._directory,
        }
        self.configuration_file.write_text(_CLIENT_SETTINGS.format(**names))
        (self._directory / "kdc.conf").write_text(_SERVER_SETTINGS.format(**names))

    def _fill(self, accounts: Mapping[str, str], servers: tuple[str, ...]) -> None:
        commands = [f"addprinc -pw {_quoted(password)} {_quoted(name)}" for name, password in accounts.items()]
        for server in servers:
            for service in SERVICES:
                commands.append(f"addprinc -randkey {service}/{server}")
                commands.append(f"ktadd -q -k {_quoted(str(self.keytab(server)))} {service}/{server}")
        # On standard input, as everybody may read a command line
        errors = self._run("kadmin.local", "-r", self.name, commands="\n".join([*commands, "quit"]))
        for server in servers:
            if not self.keytab(server).exists():
                raise RuntimeError(f"kadmin.local made no keys for {server}: {errors}")

    def _run(self, program: str, *arguments: str, commands: str = "") -> str:
        process = subprocess.run(
            [self._programs[program], *arguments],
            input=commands,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if process.returncode:
            raise RuntimeError(f"{program} failed: {process.stderr.strip()}")
        return process.stderr.strip()

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": self._path,
            "KRB5_CONFIG": str(self.configuration_file),
            "KRB5_KDC_PROFILE": str(self._directory / "kdc.conf"),
            "LC_ALL": "C.UTF-8",
        }


def _quoted(text: str) -> str:
    """An argument for kadmin, whose quoting knows of one character only."""
    if "\n" in text:
        raise ValueError("kadmin takes no text with a line break")
    return '"{}"'.format(text.replace('"', '""'))
