# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles as the site control data has them."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.roles import Place, Role, Setting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimInstance

PLACE = Place("srv1.corp.example", "PS1", "the path")


@pytest.mark.parametrize("keys", [{"ItemType": "Property"}, {}])
def test_a_new_setting_has_the_key_that_those_have_which_are_there(keys: dict[str, str]) -> None:
    there = CimInstance("SMS_EmbeddedProperty", {**keys, "PropertyName": "Server Remote Name", "Value1": "srv1"})
    role = Role("SMS Site System", *PLACE, keys={}, embedded=(there,)).with_settings({"UseProxy": Setting(1)})
    assert role.embedded == (
        there,
        CimInstance("SMS_EmbeddedProperty", {**keys, "PropertyName": "UseProxy", "Value": 1, "Value1": "", "Value2": ""}),
    )


def test_the_settings_of_a_new_role_have_no_key() -> None:
    role = Role.new("SMS Site System", PLACE, {"UseProxy": Setting(1)})
    assert "ItemType" not in role.embedded[0].properties
