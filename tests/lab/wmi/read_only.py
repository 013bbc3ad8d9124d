# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a class of Windows does that can be read and not changed."""

from __future__ import annotations

from collections.abc import Mapping

from .codes import Wbem, failure
from .model import Caller, Instance, Value


class ReadOnlyClass:
    """The part of `InstanceProvider` that refuses; a derived class has the instances."""

    def create(self, caller: Caller, instance: Instance) -> Instance:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def delete(self, caller: Caller, existing: Instance) -> None:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        raise failure(Wbem.INVALID_METHOD)
