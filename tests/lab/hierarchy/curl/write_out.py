# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What curl writes out after each transfer, from a text with variables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

EVERYTHING = "%{json}\\n"
"""Has the real curl write out all that it knows of a transfer, on one line."""

_SINCE = {
    "urlnum": (7, 75),
    "exitcode": (7, 75),
    "errormsg": (7, 75),
    "certs": (7, 88),
    "num_certs": (7, 88),
}
"""The version that a variable came with, where a Windows server may have an older one."""
_THREE_DIGITS = ("http_code", "http_connect", "response_code")
_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "%%": "%"}
_PART = re.compile(r"%\{([^}]*)\}|%%|\\[nrt]")


@dataclass(frozen=True)
class Transfer:
    """What curl knows of one transfer: the variables by their names, as they are written out."""

    values: Mapping[str, str]

    @property
    def number(self) -> int:
        """Which of the URLs it was, from 0."""
        return int(self.values["urlnum"])

    @property
    def exit_code(self) -> int:
        return int(self.values["exitcode"])

    @property
    def error(self) -> str:
        return self.values["errormsg"]

    def but(self, **values: str) -> Transfer:
        """The same with other values."""
        return replace(self, values={**self.values, **values})


def read_transfer(line: str) -> Transfer:
    """What `EVERYTHING` has become. ValueError if this is something else."""
    values = json.loads(line, parse_int=str, parse_float=str)
    shown = {name: "" if value is None else str(value) for name, value in values.items()}
    if not _SINCE.keys() <= shown.keys():
        raise ValueError("the curl of this computer is older than 7.88, so it tells too little")
    return Transfer({name: value.zfill(3) if name in _THREE_DIGITS else value for name, value in shown.items()})


def write_out(text: str, transfer: Transfer, version: tuple[int, ...]) -> tuple[str, str]:
    """What a curl of this version writes out, and what it complains of."""
    complaints = []

    def written(part: re.Match[str]) -> str:
        name = part[1]
        if name is None:
            return _ESCAPES[part[0]]
        if name not in transfer.values or version < _SINCE.get(name, ()):
            complaints.append(f"curl: unknown --write-out variable: '{name}'\r\n")
            return ""
        return transfer.values[name]

    return _PART.sub(written, text), "".join(complaints)
