# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""certutil.exe, as far as ``certutil -hashfile PATH [ALGORITHM]`` goes.

Seen often, in English and German: the three lines; that older versions put blanks between the bytes; that a file of no
bytes cannot be hashed, since it cannot be mapped into memory. The sentences in Dutch are inferred.
"""

from __future__ import annotations

import hashlib

from ..wire.host import CommandResult
from .cmd_messages import FILE_NOT_FOUND, IN_USE
from .command_line import split_arguments
from .command_session import Session
from .local_groups import Language

_ALGORITHMS = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
_FIRST_WITHOUT_BLANKS = (10, 0)
"""Windows Server 2016."""
_PIECE = 1 << 20

_HEADINGS: dict[Language, str] = {"en": "{} hash of {}:", "de": "{}-Hash von {}:", "nl": "{} hash van {}:"}
_HEADING_BEFORE = "{} hash of file {}:"
_COMPLETED: dict[Language, str] = {
    "en": "CertUtil: -hashfile command completed successfully.",
    "de": "CertUtil: -hashfile-Befehl wurde erfolgreich ausgeführt.",
    "nl": "CertUtil: -hashfile-opdracht is voltooid.",
}
_FAILED: dict[Language, str] = {
    "en": "CertUtil: -hashfile command FAILED:",
    "de": "CertUtil: -hashfile-Befehl ist fehlgeschlagen:",
    "nl": "CertUtil: -hashfile-opdracht is MISLUKT:",
}
_NO_BYTES: dict[Language, str] = {
    "en": "The volume for a file has been externally altered so that the opened file is no longer valid.",
    "de": "Die Datenträgergröße für eine Datei wurde extern so geändert, dass die geöffnete Datei nicht mehr gültig ist.",
    "nl": "Het volume voor een bestand is extern gewijzigd, zodat het geopende bestand niet meer geldig is.",
}


def certutil(session: Session, arguments: str) -> CommandResult:
    """Hashes a file, for as long as that takes, while everything else goes on."""
    words = split_arguments(arguments)
    algorithm = words[2].upper() if len(words) > 2 else "SHA1"
    if len(words) not in (2, 3) or words[0].lower() != "-hashfile" or algorithm not in _ALGORITHMS:
        return CommandResult(b"CertUtil: Unknown arg\r\n", exit_code=-2147024809)
    path, language = session.path(words[1]), session.server.accounts.language
    if path not in session.files:
        return _failed(language, 2, "ERROR_FILE_NOT_FOUND", session.says(FILE_NOT_FOUND))
    if session.files.is_locked(path):
        return _failed(language, 32, "ERROR_SHARING_VIOLATION", session.says(IN_USE))
    digest, is_empty = hashlib.new(algorithm), True
    with session.files.location(path).open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            is_empty = False
            if session.execution.is_ended:
                break
    if is_empty:
        return _failed(language, 1006, "ERROR_FILE_INVALID", f"{_NO_BYTES[language]}\r\n".encode())
    is_old = tuple(map(int, session.server.os_version.split("."))) < _FIRST_WITHOUT_BLANKS
    heading = _HEADING_BEFORE if is_old and language == "en" else _HEADINGS[language]
    lines = [heading.format(algorithm, words[1]), digest.digest().hex(*" " * is_old), _COMPLETED[language]]
    return CommandResult("".join(f"{line}\r\n" for line in lines).encode())


def _failed(language: Language, error: int, name: str, sentence: bytes) -> CommandResult:
    code = 0x80070000 | error
    text = f"{_FAILED[language]} 0x{code:08x} (WIN32: {error} {name})\r\nCertUtil: "
    return CommandResult(text.encode() + sentence, exit_code=code - 2**32)
