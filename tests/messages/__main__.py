# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page: ``python -m messages``."""

from __future__ import annotations

import sys

from .page import PAGE, Unexplained, page

if __name__ == "__main__":
    try:
        PAGE.write_text(page(), encoding="utf-8")
    except Unexplained as error:
        sys.exit(str(error))
