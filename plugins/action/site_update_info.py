# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``site_update_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import QUERY_OPTION, SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.provider import SiteProvider
from ..plugin_utils._configmgr.site_updates import check_guid, read_site_updates
from ..plugin_utils._configmgr.update_views import view_updates
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Read the updates that a site knows of, and how far they are; runs on the SMS Provider."""

    MODULE = "site_update_info"
    ARGUMENT_SPEC = {
        **SITE_CODE_OPTION,
        "guids": {"type": "list", "elements": "str", "default": []},
        "installed": {"type": "bool", "default": True},
        **QUERY_OPTION,
    }

    def check_options(self, options: Options) -> None:
        try:
            options["guids"] = [check_guid(guid) for guid in options["guids"]]
        except ValueError as error:
            raise ValueError(f"guids: {error}") from None

    def perform(self, client: WsmanClient, options: Options) -> Result:
        provider = SiteProvider.connect(client, options["site_code"])
        updates = read_site_updates(provider, options["guids"], installed=options["installed"])
        return {"changed": False, **view_updates(updates)}
