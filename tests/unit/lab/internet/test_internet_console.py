# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another administrator may not ask for, said in a clear sentence."""

from __future__ import annotations

from typing import Any

import pytest
from unit.lab.internet.browsing import Browser


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ({"status": 100}, "the status of an endpoint must be a number from 200 to 599, not 100"),
        ({"status": "200"}, "the status of an endpoint must be a number from 200 to 599, not '200'"),
        ({"root": ""}, "the root of an endpoint must be the name of a certificate, not ''"),
        ({"certificate": "old"}, "must be one of valid, expired, wrong_name, self_signed, not 'old'"),
        ({"connection": "slow"}, "must be one of accepted, timed_out, stalled, refused, reset, unknown_host, not 'slow'"),
        ({"tls": "1.4"}, r"speaks versions of TLS like '1\.2' or '1\.0-1\.3', not '1\.4'"),
        ({"tls": "1.2-"}, "not '1.2-'"),
        ({"tls": "1.3-1.2"}, "the lowest version of TLS comes first, unlike in '1.3-1.2'"),
        ({"intercepted_by": True}, "is intercepted by an authority of some name, not by True"),
        ({"colour": "red"}, "set_endpoint: .*'colour'"),
    ],
)
def test_wrong_settings_of_an_endpoint(browser: Browser, setting: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        browser.perform("set_endpoint", host="go.microsoft.com", **setting)


def test_wrong_proxies(browser: Browser) -> None:
    with pytest.raises(ValueError, match="the port of a proxy must be a number from 1 to 65535, not '8080'"):
        browser.perform("add_proxy", name="proxy.corp.example", port="8080")
    with pytest.raises(ValueError, match=r"the domain has no account CORP\\nobody with a password"):
        browser.perform("add_proxy", name="proxy.corp.example", port=8080, account="CORP\\nobody")
    with pytest.raises(ValueError, match="there is no server 'srv9'"):
        browser.perform("require_proxy", server="srv9")
