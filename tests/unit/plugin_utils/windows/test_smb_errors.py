# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors by SMB: which server they name, and what they are taken for."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.smb import SmbAccess
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.smb_errors import (
    LOG_ON,
    SmbError,
    SmbLost,
    SmbMissing,
    SmbNotAFolder,
    explain,
)
from smbprotocol.exceptions import SMBOSError
from smbprotocol.header import NtStatus
from smbprotocol.transport import Tcp

NAME, ADDRESS, USER = "srv1.corp.example", "192.0.2.7", "CORP\\operator"
PATH = r"C:\Offline\update.cab"
INSUFFICIENT_RESOURCES = 0xC000009A


def access(address: str) -> SmbAccess:
    return SmbAccess(address, NAME, USER, "secret")


def test_a_server_is_shown_by_its_name_and_its_address() -> None:
    assert access(ADDRESS).shown == f"{NAME} ({ADDRESS})"
    assert access(NAME.upper()).shown == NAME
    assert "secret" not in repr(access(NAME))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (NtStatus.STATUS_OBJECT_NAME_NOT_FOUND, SmbMissing),
        (NtStatus.STATUS_OBJECT_PATH_NOT_FOUND, SmbMissing),
        (NtStatus.STATUS_NOT_A_DIRECTORY, SmbNotAFolder),
        (NtStatus.STATUS_ACCESS_DENIED, SmbError),
        (NtStatus.STATUS_BAD_NETWORK_NAME, SmbError),
        (NtStatus.STATUS_SHARING_VIOLATION, SmbError),
        (NtStatus.STATUS_LOGON_FAILURE, SmbError),
        (INSUFFICIENT_RESOURCES, SmbError),
        (NtStatus.STATUS_NETWORK_NAME_DELETED, SmbLost),
    ],
)
def test_every_error_names_the_server(status: int, kind: type[Exception]) -> None:
    error = explain(SMBOSError(status, PATH), PATH, access(ADDRESS).shown, USER)
    assert error.__class__ is kind and f"{NAME} ({ADDRESS})" in str(error)


def test_a_connection_that_there_is_none_of() -> None:
    """With the error that the library makes of it."""
    with pytest.raises(ValueError) as caught:
        Tcp("127.0.0.1", 1, 5).connect()
    error = explain(caught.value, LOG_ON, access(ADDRESS).shown, USER)
    assert isinstance(error, SmbLost)
    for words in (f"The connection to {NAME} ({ADDRESS}) by SMB was lost, or there was none", "Connection refused"):
        assert words in str(error)


def test_an_answer_that_makes_no_sense() -> None:
    error = explain(KeyError(1000), PATH, access(ADDRESS).shown, USER)
    assert isinstance(error, SmbLost) and "an answer cannot be read (KeyError)" in str(error)
