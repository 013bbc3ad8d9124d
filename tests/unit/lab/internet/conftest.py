# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with a way to the internet, which ends with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from unit.lab.internet.browsing import Browser


@pytest.fixture
def make_browser() -> Iterator[Callable[..., Browser]]:
    with ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(closing(Browser(*arguments, **options)))


@pytest.fixture
def browser(make_browser: Callable[..., Browser]) -> Browser:
    return make_browser()
