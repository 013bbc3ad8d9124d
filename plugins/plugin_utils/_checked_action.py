# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The base of all actions of this collection: their options, which are checked before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from traceback import format_exception
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ._configmgr.servers import check_site_code
from ._masking import Masker, texts_in

Options = dict[str, Any]
Result = dict[str, Any]

WEEK = 7 * 24 * 60 * 60
"""The longest wait, in seconds."""


class CheckedAction(ActionBase):
    """Subclasses declare their options, and what the specification cannot say of them."""

    MODULE: ClassVar[str]
    """Name of the module, without the collection."""
    ARGUMENT_SPEC: ClassVar[Mapping[str, Any]]
    """The options; the documentation in ``plugins/modules`` says the same, and a test compares them."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Called by Ansible. A failure is a result, as after an exception, Ansible skips ``failed_when`` and ``retries``."""
        masked = self._masked
        try:
            super().run(tmp, task_vars)
            return dict(masked(self.act(task_vars or {})))
        except AnsibleActionFail as error:
            # Not all versions of Ansible have the first two in it, and some a traceback, which they would show
            result = {**error.result, "failed": True, "msg": error.message}
            result.pop("exception", None)
            return dict(masked(result))
        except Exception as error:
            # With its causes, which Ansible shows, too
            shown = "".join(format_exception(error))
            if masked(shown) == shown:
                raise
            if isinstance(error, AnsibleConnectionFailure):
                raise AnsibleConnectionFailure(masked(error.message)) from None
            return {"failed": True, "msg": masked(f"{type(error).__name__}: {error}")}

    def act(self, task_vars: dict[str, Any]) -> Result:
        """Do the work; AnsibleActionFail for what has failed."""
        raise NotImplementedError

    @cached_property
    def _masked(self) -> Masker:
        """Hides the values of the options that are secret, whatever is wrong with them."""
        secret = [name for name, option in self.ARGUMENT_SPEC.items() if option.get("no_log")]
        return Masker(text for name in secret for text in texts_in(self._task.args.get(name)))

    def _validated_options(self) -> Options:
        """The options with their defaults. Fails with a sentence of our own, which never shows the other options' values."""
        validation = ArgumentSpecValidator(dict(self.ARGUMENT_SPEC)).validate(dict(self._task.args))
        if validation.error_messages:
            sentences = [
                f"unsupported option: {error.msg}" if isinstance(error, UnsupportedError) else error.msg
                for error in validation.errors.errors
            ]
            raise AnsibleActionFail(f"configmgr.site.{self.MODULE}: {'; '.join(sentences)}")
        options: Options = validation.validated_parameters
        try:
            if options.get("site_code") is not None:
                self.check_option(options, "site_code", check_site_code)
            self.check_options(options)
        except ValueError as error:
            raise AnsibleActionFail(f"configmgr.site.{self.MODULE}: {error}") from None
        return options

    def check_options(self, options: Options) -> None:
        """Raise ValueError for what the argument specification cannot say. No request has been sent yet."""

    @staticmethod
    def check_option(options: Options, name: str, check: Callable[[str], str]) -> None:
        """Replace a text option by what ``check`` makes of it; its ValueError gets the option's name."""
        try:
            options[name] = check(str(options[name]))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    @staticmethod
    def check_between(options: Options, name: str, least: int, most: int) -> None:
        """ValueError for a number out of range; an option that was left out is none."""
        if options[name] is not None and not least <= options[name] <= most:
            raise ValueError(f"{name}: it must be between {least} and {most}.")

    @staticmethod
    def check_wait_timeout(options: Options, shortest: int, advice: str = "") -> None:
        """ValueError for an option ``wait_timeout`` below ``shortest`` seconds or above a week."""
        if not shortest <= options["wait_timeout"] <= WEEK:
            too_short = options["wait_timeout"] < shortest
            raise ValueError(f"wait_timeout: it must be between {shortest} and {WEEK} seconds.{advice if too_short else ''}")
