# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Writing to the SMS Provider: once, read back after a lost reply, and explained where it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from .._wsman.errors import WsmanError, WsmanFault
from .errors import Refusal, SiteError
from .provider import SiteProvider

Outcome = TypeVar("Outcome")

_ATTEMPTS = 3
RIGHTS = (
    "The account needs a security role in Configuration Manager that may change sites, such as Full Administrator or "
    "Infrastructure Administrator."
)


class Overtaken(Exception):
    """Somebody else changed the same thing after it was planned on, and nothing was written: plan anew."""


def plan_anew_when_overtaken(what: str, run: Callable[[], Outcome]) -> Outcome:
    """Run again what somebody else was faster than, a few times. `Refusal` where that goes on; nothing was written then."""
    for _attempt in range(_ATTEMPTS):
        try:
            return run()
        except Overtaken:
            continue
    raise Refusal(
        f"Somebody else changed {what} {_ATTEMPTS} times while this task ran, so nothing was written. Find out who, and run "
        "the task again."
    )


def write_once(write: Callable[[], None], is_done: Callable[[], bool], means_overtaken: frozenset[int]) -> None:
    """Write once. Where the reply is lost, read back whether it ``is_done`` before writing again.

    A fault out of ``means_overtaken`` says that somebody else was faster, which raises `Overtaken`; after a lost reply, that
    it was our own write.
    """
    try:
        return write()
    except WsmanFault as fault:
        if fault.code in means_overtaken:
            raise Overtaken from fault
        if not fault.reply_lost:
            raise
    except WsmanError as error:
        if not error.reply_lost:
            raise
    if is_done():
        return None
    try:
        return write()
    except WsmanFault as fault:
        if fault.code not in means_overtaken:
            raise
        return None


@contextmanager
def attempt(provider: SiteProvider, what: str) -> Iterator[None]:
    """Around a write: `SiteError` says what was tried when the provider refuses it."""
    try:
        yield
    except WsmanFault as fault:
        advice = "SMSProv.log on the server with the SMS Provider has more."
        if fault.is_access_denied:
            advice = RIGHTS
        elif fault.is_temporary:
            advice = "Run the task again in a while."
        raise SiteError(f"{what} failed at the SMS Provider of site {provider.site_code}: {fault}. {advice}") from fault
