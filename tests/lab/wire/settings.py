# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the WinRM service of one server is set up: ``winrm get winrm/config/service``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Literal, get_args

CbtHardeningLevel = Literal["None", "Relaxed", "Strict"]


@dataclass
class ServiceSettings:
    """What of it changes who may talk to the service; `set` takes the names that Windows has for it."""

    basic: bool = True
    """Off on Windows by default; on here, as it is harmless over HTTPS and handy."""
    kerberos: bool = True
    negotiate: bool = True
    certificate: bool = False
    credssp: bool = False
    allow_unencrypted: bool = False
    """Allows SOAP in the clear over HTTP, and with it Basic over HTTP."""
    cbt_hardening_level: CbtHardeningLevel = "Relaxed"
    """Channel bindings over HTTPS: not looked at, checked where the client sends them, or required."""
    disable_tls13: bool = False
    """Of the listener's certificate in HTTP.sys: ``netsh http add sslcert``."""
    url_prefix: str = "wsman"
    """The path of the listeners."""
    client_certificates: dict[str, str] = field(default_factory=dict)
    """The account that a client certificate stands for, by the user principal name in it, in lower case."""

    def set(self, name: str, value: bool | str) -> None:
        """Change one, by its name on Windows, in whatever letter case: ``Basic``, ``CbtHardeningLevel``."""
        names = {
            setting.name.replace("_", ""): setting.name for setting in fields(self) if setting.name != "client_certificates"
        }
        if name.lower() not in names:
            raise ValueError(f"WinRM has no setting {name!r} here; there are {', '.join(names)}")
        choices: Sequence[bool | str] = (False, True)
        if name.lower() == "cbthardeninglevel":
            choices = get_args(CbtHardeningLevel)
        if name.lower() == "urlprefix":
            choices = [value] if isinstance(value, str) and value.strip("/") == value != "" else []
        if value not in choices:
            raise ValueError(f"{name} is {' or '.join(map(str, choices)) or 'a path without slashes around it'}, not {value!r}")
        setattr(self, names[name.lower()], value)
