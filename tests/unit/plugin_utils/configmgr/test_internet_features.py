# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints a feature has, and what people may write as one."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.cloud_services import (
    AzureService,
    CloudServices,
    Tenant,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.internet.features import (
    check_endpoint,
    endpoints_of,
    features,
    features_in_use,
    usual_features,
)
from hypothesis import given
from hypothesis import strategies as st

CO_MANAGEMENT = AzureService("CoMgmt", 5)


def test_the_data_file_is_well_formed() -> None:
    for name, feature in features().items():
        assert feature.name == name and feature.title and feature.entries, name
        assert isinstance(feature.in_use, dict) or feature.in_use in ("always", "tenants", "asked_for"), name
        for entry in feature.entries:
            assert entry.url.startswith("https://") and "*" not in entry.url, entry
            assert isinstance(entry.is_critical, bool), entry
        assert len({entry.endpoint for entry in feature.entries}) == len(feature.entries), name


def test_what_several_features_need_is_tried_once() -> None:
    endpoints = {endpoint.url: endpoint for endpoint in endpoints_of(["updates", "tenant_attach", "console_notifications"])}
    shared = endpoints["https://sccm.manage.microsoft.com/"]
    assert shared.features == ("updates", "tenant_attach") and shared.stands_for == ("*.manage.microsoft.com",)
    # Critical for one of them is critical
    assert endpoints["https://configmgrbits.azureedge.net/"].is_critical
    assert not endpoints["https://dc.services.visualstudio.com/"].is_critical


def test_given_endpoints_are_critical_and_none_is_there_twice() -> None:
    given_twice = ["https://logic.example/", "https://aka.ms/", "https://logic.example/"]
    endpoints = {endpoint.url: endpoint for endpoint in endpoints_of(["links"], given_twice)}
    assert endpoints["https://aka.ms/"].is_critical and endpoints["https://aka.ms/"].features == ("links",)
    assert list(endpoints) == ["https://aka.ms/", "https://go.microsoft.com/", "https://logic.example/"]
    assert endpoints["https://logic.example/"].features == () and endpoints["https://logic.example/"].is_critical


@pytest.mark.parametrize(
    ("cloud", "more"),
    [
        (CloudServices(None, None, None), []),
        (CloudServices((), (), ()), []),
        (CloudServices((Tenant("Contoso", "1"),), None, None), ["azure_services"]),
        (CloudServices((), (), (CO_MANAGEMENT,)), ["tenant_attach"]),
        (CloudServices((), (), (AzureService("Other", 1),)), []),
    ],
)
def test_the_features_that_a_hierarchy_uses(cloud: CloudServices, more: list[str]) -> None:
    assert features_in_use(cloud) == usual_features() + more


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("go.microsoft.com", "https://go.microsoft.com/"),
        ("https://GO.Microsoft.com", "https://go.microsoft.com/"),
        ("https://go.microsoft.com:443/fwlink/?LinkID=619849", "https://go.microsoft.com/fwlink/?LinkID=619849"),
        ("logic.azure.com:8443", "https://logic.azure.com:8443/"),
        ("10.0.0.1", "https://10.0.0.1/"),
    ],
)
def test_what_is_an_endpoint(text: str, url: str) -> None:
    assert check_endpoint(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "http://go.microsoft.com",
        "ftp://go.microsoft.com",
        "*.manage.microsoft.com",
        "go.microsoft.com:port",
        "go.microsoft.com:0",
        "go.microsoft.com:70000",
        "https://user:secret@go.microsoft.com",
        "https://go.microsoft.com/#part",
        "https://go.microsoft.com/a b",
        "https://go.microsoft.com/{a,b}",
        "https://go.microsoft.com/\nurl = x",
        "-o.microsoft.com",
        "münchen.example",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no endpoint"):
        check_endpoint(text)


@given(st.text())
def test_whatever_is_accepted_can_stand_in_a_line_of_curls_input(text: str) -> None:
    try:
        url = check_endpoint(text)
    except ValueError:
        return
    assert url.startswith("https://") and url.isascii() and url.isprintable()
    assert not set(url) & set(' "\\{}[]')
    assert check_endpoint(url) == url
