# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Data files: what people may want to correct without reading code, in YAML beside the module that uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# libyaml's takes a tenth of the time, where PyYAML was built with it
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_data_file(module_file: str, name: str) -> Any:
    """The content of a data file beside a module, whose ``__file__`` is given."""
    return yaml.load(Path(module_file).with_name(name).read_text(encoding="utf-8"), Loader=_LOADER)
