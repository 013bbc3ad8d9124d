# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage data of a hierarchy in a cabinet, and what the cloud gives for it.

Documented: in the cabinet is a text file that is named with the version of the site; whoever has usage data of several
hierarchies imports only what is for the one that he is at. How the hierarchy is named, in the cabinet and in what the cloud
answers, is made up, as is the rest.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from dataclasses import dataclass

from .cabinets import NoCabinetError, pack, unpack
from .releases import numbers

_DATA = "Telemetry.csv"
_HEADER = ("Id", "Value")
_SUPPORT_ID = "SupportId"
_VERSION_FILE = re.compile(r"(\d+(?:\.\d+){3})\.txt", re.IGNORECASE)


@dataclass(frozen=True)
class UsageData:
    """What a hierarchy says of itself."""

    support_id: str
    """A hash that stands for the hierarchy."""
    site_version: str
    values: tuple[tuple[str, str], ...]

    def table(self) -> str:
        """All of it as CSV."""
        text = io.StringIO()
        csv.writer(text).writerows([_HEADER, (_SUPPORT_ID, self.support_id), *self.values])
        return text.getvalue()

    def cabinet(self) -> bytes:
        return pack({f"{self.site_version}.txt": self.site_version.encode(), _DATA: self.table().encode()})


def read_usage_data(cabinet: bytes) -> UsageData:
    """What is in a cabinet of usage data. `NoCabinetError` if it is none."""
    files = unpack(cabinet)
    versions = [match[1] for match in map(_VERSION_FILE.fullmatch, files) if match]
    if len(versions) != 1 or _DATA not in files:
        raise NoCabinetError("there is no usage data in it")
    numbers(versions[0])
    header, *rows = [tuple(row) for row in csv.reader(io.StringIO(files[_DATA].decode()))]
    values = {row[0]: row[1] for row in rows}
    if header != _HEADER or _SUPPORT_ID not in values:
        raise NoCabinetError("its usage data names no hierarchy")
    return UsageData(values.pop(_SUPPORT_ID), versions[0], tuple(values.items()))


def receipt(support_id: str) -> bytes:
    """What the cloud answers to usage data of a hierarchy: a line that stands for it."""
    return base64.b64encode(f"SupportId={support_id}".encode()) + b"\r\n"


def read_receipts(lines: bytes) -> set[str]:
    """The hierarchies that several such lines stand for."""
    try:
        texts = [base64.b64decode(line, validate=True).decode() for line in lines.split()]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NoCabinetError(f"it is no answer of the cloud: {error}") from error
    return {text.removeprefix("SupportId=") for text in texts}
