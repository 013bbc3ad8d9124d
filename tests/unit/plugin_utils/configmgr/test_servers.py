# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of servers and sites."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.servers import (
    check_fqdn,
    check_site_code,
    network_os_path,
    same_server,
    server_of,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("SRV1", "NetBIOS"),
        ("192.0.2.7", "IP address"),
        ("0x7f.1", "IP address"),
        ("srv1.123", "IP address"),
        ("2001:db8::7", "IP address"),
        ('srv1".corp.example', "no server name"),
        ("srv1'.corp.example", "no server name"),
        ("srv1\\corp.example", "no server name"),
        ("srv%.corp.example", "no server name"),
        ("srv1.corp.example\n", "no server name"),
        ("srv1.corp.example.", "no server name"),
        ("-srv1.corp.example", "no server name"),
        ("sr\u00fc.corp.example", "no server name"),
        ("", "no server name"),
        ("a." * 127 + "toolong", "no server name"),
    ],
)
def test_what_is_no_fqdn(name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        check_fqdn(name)
    assert "srv1.corp.example" in str(caught.value)


@pytest.mark.parametrize("name", ["srv1.corp.example", "SRV-01.Corp.Example", "srv_1.corp.example", "1srv.corp.example"])
def test_what_is_one(name: str) -> None:
    assert check_fqdn(name) == name


@given(st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z0-9](\.[a-z][a-z0-9]{0,5}){1,3}", fullmatch=True))
def test_the_paths_lead_back_to_the_server(server: str) -> None:
    assert server_of(network_os_path(server), "") == server
    assert server_of("", f'["Display=\\\\{server}\\"]MSWNET:["SMS_SITE=PS1"]\\\\{server}\\') == server
    assert same_server(server.upper(), server)


@pytest.mark.parametrize("code", ["", "PS", "PS11", "P'1", "PS1\n", "äbc"])
def test_what_is_no_site_code(code: str) -> None:
    with pytest.raises(ValueError, match="no site code"):
        check_site_code(code)


def test_a_site_code_is_written_in_capitals() -> None:
    assert check_site_code("ps1") == "PS1"
