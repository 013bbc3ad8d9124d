# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""StdRegProv: the registry through WMI.

Methods do not fail but return a code: Win32 errors, and WMI's own for a value of another type, as Microsoft documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import cast

from ..quirks import Quirks
from .codes import Wbem, failure
from .model import Caller, Instance, Value
from .registry import HIVES, Registry, RegistryData, RegistryType, RegistryValue

SUCCESS = 0
KEY_NOT_FOUND = 2
ACCESS_DENIED = 5
INVALID_HANDLE = 6
INVALID_PARAMETER = 87

WRITE_RIGHTS = 0x2 | 0x4 | 0x20 | 0x10000 | 0x40000 | 0x80000
"""KEY_SET_VALUE, KEY_CREATE_SUB_KEY, KEY_CREATE_LINK, DELETE, WRITE_DAC and WRITE_OWNER."""

_TYPES = {
    "string": (RegistryType.SZ, "sValue"),
    "expandedstring": (RegistryType.EXPAND_SZ, "sValue"),
    "multistring": (RegistryType.MULTI_SZ, "sValue"),
    "dword": (RegistryType.DWORD, "uValue"),
    "qword": (RegistryType.QWORD, "uValue"),
    "binary": (RegistryType.BINARY, "uValue"),
}
"""Type and parameter of the methods ``Get...Value`` and ``Set...Value``."""


class StdRegProv:
    """Implements `InstanceProvider` for the class StdRegProv, which has no instances."""

    def __init__(
        self,
        registry: Registry,
        quirks: Quirks,
        *,
        may_write: Callable[[str, str], bool] = lambda account, path: True,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """``may_write`` is asked with the account and the full path; ``environment`` expands ``%NAME%``."""
        self._registry = registry
        self._may_write = may_write
        self._environment = {name.lower(): value for name, value in (environment or {}).items()}
        self._value_not_found = int(quirks.registry_missing_value)

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return ()

    def create(self, caller: Caller, instance: Instance) -> Instance:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def delete(self, caller: Caller, existing: Instance) -> None:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        hive = HIVES.get(cast(int, arguments["hDefKey"]))
        if hive is None:
            return {"ReturnValue": INVALID_HANDLE}
        path = f"{hive}\\{arguments['sSubKeyName'] or ''}".rstrip("\\")
        name = cast("str | None", arguments.get("sValueName")) or ""
        match method:
            case "CreateKey":
                return self._write(caller, path, lambda: self._create_key(path))
            case "DeleteKey":
                return self._write(caller, path, lambda: self._delete_key(path))
            case "DeleteValue":
                return self._write(caller, path, lambda: self._delete_value(path, name))
            case "EnumKey":
                return self._enumerate_keys(path)
            case "EnumValues":
                return self._enumerate_values(path)
            case "CheckAccess":
                return self._check_access(caller, path, cast(int, arguments["uRequired"]))
        value_type, parameter = _TYPES[method[3:].removesuffix("Value").lower()]
        if method.startswith("Get"):
            return self._get(path, name, value_type, parameter)
        return self._write(caller, path, lambda: self._set(path, name, value_type, arguments[parameter]))

    def _write(self, caller: Caller, path: str, change: Callable[[], int]) -> dict[str, Value]:
        return {"ReturnValue": change() if self._may_write(caller.account, path) else ACCESS_DENIED}

    def _create_key(self, path: str) -> int:
        self._registry.create_key(path)
        return SUCCESS

    def _delete_key(self, path: str) -> int:
        key = self._registry.key(path)
        if key is None:
            return KEY_NOT_FOUND
        if key.keys or "\\" not in path:
            # As RegDeleteKey has it: a key with subkeys is not deleted.
            return ACCESS_DENIED
        self._registry.delete_key(path)
        return SUCCESS

    def _delete_value(self, path: str, name: str) -> int:
        if self._registry.get(path, name) is None:
            return KEY_NOT_FOUND
        self._registry.delete_value(path, name)
        return SUCCESS

    def _set(self, path: str, name: str, value_type: RegistryType, value: Value) -> int:
        if self._registry.key(path) is None:
            return KEY_NOT_FOUND
        if value is None:
            return INVALID_PARAMETER
        data = bytes(cast("list[int]", value)) if value_type is RegistryType.BINARY else cast(RegistryData, value)
        self._registry.set(path, name, RegistryValue(value_type, data))
        return SUCCESS

    def _get(self, path: str, name: str, value_type: RegistryType, parameter: str) -> dict[str, Value]:
        if self._registry.key(path) is None:
            return {"ReturnValue": KEY_NOT_FOUND}
        value = self._registry.get(path, name)
        if value is None:
            return {"ReturnValue": self._value_not_found}
        if value.type is not value_type:
            return {"ReturnValue": int(Wbem.TYPE_MISMATCH)}
        data = value.data
        if isinstance(data, bytes):
            data = cast(RegistryData, list(data))
        elif value_type is RegistryType.EXPAND_SZ:
            data = self._expanded(cast(str, data))
        return {parameter: cast(Value, data), "ReturnValue": SUCCESS}

    def _expanded(self, text: str) -> str:
        return re.sub(r"%([^%]+)%", lambda match: self._environment.get(match[1].lower(), match[0]), text)

    def _enumerate_keys(self, path: str) -> dict[str, Value]:
        key = self._registry.key(path)
        if key is None:
            return {"ReturnValue": KEY_NOT_FOUND}
        # Documented: null, not an empty array, where there is nothing.
        return {"sNames": [child.name for child in key.keys.values()] or None, "ReturnValue": SUCCESS}

    def _enumerate_values(self, path: str) -> dict[str, Value]:
        key = self._registry.key(path)
        if key is None:
            return {"ReturnValue": KEY_NOT_FOUND}
        values = list(key.values.values())
        return {
            "sNames": [name for name, _unused in values] or None,
            "Types": [int(value.type) for _unused, value in values] or None,
            "ReturnValue": SUCCESS,
        }

    def _check_access(self, caller: Caller, path: str, required: int) -> dict[str, Value]:
        if self._registry.key(path) is None:
            return {"bGranted": False, "ReturnValue": KEY_NOT_FOUND}
        granted = not required & WRITE_RIGHTS or self._may_write(caller.account, path)
        return {"bGranted": granted, "ReturnValue": SUCCESS if granted else ACCESS_DENIED}
