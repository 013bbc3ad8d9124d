# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Every endpoint tried from one server, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..._windows.errors import WindowsError
from ..._windows.https_attempts import HttpProxy, TlsVersion, try_urls
from ..._wsman.errors import WsmanError
from ..._wsman.shell import CommandShell
from ..errors import Refusal
from ..views import View
from .features import Endpoint, shown
from .judgement import VERDICTS, Finding, Tls, judge, message_id, needs_a_closer_look

FAIL_ON = ("critical", "warning", "never")
_VERSIONS: tuple[TlsVersion, ...] = ("1.2", "1.3", "1.1", "1.0")
"""In the order in which they are tried, until one is spoken."""
_CLOSER_LOOK = 3
"""Seconds; what has failed in TLS once fails fast again."""


@dataclass(frozen=True)
class InternetReport:
    """What was found, in the order of the endpoints."""

    findings: tuple[Finding, ...]
    proxy: HttpProxy | None

    @property
    def verdict(self) -> str:
        """The worst that was found."""
        found = {finding.verdict for finding in self.findings}
        return next((verdict for verdict in VERDICTS if verdict in found), "passed")

    @property
    def message_id(self) -> int:
        """The status message of SMS_SERVICE_CONNECTOR that corresponds to it."""
        return message_id(self.verdict)

    @property
    def summary(self) -> str:
        """The verdict in a sentence."""
        failed = [finding for finding in self.findings if not finding.is_connected]
        critical = sum(finding.endpoint.is_critical for finding in failed)
        total = f"{len(self.findings) - len(failed)} of {len(self.findings)} endpoints can be connected to"
        parts = [f"{total}, {self._way}"]
        if self.common_problem:
            parts.append(f"all for one reason: {self.common_problem}")
        elif failed:
            parts.append(f"of those that cannot, {critical} {'is' if critical == 1 else 'are'} critical")
        if interceptors := self.interceptors:
            parts.append(f"TLS is inspected, with certificates issued by {', '.join(interceptors)}")
        return "; ".join(parts)

    @property
    def common_problem(self) -> str:
        """Why nothing can be connected to, where that is one reason for all."""
        found = {finding.reason for finding in self.findings}
        return next(iter(found)) if len(found) == 1 and len(self.findings) > 1 else ""

    @property
    def interceptors(self) -> list[str]:
        """Who shows certificates of their own in the endpoints' place."""
        return sorted({finding.intercepted_by for finding in self.findings} - {""})

    @property
    def _way(self) -> str:
        return f"through the proxy {self.proxy.server}:{self.proxy.port}" if self.proxy else "without a proxy"

    @property
    def table(self) -> list[str]:
        """The endpoints as lines for people, the worst first; what all have in common is said once."""
        width = max((len(shown(finding.endpoint.url)) for finding in self.findings), default=8)
        lines = [f"{'verdict':<8}  {'endpoint':<{width}}  {'TLS':<4} {'HTTP':<4} {'s':>5}  why"]
        told: set[str] = set()
        for finding in sorted(self.findings, key=lambda finding: VERDICTS.index(finding.verdict)):
            http = str(finding.status) if finding.status else "-"
            lines.append(
                f"{finding.verdict:<8}  {shown(finding.endpoint.url):<{width}}  {finding.tls.version or '-':<4} {http:<4} "
                f"{finding.attempt.seconds:>5.1f}  {why(finding)}".rstrip()
            )
            if finding.remedy and finding.problem not in told:
                told.add(finding.problem)
                lines.append(f"{'':<8}  {'':<{width}}  -> {finding.remedy}")
        return lines

    def fails_on(self, worst: str) -> bool:
        """Whether the verdict is this bad, one of `FAIL_ON`, or worse."""
        return worst != "never" and VERDICTS.index(self.verdict) <= VERDICTS.index(worst)

    def failure(self) -> Refusal:
        """What is told then."""
        return Refusal(f"The server cannot reach what the role connects to: {self.summary}.\n" + "\n".join(self.table))


def explore(shell: CommandShell, endpoints: Sequence[Endpoint], *, timeout: int, proxy: HttpProxy | None) -> InternetReport:
    """Try every endpoint at once, and look closer at those where TLS has failed. Raises `WindowsError` and `WsmanError`."""
    attempts = try_urls(shell, [endpoint.url for endpoint in endpoints], timeout=timeout, proxy=proxy)
    unclear = [attempt.url for attempt in attempts if needs_a_closer_look(attempt)]
    closer = _look_closer(shell, unclear, timeout=min(timeout, _CLOSER_LOOK), proxy=proxy)
    return InternetReport(
        tuple(
            judge(endpoint, attempt, proxy is not None, closer.get(endpoint.url))
            for endpoint, attempt in zip(endpoints, attempts, strict=True)
        ),
        proxy,
    )


def _look_closer(shell: CommandShell, urls: Sequence[str], *, timeout: int, proxy: HttpProxy | None) -> dict[str, Tls]:
    """Which version of TLS is spoken, and whose certificate is shown, by accepting whatever there is."""
    seen: dict[str, Tls] = {}
    left = list(urls)
    for version in _VERSIONS:
        if not left:
            break
        try:
            attempts = try_urls(shell, left, timeout=timeout, proxy=proxy, version=version, is_verified=False)
        except (WindowsError, WsmanError):
            # That they have failed is known, which is worth more than why
            break
        spoken = [attempt for attempt in attempts if attempt.seconds_to_tls > 0]
        seen |= {attempt.url: Tls(version, False, attempt.certificate, attempt.root) for attempt in spoken}
        left = [attempt.url for attempt in attempts if needs_a_closer_look(attempt)]
    return seen


def why(finding: Finding) -> str:
    """Why there is no connection, or by whom it is inspected."""
    if finding.reason:
        return finding.reason
    return f"TLS is inspected: the certificate is issued by {finding.intercepted_by}" if finding.intercepted_by else ""


def view_finding(finding: Finding) -> View:
    """An endpoint as the module returns it."""
    endpoint, attempt, tls = finding.endpoint, finding.attempt, finding.tls
    return {
        "url": endpoint.url,
        "host": endpoint.host,
        "port": endpoint.port,
        "features": list(endpoint.features),
        "stands_for": list(endpoint.stands_for),
        "critical": endpoint.is_critical,
        "verdict": finding.verdict,
        "connected": finding.is_connected,
        "problem": finding.problem or None,
        "reason": finding.reason or None,
        "remedy": finding.remedy or None,
        "status": finding.status or None,
        "seconds": round(attempt.seconds, 3),
        "error": attempt.error or None,
        "tls": {
            "version": tls.version or None,
            "verified": tls.is_verified if tls.version else None,
            "subject": tls.certificate.subject if tls.certificate else None,
            "issuer": tls.certificate.issuer if tls.certificate else None,
            "root": tls.root or None,
        },
        "intercepted_by": finding.intercepted_by or None,
    }


def view_proxy(proxy: HttpProxy | None) -> View | None:
    """The proxy that everything was tried through."""
    return {"server": proxy.server, "port": proxy.port, "user": proxy.user or None} if proxy else None
