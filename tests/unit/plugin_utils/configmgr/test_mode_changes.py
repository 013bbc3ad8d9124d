# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said before the service connection point gets another mode."""

from __future__ import annotations

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.cloud_services import AzureService
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.mode_changes import consequences
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_states import update_states
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.updates import UpdateInstallation

SERVER = "srv1.corp.example"
DOWNLOADING = UpdateInstallation("Update A", 262145)
AVAILABLE, FAILED = UpdateInstallation("Update B", 327682), UpdateInstallation("Update C", 327679)
SERVICE = AzureService("Contoso", 5)


def test_going_offline_stops_downloads_and_leaves_the_rest_to_the_tool() -> None:
    installing = UpdateInstallation("Update D", 196609)
    no_contact, downloads, tool, cloud = consequences(
        Mode.OFFLINE, SERVER, [DOWNLOADING, AVAILABLE, FAILED, installing], [SERVICE]
    )
    assert "service connection tool" in no_contact
    assert downloads.endswith("until the role is online again: Update A.")
    assert tool.endswith("by the service connection tool then: Update B, Update C.")
    assert cloud.endswith("cloud management gateways: Contoso - co-management and tenant attach.")


def test_what_there_is_nothing_of_is_not_said() -> None:
    assert len(consequences(Mode.OFFLINE, SERVER, [], [])) == 1
    (_always, cloud) = consequences(Mode.OFFLINE, SERVER, [], None)
    assert cloud.startswith("The SMS Provider does not tell what the site uses in the cloud.")


def test_going_online() -> None:
    said = consequences(Mode.ONLINE, SERVER, [DOWNLOADING, AVAILABLE], None)
    assert len(said) == 4 and "Usage data is sent" in said[0]
    assert said[2].startswith(f"{SERVER} needs the internet endpoints")
    assert rf"left lying on {SERVER}, in EasySetupPayload\offline;" in said[3]
    assert not any("Update" in sentence for sentence in said)


def test_the_states_that_count() -> None:
    names = {update_states()[update.state].name for update in (DOWNLOADING, AVAILABLE, FAILED)}
    assert names == {"download_in_progress", "applicability_success", "download_failed"}
