# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page itself, in reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.configmgr.site.plugins.plugin_utils._connection_variables import (
    ABOUT_CERTIFICATES,
    PSRP,
    WINRM,
    advice,
    certificate_advice,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import Reason

from .roles import sentences_of_roles
from .sentences import Sentence, Sources

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/docsite/rst/messages.rst"
_DATA = ROOT / "plugins/plugin_utils"
_HEAD = """\
..
  SPDX-FileCopyrightText: configmgr.site contributors
  SPDX-License-Identifier: GPL-3.0-or-later

.. This page is written by make messages, from the code and from tests/messages/more.yml. Do not edit it.

.. _ansible_collections.configmgr.site.docsite.messages:

Every message, and what to do
=============================

All sentences with which modules, roles and playbooks fail or warn, and below each what to do. To find one, search this page
for words of it that are not names of your own: these are shown as ``<what it is>``. The place to begin is
:ref:`ansible_collections.configmgr.site.docsite.troubleshooting`.

.. contents::
   :local:
   :depth: 1
"""


class Unexplained(Exception):
    """A message that the page would have no section or no remedy for."""


def page() -> str:
    """The whole page, as it should be."""
    more = _load(Path(__file__).with_name("more.yml"))
    sentences = [each for each in Sources(ROOT / "plugins").sentences() if not each.text.startswith(tuple(more["left_out"]))]
    options = [each for each in sentences if each.error == "ValueError"]
    others = [each for each in sentences if each.error != "ValueError"]
    parts = [_HEAD]
    seen: set[str] = set()
    for section in more["sections"]:
        mine = [each for each in others if each.path.startswith(tuple(section["files"]))]
        others = [each for each in others if each not in mine]
        entries = {}
        for sentence in mine:
            first, rest = _split(sentence.text)
            if first not in seen:
                entries[first] = _remedy(sentence, rest, more["remedies"])
        seen |= set(entries)
        parts.append(_section(section["title"], _terms(entries), section.get("text", "")))
    if others:
        raise Unexplained(f"tests/messages/more.yml has no section for {others[0]}")
    roles = dict(_split(text) for text in sentences_of_roles(ROOT))
    parts.append(_section("Roles and playbooks", _terms(roles), "What has nothing below it says what to do by itself."))
    parts.append(_section(more["options"]["title"], _option_lines(options), more["options"]["text"]))
    return "\n".join([*parts, *_tables()])


def _tables() -> list[str]:
    """What the files have that people may correct."""
    configmgr = _DATA / "_configmgr"
    internet = _load(configmgr / "internet/failures.yml")
    reached = {problem["reason"]: problem["remedy"] for problem in internet["problems"].values()}
    statuses = {
        f"HTTP status {status}: {each['meaning']}": f"It {each['reason']}. {internet['problems']['status']['remedy']}"
        if not each["reason"].startswith("some")
        else f"{each['reason'].capitalize()}. {internet['problems']['status']['remedy']}"
        for status, each in internet["statuses"].items()
    }
    checks = {
        f"{each['title']} ({name})": f"{each['remedy']} Source: {each['source']}."
        for name, each in _load(configmgr / "prerequisites/catalogue.yml").items()
    }
    probes = {f"{each['title']} ({name})": each["remedy"] for name, each in _load(_DATA / "_probes/probes.yml").items()}
    findings = {
        each["title"]: f"{each['severity'].capitalize()}. {each['remedy'] or 'What to do stands with what was found.'}"
        for each in _load(configmgr / "health/findings.yml").values()
    }
    tool = {
        each["meaning"]: f"{each.get('remedy', 'It is ignored.')} {_lines(each)}".rstrip()
        for each in _load(configmgr / "connection_tool/failures.yml")
    }
    updates = {
        _split(each["meaning"])[0]: f"{_split(each['meaning'])[1]} {each['remedy']} {_lines(each)}".strip()
        for each in _load(configmgr / "update_check_texts.yml")["reasons"]
    }
    certificates = {text: certificate_advice(text, WINRM) + "." for text in ABOUT_CERTIFICATES}
    return [
        _section(
            "Why somebody is not logged on",
            _terms(_reasons()),
            "Variables of ``psrp`` are in brackets where they differ from those of ``winrm``.",
        ),
        _section(
            "Certificates of the server",
            _terms(certificates),
            "By what OpenSSL says. With ``psrp``, the variable is ``ansible_psrp_ca_cert``.",
        ),
        _section("Probes of a connection", _terms(probes), "Of :ansplugin:`configmgr.site.connection_info#module`."),
        _section("Checks of a server", _terms(checks), "Of :ansplugin:`configmgr.site.site_system_prerequisites#module`."),
        _section(
            "Why an endpoint is not reached",
            _terms({**reached, **statuses}),
            "Of :ansplugin:`configmgr.site.internet_access#module`.",
        ),
        _section("Why a check for updates fails", _terms(updates), "Of :ansplugin:`configmgr.site.site_update_check#module`."),
        _section(
            "What the service connection tool says",
            _terms(tool),
            "Of :ansplugin:`configmgr.site.service_connection_tool#module`.",
        ),
        _section(
            "Findings of the health report",
            _terms(findings),
            "Of the playbook ``configmgr.site.check``, what to put right first at the top.",
        ),
    ]


