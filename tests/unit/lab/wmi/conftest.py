# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository with every namespace of the lab, and a few instances in root/lab."""

from __future__ import annotations

import pytest
from lab.quirks import Quirks
from lab.wmi.model import Caller
from lab.wmi.repository import Repository
from lab.wmi.store import MemoryStore

NAMESPACES = {
    "root/cimv2": ["cimv2.mof", "registry.mof"],
    "root/default": ["registry.mof"],
    "root/sms": ["sms.mof"],
    "root/sms/site_PS1": ["site.mof"],
    "root/lab": ["lab.mof"],
}


@pytest.fixture
def caller() -> Caller:
    return Caller(r"CORP\admin")


@pytest.fixture
def repository() -> Repository:
    repository = Repository(Quirks())
    for namespace, files in NAMESPACES.items():
        repository.add_namespace(namespace, files)
    for name in ("Lab_Everything", "Lab_Derived", "Lab_Singleton", "Lab_TypedKeys", "Lab_Row"):
        repository.provide("root/lab", name, MemoryStore(repository.class_schema("root/lab", name)))
    return repository
