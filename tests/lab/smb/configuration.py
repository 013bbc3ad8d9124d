# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Samba has to be set up to look like one Windows server: its administrative shares, and who may use them.

Documented: every local drive is shared as its letter with a dollar sign, for administrators only, unless AutoShareServer is 0.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

OWNER = "labowner"
"""The user that Samba acts as, whoever has logged on: the one that runs the lab, whose files they are."""
_SPOOLSS_OFF = "load printers = no\nprinting = bsd\nprintcap name = /dev/null\ndisable spoolss = yes"


@dataclass(frozen=True)
class Share:
    """One drive as others see it; sizes in bytes."""

    letter: str
    folder: Path
    size: int
    free: int
    taken: int
    """What its files had when ``free`` was free."""


@dataclass(frozen=True)
class SharedServer:
    """What a server serves, and to whom, at the moment of a connection."""

    netbios_name: str
    netbios_domain: str
    shares: tuple[Share, ...]
    administrators: tuple[str, ...]
    """Names without domain: Samba knows one domain only."""


def configuration(server: SharedServer, directory: Path, free_space_programs: dict[str, Path]) -> str:
    """The text of smb.conf; what Samba keeps is in ``directory``. There is a program for each drive, by its letter.

    With several channels for a client, smbd would hand a new connection over to the process of an older one of the same
    client, which knows the server as it was then. Mutexes in its databases would stay locked by a process that is killed, as
    those of connections that are cut are; the kernel frees locks of files. Change notifications need a process that each smbd
    starts beside itself, and it refuses a share (NT_STATUS_NO_MEMORY) that is asked for before that is ready.
    """
    text = f"""\
[global]
server role = standalone server
netbios name = {server.netbios_name}
workgroup = {server.netbios_domain}
disable netbios = yes
host msdfs = no
server multi channel support = no
server min protocol = SMB2_10
passdb backend = tdbsam:{directory}/passdb.tdb
username map = {directory}/names
lock directory = {directory}
state directory = {directory}
cache directory = {directory}
private dir = {directory}
pid directory = {directory}
ncalrpc dir = {directory}/ncalrpc
log file = {directory}/log
rpc start on demand helpers = no
dbwrap_tdb_mutexes:* = no
change notify = no
{_SPOOLSS_OFF}
"""
    for share in server.shares:
        text += f"""
[{share.letter}$]
path = {share.folder}
read only = no
valid users = {" ".join(server.administrators) or OWNER}
force user = {OWNER}
dfree command = {free_space_programs[share.letter]}
dfree cache time = 0
"""
    return text


def free_space_program(share: Share) -> str:
    """A script that prints what Samba wants to know of a drive, in KiB: its size, and what is free now."""
    return f"""\
#!/bin/sh
find {shlex.quote(str(share.folder))} -type f -printf '%s\\n' 2>/dev/null | awk '
  {{ taken += $1 }}
  END {{ free = {share.free + share.taken} - taken; printf "%d %d\\n", {share.size} / 1024, (free > 0 ? free : 0) / 1024 }}'
"""


def users(names: Iterable[str], uid: int, gid: int) -> str:
    """A passwd file for users that this computer does not have: the owner of the files, and one for each account."""
    owner = [f"{OWNER}:x:{uid}:{gid}::/:/bin/false", "nobody:x:65534:65534::/:/bin/false"]
    return "\n".join([*owner, *(f"{name}:x:{number}:{gid}::/:/bin/false" for number, name in enumerate(names, 70000)), ""])


def groups(gid: int) -> str:
    """The group file to `users`."""
    return f"{OWNER}:x:{gid}:\nnogroup:x:65534:\n"


def names_with_domain(names: Iterable[str], dns_domain: str) -> str:
    """A file for Samba that lets accounts log on by their user principal name as well."""
    return "".join(f"{name} = {name}@{dns_domain}\n" for name in names)
