# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What an attempt to connect to an endpoint means: whether there is a connection, and why not (``failures.yml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..._windows.https_attempts import Attempt, Certificate
from ..data_files import read_data_file
from .features import Endpoint

VERDICTS = ("critical", "warning", "passed")
"""The worst first."""
PROXY_LOG_ON = "proxy_authentication"
"""The problem of a proxy that wants to know who asks."""

# Exit codes of curl.
_PROXY_NOT_RESOLVED, _NOT_RESOLVED, _NOT_CONNECTED, _TIMED_OUT = 5, 6, 7, 28
_TLS = frozenset({35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 83, 90, 91})
_RESET = re.compile(r"reset by peer|was reset|unexpected eof|SSL_ERROR_SYSCALL|failed to receive handshake", re.IGNORECASE)
"""How curl says that the other side hung up in the middle of TLS, on Windows and elsewhere."""

_HANGS_UP = frozenset({52, 55, 56, 97})
_RESOLVING = re.compile(r"resolving timed out", re.IGNORECASE)
_UNAUTHORIZED, _PROXY_AUTHENTICATION = 401, 407
_OK = 200


@dataclass(frozen=True)
class Tls:
    """What was seen of TLS."""

    version: str = ""
    """The version that was spoken; empty where none was."""
    is_verified: bool = False
    """Whether the server trusts the certificate."""
    certificate: Certificate | None = None
    root: str = ""
    """The root that the certificate leads to."""


@dataclass(frozen=True)
class Finding:
    """An endpoint, how far a connection to it came, and what to make of that."""

    endpoint: Endpoint
    attempt: Attempt
    tls: Tls
    problem: str
    """One of `problems`; empty where there is a connection."""
    intercepted_by: str = ""
    """Who has issued the certificate, where that is nobody who issues those of Microsoft's endpoints."""

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection to the endpoint, whatever it has answered."""
        return not self.problem

    @property
    def verdict(self) -> str:
        """``passed``, or ``critical`` or ``warning`` for a failure of an endpoint that is critical or not."""
        if self.is_connected:
            return "passed"
        return "critical" if self.endpoint.is_critical else "warning"

    @property
    def reason(self) -> str:
        """Why there is no connection, in a sentence; empty where there is one."""
        if not self.problem:
            return ""
        status = statuses().get(self.status)
        if self.problem == "status" and status:
            return f"HTTP {self.status}, {status['meaning']}: {status['reason']}"
        words = str(problems()[self.problem]["reason"])
        if self.problem == PROXY_LOG_ON and status:
            return f"HTTP {self.status}, {status['meaning']}: {status['reason']}; {words}"
        if self.problem == "proxy_refuses" and self.attempt.proxy_status:
            words = f"{words} (HTTP {self.attempt.proxy_status})"
        if self.problem == "untrusted" and self.tls.root:
            words = f"{words}: {self.tls.root}"
        return f"{words} (issued by {self.intercepted_by})" if self.problem == "intercepted" else words

    @property
    def remedy(self) -> str:
        """What to do about it; empty where there is a connection."""
        return str(problems()[self.problem]["remedy"]) if self.problem else ""

    @property
    def status(self) -> int:
        """What was answered, by the proxy where it does not connect; 0 for nothing."""
        refused_by_proxy = self.attempt.proxy_status not in (0, _OK) and self.attempt.exit_code != _TIMED_OUT
        return self.attempt.proxy_status if refused_by_proxy else self.attempt.status


@cache
def _failures() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = read_data_file(__file__, "failures.yml")
    return loaded


def statuses() -> Mapping[int, Mapping[str, str]]:
    """The HTTP statuses that count as failures, each with its meaning and possible reason."""
    found: Mapping[int, Mapping[str, str]] = _failures()["statuses"]
    return found


def problems() -> Mapping[str, Mapping[str, str]]:
    """Every problem, with its reason and remedy."""
    found: Mapping[str, Mapping[str, str]] = _failures()["problems"]
    return found


def message_id(verdict: str) -> int:
    """The status message of SMS_SERVICE_CONNECTOR that corresponds to a verdict."""
    return int(_failures()["messages"][verdict])


def needs_a_closer_look(attempt: Attempt) -> bool:
    """Whether TLS has failed, so that the certificate and the versions of TLS are worth another attempt."""
    return attempt.exit_code in _TLS


def judge(endpoint: Endpoint, attempt: Attempt, has_proxy: bool, closer: Tls | None = None) -> Finding:
    """What an attempt with TLS 1.2 means; ``closer`` is what was seen by accepting whatever certificate there is."""
    tls = Tls("1.2", True, attempt.certificate, attempt.root) if attempt.seconds_to_tls > 0 else closer or Tls()
    # Who issues the certificates of an endpoint that somebody has given is not known.
    intercepted_by = _foreign_issuer(tls.certificate) if endpoint.features else ""
    return Finding(endpoint, attempt, tls, _problem(attempt, has_proxy, tls, intercepted_by), intercepted_by)


def _problem(attempt: Attempt, has_proxy: bool, tls: Tls, intercepted_by: str) -> str:
    if attempt.exit_code == _TIMED_OUT:
        # What the proxy has answered may be left over from before a log-on
        return _timeout(attempt, has_proxy)
    wants_log_on = attempt.status == _PROXY_AUTHENTICATION or attempt.proxy_status in (_UNAUTHORIZED, _PROXY_AUTHENTICATION)
    if has_proxy and wants_log_on:
        return PROXY_LOG_ON
    if attempt.proxy_status not in (0, _OK):
        return "status" if attempt.proxy_status in statuses() else "proxy_refuses"
    if attempt.status in statuses():
        return "status"
    if attempt.status:
        return ""
    if attempt.seconds_to_tls > 0:
        return "no_answer"
    if attempt.exit_code in _TLS:
        return _tls_problem(attempt, tls, intercepted_by)
    if attempt.exit_code == _NOT_CONNECTED:
        return "proxy_unreachable" if has_proxy else "refused"
    if attempt.exit_code in _HANGS_UP and has_proxy:
        return "proxy_hangs_up"
    return {_PROXY_NOT_RESOLVED: "proxy_unknown_host", _NOT_RESOLVED: "unknown_host"}.get(attempt.exit_code, "other")


def _timeout(attempt: Attempt, has_proxy: bool) -> str:
    if _RESOLVING.search(attempt.error):
        return "proxy_unknown_host" if has_proxy else "unknown_host"
    if not has_proxy:
        return "timeout"
    return "proxy_timeout" if attempt.is_connected else "proxy_unreachable"


def _tls_problem(attempt: Attempt, tls: Tls, intercepted_by: str) -> str:
    words = _failures()["certificate_errors"]
    found = next((problem for problem, texts in words.items() if _has_any(attempt.error, texts)), "")
    if intercepted_by and found:
        return "intercepted"
    if found:
        return str(found)
    if tls.version not in ("", "1.2"):
        return "tls_version"
    return "cut_off" if _RESET.search(attempt.error) else "tls"


def _has_any(error: str, texts: Sequence[str]) -> bool:
    return any(text.casefold() in error.casefold() for text in texts)


def _foreign_issuer(certificate: Certificate | None) -> str:
    """Who has issued a certificate, if that is none of those who issue Microsoft's."""
    if certificate is None:
        return ""
    known = "|".join(re.escape(name) for name in _failures()["issuers"])
    is_known = re.search(rf'(?:^|[,/]\s*)O\s*=\s*"?(?:{known})"?\s*(?:[,/]|$)', certificate.issuer, re.IGNORECASE)
    return "" if is_known else certificate.issuer
