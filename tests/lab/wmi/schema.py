# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Class definitions: MOF files into `ClassSchema` objects with everything they inherit, and values against types.

pywbem's MOF compiler reads the files. A file is read once in a process, however many servers have its classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pywbem import CIMClass, CIMMethod, MOFCompiler, MOFWBEMConnection

from .model import ClassSchema, Instance, MethodSchema, PropertySchema, Reference, Scalar, Value

MOF_DIRECTORY = Path(__file__).parent.parent / "mof"

INTEGER_RANGES: Mapping[str, range] = MappingProxyType(
    {f"uint{bits}": range(2**bits) for bits in (8, 16, 32, 64)}
    | {f"sint{bits}": range(-(2 ** (bits - 1)), 2 ** (bits - 1)) for bits in (8, 16, 32, 64)}
)


@cache
def compile_classes(namespace: str, mof_files: tuple[str, ...]) -> Mapping[str, ClassSchema]:
    """The classes of a namespace by lower-case name, from files in the MOF directory; system classes come with them."""
    schemas = _compile(mof_files)
    return MappingProxyType({name: replace(schema, namespace=namespace) for name, schema in schemas.items()})


@cache
def _compile(mof_files: tuple[str, ...]) -> dict[str, ClassSchema]:
    connection = MOFWBEMConnection()  # type: ignore[no-untyped-call]
    compiler = MOFCompiler(handle=connection)  # type: ignore[no-untyped-call]
    for file in ("system.mof", *mof_files):
        compiler.compile_file(str(MOF_DIRECTORY / file), "root")  # type: ignore[no-untyped-call]
    schemas: dict[str, ClassSchema] = {}
    for cim_class in connection.classes["root"].values():
        schemas[cim_class.classname.lower()] = _class_schema(cim_class, schemas)
    return schemas


def _class_schema(cim_class: CIMClass, known: Mapping[str, ClassSchema]) -> ClassSchema:
    base = known[cim_class.superclass.lower()] if cim_class.superclass else None
    properties = dict(base.properties) if base else {}
    for prop in cim_class.properties.values():
        properties[prop.name.lower()] = _property_schema(prop)
    methods = dict(base.methods) if base else {}
    for method in cim_class.methods.values():
        methods[method.name.lower()] = _method_schema(method)
    return ClassSchema(
        name=cim_class.classname,
        namespace="",
        ancestors=(base.name, *base.ancestors) if base else (),
        properties=MappingProxyType(dict(sorted(properties.items()))),
        methods=MappingProxyType(methods),
        is_singleton=_flag(cim_class, "Singleton") or (base is not None and base.is_singleton),
        is_abstract=_flag(cim_class, "Abstract"),
    )


def _method_schema(method: CIMMethod) -> MethodSchema:
    parameters = list(method.parameters.values())
    return MethodSchema(
        name=method.name,
        inputs=tuple(_property_schema(parameter) for parameter in parameters if _flag(parameter, "In")),
        outputs=tuple(_property_schema(parameter) for parameter in parameters if _flag(parameter, "Out")),
        return_type=method.return_type,
        is_static=_flag(method, "Static"),
    )


def _property_schema(element: Any) -> PropertySchema:
    """From a CIMProperty or a CIMParameter."""
    embedded_class = _qualifier(element, "EmbeddedInstance")
    initial = _qualifier(element, "DefaultValue") if element.value is None else element.value
    return PropertySchema(
        name=element.name,
        type="object" if embedded_class else element.type,
        is_array=bool(element.is_array),
        is_key=_flag(element, "Key"),
        is_read_only=_flag(element, "Read") and not _flag(element, "Write"),
        is_lazy=_flag(element, "Lazy"),
        embedded_class=embedded_class,
        default=_default(element.type, initial),
    )


def _default(cim_type: str, value: Any) -> Scalar:
    """pywbem's typed value as a plain one."""
    if value is None:
        return None
    if cim_type in INTEGER_RANGES:
        return int(value)
    if cim_type in ("real32", "real64"):
        return float(value)
    return bool(value) if cim_type == "boolean" else str(value)


def _qualifier(element: Any, name: str) -> Any:
    return element.qualifiers[name].value if name in element.qualifiers else None


def _flag(element: Any, name: str) -> bool:
    return bool(_qualifier(element, name))


def is_a(schema: ClassSchema, class_name: str) -> bool:
    """Whether it is the class of that name or derived from it."""
    wanted = class_name.lower()
    return schema.name.lower() == wanted or any(ancestor.lower() == wanted for ancestor in schema.ancestors)


def fits(prop: PropertySchema, value: Value) -> bool:
    """Whether a property or parameter of this type can hold the value."""
    if value is None:
        return True
    if prop.is_array:
        return isinstance(value, list) and all(_scalar_fits(prop.type, item) for item in value)
    return not isinstance(value, list) and _scalar_fits(prop.type, value)


def _scalar_fits(cim_type: str, value: Scalar) -> bool:
    if cim_type in INTEGER_RANGES:
        return isinstance(value, int) and not isinstance(value, bool) and value in INTEGER_RANGES[cim_type]
    match cim_type:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "real32" | "real64":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "datetime":
            return isinstance(value, (datetime, timedelta))
        case "char16":
            return isinstance(value, str) and len(value) == 1
        case "reference":
            return isinstance(value, Reference)
        case _:
            return isinstance(value, Instance)
