# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The registry of a server, through WMI's registry provider (``StdRegProv``).

Its methods do not fail but return a code (Microsoft's reference pages of the class). A value that does not exist is
reported as 1 or as 2, a key that does not exist as 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .._wsman import codes
from .._wsman.client import WsmanClient
from .._wsman.values import CimClass, CimValue
from .errors import WindowsError

_NAMESPACE = "root/cimv2"
_CLASS = "StdRegProv"
_LOCAL_MACHINE = 0x80000002
_SUCCESS = 0
_MISSING = frozenset({1, 2})
_DIGITS = re.compile(r"[0-9]{1,10}")
TEXT_TYPE, NUMBER_TYPE = 1, 4
"""Of a value that is a string (REG_SZ) or a number (DWORD)."""
_OUTPUTS = CimClass.declare(
    "StdRegProv_OUTPUT", ReturnValue="uint32", sValue="string", uValue="uint32", sNames="string[]", Types="sint32[]"
)


class RegistryError(WindowsError):
    """The registry provider returned a code other than success."""


class Registry:
    """HKEY_LOCAL_MACHINE as 64-bit programs see it. Keys are given without it: ``SOFTWARE\\Microsoft``.

    Every method raises `RegistryError`, and `WsmanError`. All of them may be repeated without harm, so each is asked once
    more where a connection was lost.
    """

    def __init__(self, client: WsmanClient) -> None:
        self._client = client

    def read_text(self, key: str, name: str) -> str | None:
        """A string value; None if it does not exist."""
        outputs = self._call("GetStringValue", key, name)
        if self._code(outputs) in _MISSING:
            return None
        self._check(outputs, f"Reading {_shown(key, name)}")
        value = outputs.get("sValue")
        return "" if value is None else str(value)

    def read_number(self, key: str, name: str) -> int | None:
        """A number (DWORD); None if it does not exist."""
        return self._number(self._call("GetDWORDValue", key, name), key, name)

    def read_number_or_digits(self, key: str, name: str) -> int | None:
        """A number, be it kept as one (DWORD) or as a string of its digits; None if it does not exist or is neither."""
        outputs = self._call("GetDWORDValue", key, name)
        if self._code(outputs) != codes.WBEM_TYPE_MISMATCH:
            return self._number(outputs, key, name)
        digits = self._call("GetStringValue", key, name).get("sValue")
        return int(digits) if isinstance(digits, str) and _DIGITS.fullmatch(digits) else None

    def read_texts(self, key: str, name: str) -> list[str] | None:
        """A value of several strings; None if it does not exist."""
        outputs = self._call("GetMultiStringValue", key, name)
        if self._code(outputs) in _MISSING:
            return None
        self._check(outputs, f"Reading {_shown(key, name)}")
        texts = outputs.get("sValue")
        return [str(text) for text in texts] if isinstance(texts, list) else [] if texts is None else [str(texts)]

    def subkeys(self, key: str) -> list[str] | None:
        """The names of the keys below a key, sorted; None if it does not exist."""
        outputs = self._call("EnumKey", key)
        if self._code(outputs) in _MISSING:
            return None
        self._check(outputs, f"Reading {_shown(key)}")
        return _sorted_names(outputs)

    def value_names(self, key: str) -> list[str]:
        """The names of a key's values, sorted; none if the key does not exist."""
        outputs = self._call("EnumValues", key)
        if self._code(outputs) in _MISSING:
            return []
        self._check(outputs, f"Reading {_shown(key)}")
        return _sorted_names(outputs)

    def value_types(self, key: str) -> dict[str, int]:
        """The type of each of a key's values by its name in lower case; none if the key does not exist."""
        outputs = self._call("EnumValues", key)
        if self._code(outputs) in _MISSING:
            return {}
        self._check(outputs, f"Reading {_shown(key)}")
        names, types = outputs.get("sNames"), outputs.get("Types")
        if not isinstance(names, list) or not isinstance(types, list):
            return {}
        return {str(name).lower(): kind for name, kind in zip(names, types, strict=False) if isinstance(kind, int)}

    def write_number(self, key: str, name: str, number: int) -> None:
        """Write a number (DWORD), into a key that exists."""
        self._check(self._call("SetDWORDValue", key, name, uValue=number), f"Writing {_shown(key, name)}")

    def write_text(self, key: str, name: str, text: str, *, make_key: bool = False) -> None:
        """Write a string value; into a key that does not exist only with ``make_key``."""
        outputs = self._call("SetStringValue", key, name, sValue=text)
        if make_key and self._code(outputs) in _MISSING:
            self._check(self._call("CreateKey", key), f"Making {_shown(key)}")
            outputs = self._call("SetStringValue", key, name, sValue=text)
        self._check(outputs, f"Writing {_shown(key, name)}")

    def delete_value(self, key: str, name: str) -> None:
        """Delete a value, if it exists."""
        outputs = self._call("DeleteValue", key, name)
        if self._code(outputs) not in _MISSING:
            self._check(outputs, f"Deleting {_shown(key, name)}")

    def _number(self, outputs: Mapping[str, CimValue], key: str, name: str) -> int | None:
        if self._code(outputs) in _MISSING:
            return None
        self._check(outputs, f"Reading {_shown(key, name)}")
        value = outputs.get("uValue")
        return value if isinstance(value, int) else None

    def _call(self, method: str, key: str, name: str | None = None, **more: CimValue) -> Mapping[str, CimValue]:
        arguments: dict[str, CimValue] = {"hDefKey": _LOCAL_MACHINE, "sSubKeyName": key}
        if name is not None:
            arguments["sValueName"] = name
        return self._client.invoke(_NAMESPACE, _CLASS, method, {**arguments, **more}, outputs=_OUTPUTS, is_repeatable=True)

    @staticmethod
    def _code(outputs: Mapping[str, CimValue]) -> int:
        code = outputs.get("ReturnValue")
        return code & 0xFFFFFFFF if isinstance(code, int) else _SUCCESS

    def _check(self, outputs: Mapping[str, CimValue], what: str) -> None:
        code = self._code(outputs)
        if code == _SUCCESS:
            return
        name, meaning = codes.describe(code)
        advice = (
            " The account needs to be a local administrator of the server, or to have the right to change that key."
            if code in codes.ACCESS_DENIED_CODES
            else ""
        )
        raise RegistryError(f"{what} was refused: {meaning} ({name}, {code}).{advice}")


def _sorted_names(outputs: Mapping[str, CimValue]) -> list[str]:
    names = outputs.get("sNames")
    return sorted(str(name) for name in names) if isinstance(names, list) else []


def _shown(key: str, name: str | None = None) -> str:
    return f"HKLM\\{key}" + (f", value '{name}'," if name is not None else "")
