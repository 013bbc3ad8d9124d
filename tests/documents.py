# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of documents that commands write, each between two lines that say so, and rows of their tables.

It needs nothing but Python itself, as `ansible_versions` runs without a virtual environment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """What stands in a document between two lines."""

    document: Path
    begin: str
    end: str

    def read(self) -> str:
        """What stands there; nothing if there is no such part."""
        return between(self.document.read_text(encoding="utf-8"), self.begin, self.end)

    def write(self, content: str) -> None:
        """Put something in its place. ValueError if the document has no such part."""
        text = put_between(self.document.read_text(encoding="utf-8"), self.begin, self.end, content)
        self.document.write_text(text, encoding="utf-8")


def between(text: str, begin: str, end: str) -> str:
    """What stands between two lines of a text; nothing if it does not have them."""
    return text.partition(begin)[2].partition(end)[0]


def put_between(text: str, begin: str, end: str, content: str) -> str:
    """The text with something else between two of its lines, with an empty line on both sides. ValueError without them."""
    before, marker, rest = text.partition(begin)
    _replaced, other_marker, after = rest.partition(end)
    if not marker or not other_marker:
        raise ValueError(f"there is no place between {begin.strip()!r} and {end.strip()!r}")
    return f"{before}{begin}\n{content.strip()}\n\n{end}{after}"


def list_table_row(cells: Sequence[str]) -> list[str]:
    """The lines of a row of reStructuredText's ``list-table``."""
    return [f"   {'*' if number == 0 else ' '} - {cell}".rstrip() for number, cell in enumerate(cells)]
