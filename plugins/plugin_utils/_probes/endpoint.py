# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Where a connection plugin would connect to, and how it would look at the certificate there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoint:
    """The address of a WinRM service, as the variables of a host give it."""

    scheme: str
    host: str
    port: int
    path: str
    verify: bool | str = True
    """Whether the certificate is looked at; or the file with the authorities that are trusted."""
    proxy: str = field(default="", repr=False)
    """Its URL, which may have an account with its password. Empty where the environment of the controller decides."""

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}/{self.path.lstrip('/')}"

    @property
    def is_https(self) -> bool:
        return self.scheme == "https"
