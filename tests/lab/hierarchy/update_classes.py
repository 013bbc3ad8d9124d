# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes in which the SMS Provider shows updates of the site, the sites that install them, and how far they are.

Documented: the classes, and which properties they have. Inferred: which sites have a row of an update, that sites below wait
for the top-tier one, that global data is shown everywhere, that a hotfix names the update that it is for as the package it
depends on, and that Progress counts hundredths, after which one published script looks. Made up: the names of the steps,
their numbers, and what IsComplete is while a step is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

from ..quirks import Quirks
from ..wmi.model import Instance, Value
from .provider import SiteClass, SmsProvider
from .site import Site
from .update_states import UpdateState
from .updates import Update

_ENGLISH = 1033
_DO_NOT_BYPASS_WARNINGS = 1
_WITH_BOOT_IMAGES = 2
_OF_CLIENTS = 4
"""A bit of an impact."""
_UPDATE, _HOTFIX = 0, 2
_DOWNLOAD = ("Download update package", "Extract update package", "Download redistributable files")
_CHECK = ("Extract prerequisite checks", "Run prerequisite checks")
_INSTALLATION = ("Extract update package", "Install files", "Upgrade database", "Install services", "Update consoles")


def update_mof_files(quirks: Quirks) -> list[str]:
    """The declarations of the classes that the SMS Provider has."""
    return ["updates.mof"] if quirks.update_details == "missing" else ["updates.mof", "update_details.mof"]


def update_classes(provider: SmsProvider) -> list[SiteClass]:
    """What there is in the site's namespace."""
    classes: list[SiteClass] = [UpdatePackages(provider, "SMS_CM_UpdatePackages")]
    if provider.hierarchy.quirks.update_details == "present":
        classes += [
            UpdateSiteStatus(provider, "SMS_CM_UpdatePackageSiteStatus"),
            UpdateSteps(provider, "SMS_CM_UpdatePackDownloadMonitoring", _DOWNLOAD),
            UpdateSteps(provider, "SMS_CM_UpdatePackDetailedPrereqMonitoring", _CHECK),
            UpdateSteps(provider, "SMS_CM_UpdatePackDetailedMonitoring", _INSTALLATION),
        ]
    return classes


class UpdatePackages(SiteClass):
    """SMS_CM_UpdatePackages."""

    def rows(self) -> Iterable[Instance]:
        return [self._shown(package) for package in self.hierarchy.updates.packages]

    def _shown(self, package: Update) -> Instance:
        release = package.release
        prerequisite = self._prerequisite(package)
        return self.provider.instance(
            self.class_name,
            {
                "ClientVersion": release.full_version if release.impact & _OF_CLIENTS else "",
                "DateCreated": package.added,
                "DateReleased": datetime.combine(release.released, time(), UTC),
                "Description": release.description,
                "EULA": f"The license terms of {release.name}.",
                "FullVersion": release.full_version,
                "Impact": release.impact,
                "LastUpdateTime": package.changed,
                "LocaleID": _ENGLISH,
                "MaxCMVersion": release.max_version,
                "MinCMVersion": release.min_version,
                "MoreInfoLink": release.more_info_link,
                "Name": release.name,
                "PackageGuid": release.guid,
                "PrereqFlag": package.prerequisite_flags,
                "PrereqPackageName": prerequisite.name if prerequisite else "",
                "PrereqPackageState": int(prerequisite.state) if prerequisite else 0,
                "PublisherFlags": _WITH_BOOT_IMAGES if release.kind == "update" else 0,
                "State": int(package.state),
                "UpdateType": _HOTFIX if release.kind == "hotfix" else _UPDATE,
                "WarningFlag": _DO_NOT_BYPASS_WARNINGS,
            },
        )

    def _prerequisite(self, package: Update) -> Update | None:
        """The update that a hotfix is for, if the hierarchy knows of it."""
        if package.release.kind != "hotfix":
            return None
        packages = self.hierarchy.updates.packages
        return next((other for other in packages if other.release.full_version == package.release.min_version), None)


class _OfSites(SiteClass):
    """Rows of an update by site. Secondary sites have none: somebody updates them one by one, later."""

    def sites(self) -> list[tuple[int, Site]]:
        """Each with the number that the database has for it."""
        return [(number, site) for number, site in enumerate(self.hierarchy.sites.values(), 1) if site.type != "secondary"]

    @staticmethod
    def state_at(site: Site, package: Update) -> UpdateState:
        waits = bool(site.parent) and package.state.is_installation
        return UpdateState.INSTALL_WAITING_PARENT if waits else package.state


class UpdateSiteStatus(_OfSites):
    """SMS_CM_UpdatePackageSiteStatus: nothing of an update that is only known or downloaded."""

    def rows(self) -> Iterable[Instance]:
        for package in self.hierarchy.updates.packages:
            if package.state.is_of_sites:
                yield from (self._shown(package, number, site) for number, site in self.sites())

    def _shown(self, package: Update, number: int, site: Site) -> Instance:
        return self.provider.instance(
            self.class_name,
            {
                "LastUpdateTime": package.changed,
                "Name": package.name,
                "PackageGuid": package.release.guid,
                "PrereqFlag": package.prerequisite_flags,
                "SiteCode": site.code,
                "SiteName": site.name,
                "SiteNumber": number,
                "SiteServerName": site.server,
                "SiteType": site.type_number,
                "State": int(self.state_at(site, package)),
            },
        )


class UpdateSteps(_OfSites):
    """The steps of one stage, at the top-tier site: nobody else is at it in the lab."""

    def __init__(self, provider: SmsProvider, class_name: str, steps: tuple[str, ...]) -> None:
        super().__init__(provider, class_name)
        self._steps = steps

    def rows(self) -> Iterable[Instance]:
        (number, site), *_others = [(number, site) for number, site in self.sites() if not site.parent]
        for package in self.hierarchy.updates.packages:
            if self._steps == _steps_of(package.state):
                yield from (self._shown(package, number, site, order) for order in range(len(self._steps)))

    def _shown(self, package: Update, number: int, site: Site, order: int) -> Instance:
        done = max(0, min(100, package.progress * len(self._steps) - 100 * order))
        values: dict[str, Value] = {
            "Applicable": 1,
            "Description": f"{self._steps[order]} of {package.name}",
            "IsComplete": int(done == 100),
            "MessageTime": package.changed,
            "OrderId": order + 1,
            "PackageGuid": package.release.guid,
            "Progress": done,
            "SiteCode": site.code,
            "SiteInstallID": 1,
            "SiteNumber": number,
            "SiteType": site.type_number,
            "StageId": 1,
            "SubStageName": self._steps[order],
        }
        if self._steps != _CHECK:
            values["SubStageid"] = order + 1
        return self.provider.instance(self.class_name, values)


def _steps_of(state: UpdateState) -> tuple[str, ...]:
    if state is UpdateState.DOWNLOAD_IN_PROGRESS:
        return _DOWNLOAD
    if state is UpdateState.PREREQ_IN_PROGRESS:
        return _CHECK
    return _INSTALLATION if state.is_installation else ()
