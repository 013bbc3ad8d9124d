# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Accounts that a site knows, with their passwords: for installations on site systems, and for proxies."""

from __future__ import annotations

from dataclasses import dataclass

from .._wsman.values import CimInstance, KeyValue
from .._wsman.wql import quote
from . import classes
from .errors import SiteError
from .provider import SiteProvider
from .site_control import ACTUAL, keys_of

_CLASS = classes.ACCOUNT.name


@dataclass(frozen=True)
class Account:
    """An account as the site has it. Its password cannot be read."""

    name: str
    keys: dict[str, KeyValue]


def check_account(name: str) -> str:
    """Return an account's name as it was given. ValueError unless it has the form ``domain\\user``."""
    domain, _separator, user = name.partition("\\")
    is_plain = name.isprintable() and not set('"/[]:;|=,+*?<>@') & set(name)
    if not (domain and user and is_plain) or "\\" in user:
        raise ValueError(f"{name!r} is no account: it must have the form domain\\user, such as CORP\\cm-install")
    return name


def find_account(provider: SiteProvider, name: str) -> Account | None:
    """The account of this name, if the site itself knows it: a provider shows the accounts of the sites below, too."""
    conditions = {"ItemType": "User", "SiteCode": provider.site_code, "UserName": name}
    wql = f"SELECT * FROM {_CLASS} WHERE " + " AND ".join(f"{key} = {quote(value)}" for key, value in conditions.items())
    rows = list(provider.query(wql, classes.ACCOUNT))
    return Account(rows[0].text("UserName"), keys_of(rows[0])) if rows else None


def create_account(provider: SiteProvider, name: str, password: str) -> None:
    """Make an account known to the site, in the form that a published sample uses (Microsoft's memlabs)."""
    provider.create(
        CimInstance(
            _CLASS,
            {
                "Availability": 0,
                "FileType": ACTUAL,
                "ItemName": f"{name}| 0",
                "ItemType": "User",
                "Reserved2": _encrypt(provider, password),
                "SiteCode": provider.site_code,
                "UserName": name,
            },
        )
    )


def write_password(provider: SiteProvider, account: Account, password: str) -> None:
    """Give an account that the site knows another password."""
    provider.put(_CLASS, account.keys, {"Reserved2": _encrypt(provider, password)})


def delete_account(provider: SiteProvider, account: Account) -> None:
    """Have the site forget an account."""
    provider.delete(_CLASS, account.keys)


def _encrypt(provider: SiteProvider, password: str) -> str:
    """A password as the site keeps it (``SMS_Site.EncryptDataEx``)."""
    outputs = provider.invoke(classes.SITE.name, "EncryptDataEx", {"Data": password, "SiteCode": provider.site_code})
    encrypted = outputs.get("EncryptedData")
    if not isinstance(encrypted, str) or not encrypted:
        raise SiteError(f"The SMS Provider of site {provider.site_code} did not encrypt the password, and does not say why.")
    return encrypted
