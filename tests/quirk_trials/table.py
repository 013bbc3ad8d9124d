# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what came of every behaviour, in the guide about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from documents import Part, list_table_row
from lab.quirks import known_quirks

from .operations import NAMES
from .trials import Result, Trial

GUIDE = Path(__file__).parents[2] / "docs/docsite/rst/unknown_behaviours.rst"
TABLES = Part(GUIDE, ".. Written by make quirks\n", ".. End of what make quirks has written\n")
_ROW = re.compile(r"^   \* -(?: ``(\w+)``)?.*\n     - ``(\w+)``$", re.MULTILINE)


class Sentences:
    """What modules say where they cannot do what is wanted, each once and with a number."""

    def __init__(self) -> None:
        self.all: list[str] = []

    def number(self, sentence: str) -> int:
        if sentence not in self.all:
            self.all.append(sentence)
        return self.all.index(sentence) + 1


def render(trials: Sequence[Trial], pairs: Sequence[Trial]) -> str:
    """The tables and the list of sentences."""
    sentences = Sentences()
    rows = list(_rows(trials, sentences))
    summary = list(_pairs(pairs, sentences))
    listed = [f"{number}. {sentence}" for number, sentence in enumerate(sentences.all, 1)]
    widths = "   :widths: 30 10 6 6 6 6 6 30"
    head = ["the fact that is not known", "value", *NAMES, "also tried with"]
    table = [".. list-table::", "   :header-rows: 1", widths, "", *list_table_row(head), *rows]
    return "\n".join([*table, "", *summary, "", "What modules say:", "", *listed, ""])


def _rows(trials: Iterable[Trial], sentences: Sentences) -> Iterable[str]:
    meanings = {quirk.name: quirk.meaning for quirk in known_quirks()}
    shown = ""
    for trial in trials:
        ((name, value),) = trial.behaviours.items()
        fact = "" if name == shown else f"``{name}``: {' '.join(meanings[name].split())}"
        shown = name
        cells = [_cell(trial.results.get(operation), sentences) for operation in NAMES]
        special = [f"{about}: {_cell(result, sentences)}" for about, result in trial.results.items() if about not in NAMES]
        yield from list_table_row([fact, f"``{value}``", *cells, "".join(special)])


def _cell(result: Result | None, sentences: Sentences) -> str:
    if result is None:
        return "not tried"
    match result.verdict:
        case "works":
            return "yes"
        case "the same":
            return "same"
        case "refused":
            return f"says why ({sentences.number(result.message)})"
    return f"**{result.verdict}**"


def _pairs(pairs: Sequence[Trial], sentences: Sentences) -> Iterable[str]:
    yield f"Any two values of any two of them, in {len(pairs)} combinations of values for all:"
    yield ""
    yield from [".. list-table::", "   :header-rows: 1", "", *list_table_row(["operation", "yes", "says why", "wrong"])]
    for name in NAMES:
        results = [trial.results[name] for trial in pairs if name in trial.results]
        refusals = [_in_lower_case(result.message) for result in results if result.verdict == "refused"]
        works = sum(result.verdict in ("works", "the same") for result in results)
        numbers = ", ".join(str(number) for number in sorted(map(sentences.number, set(refusals))))
        refused = f"{len(refusals)} ({numbers})" if refusals else "0"
        yield from list_table_row([name, str(works), refused, str(len(pairs) - works - len(refusals))])


def _in_lower_case(sentence: str) -> str:
    """With names of servers as they are by themselves, and not as a quirk writes them."""
    return re.sub(r"\b[A-Z0-9]+\.CORP\.EXAMPLE\b", lambda match: match[0].lower(), sentence)


def behaviours_in(text: str) -> list[tuple[str, str]]:
    """The quirks and values that a table has rows for."""
    found: list[tuple[str, str]] = []
    for name, value in _ROW.findall(text):
        found.append((name or found[-1][0], value))
    return found
