# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""A limit for the size of answers, which the HTTP library would read into memory whatever they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .envelopes import MAX_ENVELOPE_SIZE
from .errors import UndecodableAnswer

if TYPE_CHECKING:
    import requests

LARGEST_ANSWER = 8 * MAX_ENVELOPE_SIZE
"""Bytes. Far more than what an envelope of the greatest size can be, encoded and encrypted in whichever way."""


def limit_answers(session: requests.Session) -> None:
    """Have a session raise `UndecodableAnswer` for answers that are larger than `LARGEST_ANSWER`, before it has read them."""
    adapters: Iterable[Any] = session.adapters.values()
    for adapter in adapters:
        if not getattr(adapter.build_response, "is_limited", False):
            adapter.build_response = _limited(adapter.build_response)


def _limited(build_response: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """``build_response`` of an HTTP adapter; its second argument is what urllib3 is about to read the body from."""

    def build(request: Any, answer: Any) -> Any:
        announced = answer.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > LARGEST_ANSWER:
            answer.close()
            raise _too_large()
        answer.stream = _counted(answer.stream)
        return build_response(request, answer)

    build.is_limited = True  # type: ignore[attr-defined]
    return build


def _counted(stream: Callable[..., Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
    def counted(*arguments: Any, **options: Any) -> Iterator[bytes]:
        size = 0
        for chunk in stream(*arguments, **options):
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise _too_large()
            yield chunk

    return counted


def _too_large() -> UndecodableAnswer:
    return UndecodableAnswer(
        f"the answer is larger than {LARGEST_ANSWER} bytes, though {MAX_ENVELOPE_SIZE} at the most were asked for"
    )
