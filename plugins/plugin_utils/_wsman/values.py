# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""CIM values as Python has them, and what is known of the classes that they belong to.

The wire carries no types: a number, a string and a boolean are all text, and an array of one element looks like a scalar.
A `CimClass` therefore declares the properties that somebody relies on. What it does not declare keeps its text, so that it
can be sent back unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Union

CimValue = Union[None, bool, int, float, str, datetime, timedelta, "CimReference", "CimInstance", list["CimValue"]]
"""None is CIM's NULL. Times are aware of their time zone; a timedelta is a CIM interval."""

KeyValue = Union[bool, int, str, datetime, "CimReference"]

CIM_TYPES = frozenset(
    {"string", "boolean", "datetime", "reference", "object", "char16", "real32", "real64"}
    | {f"{sign}int{bits}" for sign in ("s", "u") for bits in (8, 16, 32, 64)}
)


@dataclass(frozen=True)
class CimReference:
    """Points to an instance: the resource URI of its class, and its keys."""

    resource_uri: str
    keys: Mapping[str, KeyValue] = field(default_factory=dict)


@dataclass
class CimInstance:
    """An instance of a class; properties that the server did not send are not in ``properties``."""

    class_name: str
    properties: dict[str, CimValue] = field(default_factory=dict)
    resource_uri: str = ""
    """Of its class as the server named it; empty for embedded instances, those made here, and the rows of a projection."""

    def text(self, name: str) -> str:
        """A string property; NULL and absent read as the empty string."""
        value = self.properties.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int | None:
        """An integer property, or None where it is NULL, absent or no integer."""
        value = self.properties.get(name)
        if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def moment(self, name: str) -> datetime | None:
        """A datetime property, or None where it is NULL, absent or no point in time."""
        value = self.properties.get(name)
        return value if isinstance(value, datetime) else None

    def objects(self, name: str) -> list[CimInstance]:
        """The elements of an array of embedded objects; NULL, absent and empty are all the empty list."""
        value = self.properties.get(name)
        elements = value if isinstance(value, list) else [value]
        return [element for element in elements if isinstance(element, CimInstance)]


@dataclass(frozen=True)
class CimProperty:
    """Type of a property: a name out of `CIM_TYPES`, and whether it is an array."""

    type: str
    is_array: bool = False
    embedded_class: str = ""
    """Class of the objects that it holds, for servers that do not name it with each of them."""

    def __post_init__(self) -> None:
        if self.type not in CIM_TYPES:
            raise ValueError(f"{self.type!r} is no CIM type")

    @classmethod
    def parse(cls, text: str) -> CimProperty:
        """A property from ``uint32``, ``string[]`` or ``object:Class[]``."""
        type_name, _colon, embedded_class = text.removesuffix("[]").partition(":")
        return cls(type_name, text.endswith("[]"), embedded_class)


@dataclass(frozen=True)
class CimClass:
    """The properties of a class that this collection relies on, by their declared names."""

    name: str
    properties: Mapping[str, CimProperty]

    @classmethod
    def declare(cls, name: str, **types: str) -> CimClass:
        """A class from ``Property="type"`` pairs; see `CimProperty.parse`."""
        return cls(name, {key: CimProperty.parse(value) for key, value in types.items()})


class Schema:
    """The classes known by name. Derived classes that nobody declared are read as the class that was asked for."""

    def __init__(self, *classes: CimClass) -> None:
        self._classes = {known.name: known for known in classes}

    def find(self, class_name: str, fallback: CimClass | None = None) -> CimClass:
        """The declaration of a class, else the fallback, else a class of which nothing is known."""
        return self._classes.get(class_name) or fallback or CimClass(class_name, {})
