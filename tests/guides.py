# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides of the documentation, and what tests find in them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from plays import Site, examples

GUIDES = sorted((Path(__file__).parents[1] / "docs/docsite/rst").glob("*.rst"))
_BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:(?:   .*)?\n)+)", re.MULTILINE)
_RIGHTS = re.compile(r"^   \* - :ansplugin:`configmgr\.site\.(\w+)#module`\n     - .*\n     - (.*)\n", re.MULTILINE)


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Every block of code in a language, and the guide that it is in."""
    for guide in GUIDES:
        for match in _BLOCK.finditer(guide.read_text(encoding="utf-8")):
            if match[1] == language:
                yield guide.stem, textwrap.dedent(match[2])


def what_modules_ask() -> dict[str, set[str]]:
    """By module, what the guide on rights says that it asks: namespaces, and whether it has a command run."""
    (text,) = (guide.read_text(encoding="utf-8") for guide in GUIDES if guide.stem == "rights")
    return {module: set(asks.replace("`", "").split(", ")) - {"nothing"} for module, asks in _RIGHTS.findall(text)}


def asked(site: Site, module: str) -> set[str]:
    """The same as the lab has seen it, when the examples of a module have run."""
    kinds = {"/wmi/root/cimv2/": r"root\cimv2", "/wmi/root/sms/": r"root\sms", "/windows/shell/": "command"}
    names = [task["name"] for task in examples(module) if f"configmgr.site.{module}" in task]
    uris = {request["resource_uri"] for name in names for request in site.requests(name)}
    return {next(word for part, word in kinds.items() if part in uri) for uri in uris}
