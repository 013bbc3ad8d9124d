# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""reg.exe, as far as ``reg query`` of HKEY_LOCAL_MACHINE goes. Its sentences are in the server's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..wire.host import CommandResult
from ..wmi.registry import RegistryKey, RegistryType, RegistryValue
from .command_line import split_arguments
from .local_groups import Language

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_HIVES = {"hklm": "HKEY_LOCAL_MACHINE", "hkey_local_machine": "HKEY_LOCAL_MACHINE"}
_NOT_FOUND: dict[Language, str] = {
    "en": "ERROR: The system was unable to find the specified registry key or value.",
    "de": "FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
    "nl": "FOUT: kan de opgegeven registersleutel of -waarde niet vinden.",
}
_MATCHES: dict[Language, str] = {
    "en": "End of search: {} match(es) found.",
    "de": "Ende der Suche: {} Übereinstimmung(en) gefunden.",
    "nl": "Einde van zoekopdracht: {} overeenkomst(en) gevonden.",
}


def reg(server: WindowsServer, arguments: str, stdin: bytes) -> CommandResult:
    """``reg query KEY [/v NAME] [/s]``."""
    words = split_arguments(arguments)
    if len(words) < 2 or words[0].lower() != "query":
        return CommandResult(stderr=b"ERROR: Invalid syntax.\r\n", exit_code=1)
    path, is_deep, name = words[1], False, None
    options = iter(words[2:])
    for option in options:
        match option.lower():
            case "/s":
                is_deep = True
            case "/v":
                name = next(options, "")
            case _:
                return CommandResult(stderr=b"ERROR: Invalid syntax.\r\n", exit_code=1)
    hive, _separator, rest = path.partition("\\")
    key = server.registry.key(f"HKLM\\{rest}") if hive.lower() in _HIVES else None
    language = server.accounts.language
    if key is None:
        return _missing(language)
    blocks = list(_blocks(key, f"{_HIVES[hive.lower()]}\\{rest}".rstrip("\\"), name, is_deep))
    matches = sum(count for _block, count in blocks)
    if name is not None and not matches and not is_deep:
        return _missing(language)
    text = "".join(block for block, _count in blocks)
    if name is not None and is_deep:
        text += f"\r\n{_MATCHES[language].format(matches)}\r\n"
    return CommandResult(text.encode(), exit_code=0 if matches or name is None else 1)


def _missing(language: Language) -> CommandResult:
    return CommandResult(stderr=f"{_NOT_FOUND[language]}\r\n".encode(), exit_code=1)


def _blocks(key: RegistryKey, path: str, name: str | None, is_deep: bool) -> Iterator[tuple[str, int]]:
    """What is printed of a key and, if it goes deep, of those below it; and how many values that has."""
    values = [
        f"    {known or '(Default)'}    {_type(value)}    {_data(value)}\r\n"
        for known, value in key.values.values()
        if name is None or known.lower() == name.lower()
    ]
    below = [f"{path}\\{child.name}\r\n" for child in key.keys.values()] if name is None and not is_deep else []
    if values or below or (name is None and is_deep):
        yield f"\r\n{path}\r\n{''.join(values)}{''.join(below)}", len(values)
    if is_deep:
        for child in key.keys.values():
            yield from _blocks(child, f"{path}\\{child.name}", name, is_deep)


def _type(value: RegistryValue) -> str:
    return f"REG_{value.type.name}"


def _data(value: RegistryValue) -> str:
    match value.type, value.data:
        case ((RegistryType.DWORD | RegistryType.QWORD), int() as number):
            return f"0x{number:x}"
        case RegistryType.BINARY, bytes() as data:
            return data.hex().upper()
        case RegistryType.MULTI_SZ, list() as texts:
            return "\\0".join(texts)
        case _, data:
            return str(data)
