# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of the tool: which files are in it, and what the tool says where one is missing or is another one.

Documented: the place on the installation media and so in CD.Latest, and that all files have to be together. The names of the
libraries are made up. What .NET says of libraries is its own; that the tool needs every one of them at once is inferred.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ..program_file import file_version, program_file

if TYPE_CHECKING:
    from ..windows_server import WindowsServer

PROGRAM = "ServiceConnectionTool.exe"
FOLDER = r"cd.latest\SMSSETUP\TOOLS\ServiceConnectionTool"
"""Below the installation directory of a site server."""

_SIZES = {
    PROGRAM: 180_000,
    "AdminUI.WqlQueryEngine.dll": 60_000,
    "Microsoft.ConfigurationManagement.ManagementProvider.dll": 90_000,
    "Microsoft.ConfigurationManagement.Setup.Download.dll": 40_000,
    "Microsoft.ConfigurationManager.DmpConnector.Common.dll": 70_000,
    r"en\ServiceConnectionTool.resources.dll": 12_000,
}
_CONFIGURATION = f"{PROGRAM}.config"


class UnhandledError(Exception):
    """What ends a program of .NET, which says it on standard error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"Unhandled Exception: {kind}: {message}")


@cache
def contents(version: str) -> dict[str, bytes]:
    """Every file of the tool in this version, by its path in the folder."""
    configuration = (
        '<?xml version="1.0" encoding="utf-8"?>\r\n<configuration>\r\n  <startup>\r\n'
        '    <supportedRuntime version="v4.0" sku=".NETFramework,Version=v4.6.2" />\r\n  </startup>\r\n</configuration>\r\n'
    )
    files = {path: program_file(path.rpartition("\\")[2], version, size) for path, size in _SIZES.items()}
    return {**files, _CONFIGURATION: configuration.encode()}


def install(server: WindowsServer, folder: str, version: str) -> None:
    """Put the tool in this version there; what else is there stays."""
    for path, content in contents(version).items():
        server.files.write(rf"{folder}\{path}", content)


def loaded_version(server: WindowsServer, folder: str) -> str:
    """Which version of the tool is there. `UnhandledError` if its files are not all there, or do not belong together."""
    version = file_version(server.files.location(rf"{folder}\{PROGRAM}")) or ""
    for path, content in contents(version).items() if version else ():
        full_path = rf"{folder}\{path}"
        assembly = path.rpartition("\\")[2].removesuffix(".dll")
        if full_path not in server.files:
            raise _not_loaded("FileNotFound", assembly, version, "The system cannot find the file specified.")
        location = server.files.location(full_path)
        if location.read_bytes() == content:
            continue
        if path.endswith(".dll") and (other := file_version(location)) not in (None, version):
            text = f"The located assembly's manifest definition is that of version {other} and does not match the reference."
            raise _not_loaded("FileLoad", assembly, version, text)
        raise _not_loaded(
            "BadImageFormat", assembly, version, "An attempt was made to load a program with an incorrect format."
        )
    return version


def _not_loaded(kind: str, assembly: str, version: str, reason: str) -> UnhandledError:
    names = {"BadImageFormat": "System.BadImageFormatException"}
    identity = f"{assembly}, Version={version}, Culture=neutral, PublicKeyToken=31bf3856ad364e35"
    text = f"Could not load file or assembly '{identity}' or one of its dependencies. {reason}"
    return UnhandledError(names.get(kind, f"System.IO.{kind}Exception"), text)
