# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of options, which curl takes on its standard input: ``name``, ``name = value`` or ``name = "value"`` on each line.

Stricter than curl, which warns of what it does not understand and goes on without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_FLAGS = frozenset(
    {
        "head",
        "insecure",
        "parallel",
        "parallel-immediate",
        "proxy-anyauth",
        "show-error",
        "silent",
        "ssl-no-revoke",
        "tlsv1.0",
        "tlsv1.1",
        "tlsv1.2",
        "tlsv1.3",
    }
)
_OPTIONS = frozenset(
    {
        "connect-timeout",
        "max-time",
        "noproxy",
        "output",
        "parallel-max",
        "proxy",
        "proxy-user",
        "range",
        "tls-max",
        "url",
        "write-out",
    }
)
"""Those with a value."""
_SINCE = {"parallel": (7, 66), "parallel-max": (7, 66), "parallel-immediate": (7, 68)}
"""The version that an option came with, where a Windows server may have an older one."""

_LINE = re.compile(r'\s*(?:--)?(?P<name>[^\s=:]+)[\s=:]*(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<bare>[^\s"]\S*))?\s*')
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "v": "\v"}


class ConfigError(ValueError):
    """curl does not understand its options, or the lab does not; the message goes after ``curl:``."""


class Setting(NamedTuple):
    """One option; a flag has no value."""

    name: str
    value: str | None = None

    def __str__(self) -> str:
        """As a line."""
        if self.value is None:
            return self.name
        text = self.value.replace("\\", "\\\\").replace('"', '\\"')
        for letter, character in _ESCAPES.items():
            text = text.replace(character, f"\\{letter}")
        return f'{self.name} = "{text}"'


@dataclass(frozen=True)
class Config:
    """All options, in their order."""

    settings: Sequence[Setting]
    warnings: Sequence[str] = ()
    """What curl says of options that it is too old for."""

    def values(self, name: str) -> list[str]:
        """Every value that an option was given."""
        return [setting.value or "" for setting in self.settings if setting.name == name]

    def value(self, name: str, default: str) -> str:
        """The last of them."""
        return next(reversed(self.values(name)), default)

    def number(self, name: str, default: float) -> float:
        try:
            return float(self.value(name, str(default)))
        except ValueError:
            raise ConfigError(f"option {name}: expected a proper numerical parameter") from None

    def has(self, name: str) -> bool:
        return any(setting.name == name for setting in self.settings)

    def without(self, names: Iterable[str]) -> list[Setting]:
        """The options but these."""
        left_out = frozenset(names)
        return [setting for setting in self.settings if setting.name not in left_out]


def read_config(flags: Sequence[str], text: str, version: tuple[int, ...]) -> Config:
    """The flags of a command line and a file of options, as a curl of this version takes them."""
    settings = [_setting(flag.removeprefix("--"), None) for flag in flags]
    warnings = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ConfigError(f"<stdin>:{number}: the lab does not understand this line")
        name, quoted, bare = match.group("name", "quoted", "bare")
        if version < _SINCE.get(name, ()):
            warnings.append(f"Warning: <stdin>:{number}: warning: '{name}' is unknown")
        else:
            settings.append(_setting(name, bare if quoted is None else _unescaped(quoted)))
    return Config(settings, warnings)


def _setting(name: str, value: str | None) -> Setting:
    if name not in _FLAGS | _OPTIONS:
        raise ConfigError(f"option {name}: is unknown")
    if name in _FLAGS and value is not None:
        raise ConfigError(f"option {name}: had unsupported trailing garbage")
    if name in _OPTIONS and value is None:
        raise ConfigError(f"option {name}: requires parameter")
    return Setting(name, value)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)