def _reasons() -> dict[str, str]:
    found = {}
    for reason in Reason:
        found[reason.value] = _of_both(advice(reason, WINRM, "<library>"), advice(reason, PSRP, "<library>")) + "."
    return found


def _of_both(winrm: str, psrp: str) -> str:
    """What is advised, with the variables of psrp in parentheses."""
    variable = re.compile(r"ansible_\w+")
    if variable.sub("", winrm) != variable.sub("", psrp):
        return f"{winrm}. With psrp: {psrp[0].lower()}{psrp[1:]}"
    others = iter(variable.findall(psrp))
    return variable.sub(lambda one: one[0] if (other := next(others)) == one[0] else f"{one[0]} [{other}]", winrm)


def _lines(entry: Mapping[str, Any]) -> str:
    parts = [part for part in entry.get("parts", ()) if part]
    return f"In lines with {' or '.join(_literal(part) for part in parts)}." if parts else ""


def _remedy(sentence: Sentence, rest: str, remedies: Mapping[str, str]) -> str:
    """What more.yml has, as it covers what a message says only now and then; else what the message goes on with."""
    found = [remedy for beginning, remedy in remedies.items() if sentence.text.startswith(beginning)]
    if not found and not rest:
        raise Unexplained(f"Say in tests/messages/more.yml (remedies) what to do about {sentence}")
    return found[0] if found else rest


def _split(text: str) -> tuple[str, str]:
    """The first sentence, and the others."""
    match = re.search(r"(?<=[^.][^.])[.] (?=[A-Z(<])", text)
    first, rest = (text[: match.start()], text[match.end() :]) if match else (text.rstrip("."), "")
    if not _own_words(first):
        return text, ""
    return first, rest if _own_words(rest) else ""


def _own_words(text: str) -> bool:
    """Whether it says anything that is not filled in."""
    return bool(re.search(r"\w", re.sub(r"<[^>]*>", "", text)))


def _section(title: str, body: Iterable[str], text: str = "") -> str:
    lines = [title, "-" * len(title), ""]
    if text:
        lines += [text.strip(), ""]
    return "\n".join([*lines, *body])


def _terms(entries: Mapping[str, str]) -> list[str]:
    """A list of definitions, by the alphabet."""
    lines, plain = [], []
    for message in sorted(entries, key=lambda text: re.sub(r"[^a-z]", "", re.sub(r"<[^>]*>", "", text).lower()) or text):
        if entries[message]:
            lines += [_literal(message), f"    {_prose(entries[message])}", ""]
        else:
            plain.append(f"* {_literal(message)}")
    return [*lines, *plain, ""] if plain else lines


def _option_lines(sentences: Iterable[Sentence]) -> list[str]:
    return [f"* {_literal(text)}" for text in sorted({each.text for each in sentences}, key=str.lower)] + [""]


def _literal(text: str) -> str:
    return f"``{' '.join(text.split())}``"


def _prose(text: str) -> str:
    """Text in which nothing but stars, literals and references to sections is markup."""
    text = re.sub(r"\{(\w+)\}", r"<\1>", text)
    parts = re.split(r"(``[^`]+``|:ref:`[^`]+`|`[A-Z][^`]+`_|\*[A-Z][^*]+\*)", " ".join(text.split()))
    return "".join(
        part if number % 2 else re.sub(r"([\\*`|])|(?<=\w)(_)(?!\w)", r"\\\1\2", part) for number, part in enumerate(parts)
    )


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
