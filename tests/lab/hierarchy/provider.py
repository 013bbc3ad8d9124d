# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMS Provider of a site: what its classes have in common, and who may read and change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..wmi.codes import Wbem
from ..wmi.model import Caller, Instance, Value, WmiError
from ..wmi.repository import Repository

if TYPE_CHECKING:
    from .hierarchy import Hierarchy
    from .site import Site


PROVIDER_NAME = "ExtnProv"
"""What the provider calls itself in its errors; invented, as no recording of one is known."""


class SmsProvider:
    """The SMS Provider of one site, in the WMI of the server that it runs on."""

    def __init__(self, hierarchy: Hierarchy, site: Site, repository: Repository) -> None:
        self.hierarchy = hierarchy
        self.site = site
        self.namespace = f"root/sms/site_{site.code}"
        self._repository = repository
        self._blanks: dict[str, dict[str, Value]] = {}

    @property
    def no_parent(self) -> str | None:
        """What the parent of the top-tier site is written as."""
        return "" if self.hierarchy.quirks.parent_of_top_tier == "empty" else None

    def instance(self, class_name: str, values: Mapping[str, Value]) -> Instance:
        """An instance with these values and nulls for the rest."""
        template = self._blanks.get(class_name)
        if template is None:
            template = self._blanks[class_name] = self._repository.new_instance(self.namespace, class_name).properties
        unknown = values.keys() - template.keys()
        if unknown:
            raise LookupError(f"{class_name} has no property {', '.join(sorted(unknown))}")
        return Instance(class_name, {**template, **values})

    def error(self, hresult: Wbem, operation: str, parameter_info: str, description: str) -> WmiError:
        """A failure as this provider explains it: with an SMS_ExtendedStatus unless a quirk says otherwise.

        The class and its properties are documented, a fault with one was not recorded. That ErrorCode and StatusCode
        repeat the HRESULT is inferred (the real ErrorCode may be a code of the provider's own); descriptions are invented.
        """
        status = None
        if self.hierarchy.quirks.extended_status_class == "SMS_ExtendedStatus":
            values: dict[str, Value] = {
                "Description": description,
                "ErrorCode": int(hresult),
                "Operation": operation,
                "ParameterInfo": parameter_info,
                "ProviderName": PROVIDER_NAME,
                "StatusCode": int(hresult),
            }
            status = self.instance("SMS_ExtendedStatus", values)
        return WmiError(
            int(hresult),
            description,
            operation=operation,
            parameter_info=parameter_info,
            description=description,
            provider_name=PROVIDER_NAME,
            extended_status=status,
        )

    def not_found(self, operation: str, path: str) -> WmiError:
        """What a request for an instance that is not there fails with; how it is explained is not known."""
        return self.error(Wbem.NOT_FOUND, operation, path, "Not found ")

    def check_may_write(self, caller: Caller, operation: str, parameter_info: str) -> None:
        """Refuse a caller whose security role does not let it change anything."""
        if not self.hierarchy.access.may_write(caller.account):
            text = f"User {caller.account} has no right to modify objects of this class."
            raise self.error(Wbem.ACCESS_DENIED, operation, parameter_info, text)


class SiteClass:
    """One class of a site's namespace; a derived class says which instances there are and what may be done to them.

    Without a security role in Configuration Manager a caller sees nothing, with a read-only one it changes nothing.
    """

    def __init__(self, provider: SmsProvider, class_name: str) -> None:
        self.provider = provider
        self.hierarchy = provider.hierarchy
        self.class_name = class_name

    def rows(self) -> Iterable[Instance]:
        """Every instance."""
        return ()

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        """What `rows` has, and nothing for an account that may not read: the SMS Provider hides, it does not refuse."""
        return self.rows() if self.hierarchy.access.may_read(caller.account) else ()

    def not_found(self, operation: str, path: str) -> WmiError:
        return self.provider.not_found(operation, path)

    def create(self, caller: Caller, instance: Instance) -> Instance:
        self.provider.check_may_write(caller, "PutInstance", self.class_name)
        raise self._not_supported("PutInstance")

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        self.provider.check_may_write(caller, "PutInstance", self.class_name)
        raise self._not_supported("PutInstance")

    def delete(self, caller: Caller, existing: Instance) -> None:
        self.provider.check_may_write(caller, "DeleteInstance", self.class_name)
        raise self._not_supported("DeleteInstance")

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        self.provider.check_may_write(caller, "ExecMethod", self.class_name)
        raise self._not_supported("ExecMethod")

    def _not_supported(self, operation: str) -> WmiError:
        return self.provider.error(Wbem.NOT_SUPPORTED, operation, self.class_name, "The lab does not support this.")
