# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long hypothesis looks for what makes a test fail."""

from __future__ import annotations

from hypothesis import settings

# A computer that several share is slow at times, which is no failure
settings.register_profile("default", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=1_000)
settings.load_profile("default")
