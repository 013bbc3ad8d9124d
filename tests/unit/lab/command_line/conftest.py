# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts what a test needs, and ends it with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from unit.lab.command_line.processes import COMMAND, Started

LAST_OF_THE_WELCOME = "-m lab requests "


@pytest.fixture
def start() -> Iterator[Callable[..., Started]]:
    """Starts a command and waits until it has said that it is ready."""
    with ExitStack() as undo:

        def start(*command: str, ready: str = LAST_OF_THE_WELCOME) -> Started:
            process = Started(list(command), ready)
            undo.callback(process.end)
            return process

        yield start


@pytest.fixture
def serve(start: Callable[..., Started], tmp_path: Path) -> Callable[..., Started]:
    """Starts a lab whose directory is that of the test."""
    return lambda *options: start(*COMMAND, "serve", "--directory", str(tmp_path), *options)
