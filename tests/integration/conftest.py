# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for the tests, started once and made fresh for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.quirks import Quirks
from plays import Site

SPEED = 1000.0
"""How much faster than a real site: an installation takes a fraction of a second."""


@pytest.fixture(scope="session")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, Quirks], Lab]]:
    """Labs by topology and quirks, started when they are first asked for and kept for the session."""
    running: dict[tuple[str, Quirks], Lab] = {}

    def get(topology: str, quirks: Quirks) -> Lab:
        if (topology, quirks) not in running:
            running[topology, quirks] = Lab(load(topology), tmp_path_factory.mktemp("lab"), SPEED, quirks)
        return running[topology, quirks]

    yield get
    for lab in running.values():
        lab.close()


@pytest.fixture
def make_site(labs: Callable[[str, Quirks], Lab], tmp_path: Path) -> Callable[..., Site]:
    def make(topology: str = "standalone", **quirks: Any) -> Site:
        lab = labs(topology, Quirks(**quirks))
        lab.reset()
        return Site(lab, tmp_path)

    return make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """A fresh stand-alone primary site without a service connection point."""
    return make_site()


@pytest.fixture
def hierarchy(make_site: Callable[..., Site]) -> Site:
    """A fresh central administration site with two primary sites and a secondary site."""
    return make_site("hierarchy")
