# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of this computer that stand behind those of the lab; what needs one that is not there says so and is skipped."""

from __future__ import annotations

import shutil

import pytest
from lab.smb import samba


def needs(program: str) -> pytest.MarkDecorator:
    """Marks what cannot run without a program."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


needs_curl, needs_tinyproxy = needs("curl"), needs("tinyproxy")
needs_samba = pytest.mark.skipif(bool(samba.missing()), reason=samba.missing() or "everything is there")
