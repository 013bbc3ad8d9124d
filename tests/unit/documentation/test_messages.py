# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page with all messages is what the code says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from messages.page import PAGE, page
from messages.sentences import ERRORS, Sources


def test_the_page_is_what_make_messages_would_write() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make messages"


@pytest.mark.parametrize(
    "message",
    [
        "This server has no SMS Provider",  # a sentence in one piece
        "dmpdownloader.log says: <outcome>",  # with a constant of another file
        "is on record, but did not start to work within <seconds> s",  # what is waited for, as a caller names it
        "pip install <pywinrm or pypsrp>",  # a choice
        "but its components were not removed",
        "The inventory has no host <provider>",  # of a playbook
        "There is no variable <unknown variables>",  # of a role
        "HTTP status 407",  # of a data file
        "there is no ticket of the account",
        "(local_administrator)",
    ],
)
def test_a_message_stands_on_the_page(message: str) -> None:
    assert message in PAGE.read_text(encoding="utf-8")


def test_every_exception_with_a_sentence_is_looked_for() -> None:
    plugins = Path(__file__).parents[3] / "plugins"
    named = {
        node.name
        for path in plugins.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and re.search("Error|Exception|Refusal", " ".join(map(ast.unparse, node.bases)))
    }
    # What is never raised by itself, is raised by what the server says, or is told to nobody
    silent = {"AnswerTimedOut", "CertificateNotTrusted", "ConnectionLost", "DecodingError", "DependentsRun", "Overtaken"}
    assert named - silent - ERRORS <= {"WsmanError", "WsmanFault"}


def test_what_is_filled_in_is_shown_by_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "action").mkdir()
    (tmp_path / "action/one.py").write_text(
        'WHERE = "here"\n'
        "def go(point, names):\n"
        "    raise SiteError(f\"It is {WHERE}, on {point.server!r} with {len(names)}: {', '.join(names)}.\"\n"
        "                    f\" Wait{'' if point else ' a while'}.\")\n"
    )
    (found,) = Sources(tmp_path).sentences()
    assert found.text.startswith("It is here, on <server> with <number of names>: <names>. Wait")
