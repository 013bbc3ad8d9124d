# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host of the internet is asked for over HTTP, and what it answers. No content has to be in memory as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit


class Content(Protocol):
    """What can be sent, as a whole or from one byte to another."""

    @property
    def size(self) -> int: ...

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``end``, which does not belong to them."""


@dataclass(frozen=True)
class Text:
    """Content that is short."""

    data: bytes = b""

    @property
    def size(self) -> int:
        return len(self.data)

    def chunks(self, start: int, end: int) -> Iterator[bytes]:
        yield self.data[start:end]


@dataclass(frozen=True)
class Answer:
    """One answer to a request."""

    content: Content = Text()
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks_at: int | None = None
    """How many bytes of the content come before the connection breaks; None if it does not."""


@dataclass(frozen=True)
class WebRequest:
    """One request for something of a host."""

    method: str
    target: str
    """Path and query, as they come."""
    body: BufferedIOBase

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def query(self, name: str) -> str:
        """A value of the query, whose names ignore the letter case."""
        values = {key.lower(): value for key, value in parse_qsl(urlsplit(self.target).query)}
        return values.get(name.lower(), "")


Service = Callable[[WebRequest], Answer]
"""What a host does with requests. It is called by a thread for each connection."""


def redirection(url: str) -> Answer:
    return Answer(status=HTTPStatus.FOUND, headers={"Location": url})


def refusal(status: HTTPStatus) -> Answer:
    return Answer(Text(f"{status.value} {status.phrase}\n".encode()), status)
