# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, as they are printed and as they stand in the guide about speed, each between markers of its own."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from documents import between, put_between

from .running import ROOT

PAGE = ROOT / "docs/docsite/rst/speed.rst"
_LIBRARIES = ("ansible-core", "pywinrm", "requests", "requests-ntlm")


@dataclass(frozen=True)
class Table:
    """A table of the guide; no cell is empty or has two spaces in it."""

    name: str
    """That of its markers."""
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    notes: Sequence[str] = ()
    """Sentences below it."""

    def __str__(self) -> str:
        """A simple table of reStructuredText, which can be read in a terminal, too."""
        lines = [self.head, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rule = "  ".join("=" * width for width in widths)
        head, *rows = (_line(cells, widths) for cells in lines)
        return "\n".join([rule, head, rule, *rows, rule])

    def publish(self) -> None:
        """Print it, and write it into the guide in the place of the one that is there."""
        notes = "\n".join(f"- {note}" for note in self.notes)
        print(f"{self}\n\n{notes}\n" if notes else f"{self}\n")
        PAGE.write_text(self.put_into(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

    def put_into(self, text: str) -> str:
        """A guide with this table, its notes and what its times depend on in the place of what is there."""
        parts = (str(self), "\n".join(f"- {note}" for note in self.notes), machine())
        try:
            return put_between(text, *_markers(self.name), "\n\n".join(filter(None, parts)))
        except ValueError as error:
            raise ValueError(f"the guide has no place for the table {self.name}: {error}") from None


def committed(name: str) -> dict[str, list[str]]:
    """The cells of a table in the guide."""
    return cells(PAGE.read_text(encoding="utf-8"), name)


def cells(text: str, name: str) -> dict[str, list[str]]:
    """The cells of a table in a guide, by those of the first column, which are left out."""
    body = re.split(r"^=[= ]*$", between(text, *_markers(name)), flags=re.MULTILINE)[2]
    rows = (re.split(r" {2,}", line.strip()) for line in body.strip().splitlines())
    return {first: others for first, *others in rows}


def machine() -> str:
    """What the times of a table depend on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"Measured on {os.cpu_count()} processors ({platform.system()}, {platform.machine()}), which the lab has its share of, "
        f"with Python {platform.python_version()}, {libraries}."
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def _markers(name: str) -> tuple[str, str]:
    return f".. Written by make bench: {name}\n", f".. End of what make bench has written: {name}\n"
