# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an endpoint of the internet is like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, get_args

Connection = Literal["accepted", "timed_out", "stalled", "refused", "reset", "unknown_host"]
"""What comes of connecting: an answer, no answer to TCP, none to TLS, a refusal, the end of it in the handshake, or its
name cannot be resolved."""
Certificate = Literal["valid", "expired", "wrong_name", "self_signed"]
TlsVersion = Literal["1.0", "1.1", "1.2", "1.3"]

_VERSIONS: tuple[TlsVersion, ...] = get_args(TlsVersion)


@dataclass(frozen=True)
class Endpoint:
    """The settings of one host, by default those of a healthy one. A wrong one is a ValueError."""

    status: int = HTTPStatus.OK
    """What every request is answered with."""
    root: str = "DigiCert Global Root G2"
    """Common name of the root that its certificate leads to."""
    certificate: Certificate = "valid"
    tls: str = "1.2-1.3"
    """The versions of TLS that it speaks: the lowest and the highest, or the only one."""
    connection: Connection = "accepted"
    intercepted_by: str = ""
    """Common name of an authority on the way that shows a certificate of its own instead."""

    def __post_init__(self) -> None:
        if not isinstance(self.status, int) or not HTTPStatus.OK <= self.status < 600:
            raise ValueError(f"the status of an endpoint must be a number from 200 to 599, not {self.status!r}")
        if not isinstance(self.root, str) or not self.root:
            raise ValueError(f"the root of an endpoint must be the name of a certificate, not {self.root!r}")
        if not isinstance(self.intercepted_by, str):
            raise ValueError(f"an endpoint is intercepted by an authority of some name, not by {self.intercepted_by!r}")
        _check("certificate", self.certificate, get_args(Certificate))
        _check("connection", self.connection, get_args(Connection))
        lowest, highest = self.tls_versions
        if _VERSIONS.index(lowest) > _VERSIONS.index(highest):
            raise ValueError(f"the lowest version of TLS comes first, unlike in {self.tls!r}")

    @property
    def tls_versions(self) -> tuple[TlsVersion, TlsVersion]:
        """The lowest and the highest."""
        lowest, separator, highest = str(self.tls).partition("-")
        found: dict[str, TlsVersion] = {version: version for version in _VERSIONS}
        if lowest not in found or (separator and highest not in found):
            raise ValueError(f"an endpoint speaks versions of TLS like '1.2' or '1.0-1.3', not {self.tls!r}")
        return found[lowest], found[highest if separator else lowest]


def _check(name: str, value: object, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"the {name} of an endpoint must be one of {', '.join(allowed)}, not {value!r}")
