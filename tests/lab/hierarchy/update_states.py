# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of updates of the site, as Microsoft documents them with the method UpdatePrereqAndStateFlags."""

from __future__ import annotations

from enum import IntEnum


class UpdateState(IntEnum):
    """All of them."""

    ENABLED = 0x2
    CONTENT_REPLICATING = 0x10001
    CONTENT_REPLICATION_SUCCESS = 0x10002
    CONTENT_REPLICATION_FAILED = 0x1FFFF
    PREREQ_IN_PROGRESS = 0x20001
    PREREQ_SUCCESS = 0x20002
    PREREQ_WARNING = 0x20003
    PREREQ_ERROR = 0x2FFFF
    INSTALL_IN_PROGRESS = 0x30001
    INSTALL_WAITING_SERVICE_WINDOW = 0x30002
    INSTALL_WAITING_PARENT = 0x30003
    INSTALL_SUCCESS = 0x30004
    INSTALL_PENDING_REBOOT = 0x30005
    INSTALL_CMU_VALIDATING = 0x30006
    INSTALL_CMU_STOPPED = 0x30007
    INSTALL_CMU_INSTALLFILES = 0x30008
    INSTALL_CMU_STARTED = 0x30009
    INSTALL_CMU_SUCCESS = 0x3000A
    INSTALL_WAITING_CMU = 0x3000B
    INSTALL_INSTALLFILES = 0x3000C
    INSTALL_UPGRADESITECTRLIMAGE = 0x3000D
    INSTALL_CONFIGURESERVICEBROKER = 0x3000E
    INSTALL_INSTALLSYSTEM = 0x3000F
    INSTALL_CONSOLE = 0x30010
    INSTALL_INSTALLBASESERVICES = 0x30011
    INSTALL_UPDATE_SITES = 0x30012
    INSTALL_SSB_ACTIVATION_ON = 0x30013
    INSTALL_UPGRADEDATABASE = 0x30014
    INSTALL_UPDATEADMINCONSOLE = 0x30015
    INSTALL_CMU_FAILED = 0x3FFFE
    INSTALL_FAILED = 0x3FFFF
    DOWNLOAD_IN_PROGRESS = 0x40001
    DOWNLOAD_SUCCESS = 0x40002
    DOWNLOAD_FAILED = 0x4FFFF
    APPLICABILITY_CHECKING = 0x50001
    APPLICABILITY_SUCCESS = 0x50002
    APPLICABILITY_HIDE = 0x5FFFD
    APPLICABILITY_NA = 0x5FFFE
    APPLICABILITY_FAILED = 0x5FFFF

    @property
    def is_of_sites(self) -> bool:
        """Whether each site has a state of its own by now: from the moment that the update is to be installed or checked."""
        return self < UpdateState.DOWNLOAD_IN_PROGRESS

    @property
    def is_installation(self) -> bool:
        """Whether the top-tier site installs it: the sites below wait for that."""
        return self.is_of_sites and self >= UpdateState.INSTALL_IN_PROGRESS and self is not UpdateState.INSTALL_SUCCESS
