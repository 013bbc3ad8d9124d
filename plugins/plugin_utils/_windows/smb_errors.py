# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What went wrong by SMB, in words: the statuses that a server answers with (MS-ERREF 2.3), and lost connections."""

from __future__ import annotations

import struct

from .errors import WindowsError

FAILURES: tuple[type[Exception], ...] = (OSError, ValueError, LookupError, struct.error)
"""What the library raises of its own, and of Python where an answer makes no sense."""

try:
    from smbprotocol.exceptions import SMBAuthenticationError, SMBException, SMBOSError, SMBResponseException
    from smbprotocol.header import NtStatus
except ImportError:
    pass
else:
    FAILURES += (SMBException,)


LOG_ON = "the log-on"
"""What is asked for before there is a path."""


class SmbError(WindowsError):
    """What was asked for could not be done by SMB, and asking again does not help."""


class SmbMissing(SmbError):
    """There is no such file or folder, or none that the account can see."""


class SmbNotAFolder(SmbError):
    """What is there is a file, where a folder was asked for."""


class SmbLost(WindowsError):
    """The server cannot be reached by SMB, or not any more; that may pass."""


def explain(error: Exception, what: str, server: str, account: str | None) -> WindowsError:
    """An error of the library as one of ours. ``what`` is the path, or what else was tried; ``server`` how it is called."""
    user = f"'{account}'" if account else "the account of the ticket"
    status = error.ntstatus if isinstance(error, SMBOSError) else None
    if isinstance(error, SMBResponseException):
        status = error.status
    if isinstance(error, SMBAuthenticationError) or status in _not_logged_on():
        return SmbError(
            f"{server} did not log on {user} by SMB: {error}. Give an account as smb_user and smb_password if it is another "
            "one than that of the WinRM connection."
        )
    if status in (NtStatus.STATUS_OBJECT_NAME_NOT_FOUND, NtStatus.STATUS_OBJECT_PATH_NOT_FOUND, NtStatus.STATUS_NO_SUCH_FILE):
        return SmbMissing(f"There is no {what} on {server}, or {user} may not see it.")
    if status in (NtStatus.STATUS_NETWORK_NAME_DELETED, NtStatus.STATUS_USER_SESSION_DELETED, NtStatus.STATUS_IO_TIMEOUT):
        return SmbLost(f"The connection to {server} by SMB was lost: {error}.")
    if status == NtStatus.STATUS_NOT_A_DIRECTORY:
        return SmbNotAFolder(f"{what} on {server} is a file, and not a folder.")
    if status in _sentences():
        return SmbError(_sentences()[status].format(what=what, server=server, user=user))
    if status is not None:
        return SmbError(f"{server} did not let {user} have {what} by SMB: {error}.")
    is_said = isinstance(error, (SMBException, OSError)) or isinstance(error.__cause__, OSError)
    reason = error if is_said else f"an answer cannot be read ({type(error).__name__})"
    return SmbLost(
        f"The connection to {server} by SMB was lost, or there was none: {reason}. The controller must reach TCP port 445 of "
        "the server (File and Printer Sharing in Windows Defender Firewall)."
    )


def _not_logged_on() -> tuple[int, ...]:
    return (
        NtStatus.STATUS_LOGON_FAILURE,
        NtStatus.STATUS_WRONG_PASSWORD,
        NtStatus.STATUS_PASSWORD_EXPIRED,
        NtStatus.STATUS_NONE_MAPPED,
    )


def _sentences() -> dict[int | None, str]:
    return {
        NtStatus.STATUS_ACCESS_DENIED: (
            "{server} refused {user} {what} by SMB. Administrative shares such as C$ are for members of its local group "
            "Administrators; an account of the computer itself needs LocalAccountTokenFilterPolicy, too."
        ),
        NtStatus.STATUS_BAD_NETWORK_NAME: (
            "{server} has no administrative share for the drive of {what}. There is no such drive, or AutoShareServer has "
            "turned these shares off."
        ),
        NtStatus.STATUS_DISK_FULL: (
            "The drive of {what} on {server} is full. Make room on it, and run the task again: it goes on."
        ),
        NtStatus.STATUS_SHARING_VIOLATION: "{what} on {server} is in use by another program. Wait for it to end.",
        NtStatus.STATUS_FILE_IS_A_DIRECTORY: "{what} on {server} is a folder, and not a file.",
        NtStatus.STATUS_OBJECT_NAME_INVALID: "{server} cannot have a file with the name {what}.",
        NtStatus.STATUS_CANNOT_DELETE: "{what} on {server} is read-only, or in use, and cannot be replaced.",
    }
