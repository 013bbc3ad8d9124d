# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for the tests, started once and made fresh for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.quirks import Quirks
from plays import Site

SPEED = 1000.0
"""How much faster than a real site: an installation takes a fraction of a second."""


class LabKey(NamedTuple):
    """What a lab is started with."""

    topology: str
    quirks: Quirks
    speed: float
    role: str | None
    """``SERVER:MODE`` of a service connection point that is there from the start."""
    kerberos: bool = False


@pytest.fixture(scope="session")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[LabKey], Lab]]:
    """Labs, started when they are first asked for and kept for the session."""
    running: dict[LabKey, Lab] = {}

    def get(key: LabKey) -> Lab:
        if key not in running:
            topology = load(key.topology)
            if key.role:
                topology = topology.with_service_connection_point(key.role)
            if key.kerberos:
                topology = topology.with_kerberos()
            running[key] = Lab(topology, tmp_path_factory.mktemp("lab"), key.speed, key.quirks)
        return running[key]

    yield get
    for lab in running.values():
        lab.close()


@pytest.fixture
def make_site(labs: Callable[[LabKey], Lab], tmp_path: Path) -> Callable[..., Site]:
    """Makes a fresh site; what is no other argument is a quirk."""

    def make(
        topology: str = "standalone",
        *,
        role: str | None = None,
        speed: float = SPEED,
        kerberos: bool = False,
        **quirks: Any,
    ) -> Site:
        lab = labs(LabKey(topology, Quirks(**quirks), speed, role, kerberos))
        lab.reset()
        return Site(lab, tmp_path)

    return make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """A fresh stand-alone primary site without a service connection point."""
    return make_site()


@pytest.fixture
def role(make_site: Callable[..., Site]) -> Site:
    """A site with a service connection point, online on srv1, slow enough that a stopped thread stays so for five seconds."""
    return make_site(role="srv1:online", speed=60)


@pytest.fixture
def ready(role: Site) -> Site:
    """The role offline on srv1, and srv2 a site system."""
    role.control.console("set_mode", mode="offline")
    role.control.console("add_site_system", server="srv2")
    return role


@pytest.fixture
def hierarchy(make_site: Callable[..., Site]) -> Site:
    """A fresh central administration site with two primary sites and a secondary site."""
    return make_site("hierarchy")
