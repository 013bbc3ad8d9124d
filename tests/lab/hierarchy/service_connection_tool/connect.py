# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phase -connect: gives usage data to the cloud, and downloads what that has for the sites which it is from.

Documented: several cabinets in a folder are all uploaded; the error of the console's content; that a proxy whose port is wrong
may make the tool complain of usage data; the name of the manifest, and that a file of the same name with the ending .enc comes
with it; that the console's content gets the ending .auc. Inferred: that .enc is what the cloud has answered, and that the tool
goes on without the console's content. Microsoft has seen an exception that one may ignore (quirk ``tool_ignorable_error``); by
what it says, it comes when the tool has done its work and deletes its temporary files. How the tool gets the password for a
proxy is not documented (quirk ``tool_proxy_password``).
"""

from __future__ import annotations

from ...cloud.cabinets import NoCabinetError
from ...cloud.catalogue import CONSOLE_CONTENT_LINK, LINKS, MANIFEST_LINK
from ...cloud.cloud import UPLOAD_URL
from ...cloud.manifest import Offer, query_name, read_manifest
from ...cloud.usage_data import UsageData, read_usage_data
from .downloads import Downloads
from .folder import UnhandledError
from .run import Run, ToolError
from .selection import selected
from .web import Web, WebError

MANIFEST, ANSWERS, CONSOLE_CONTENT = (
    "ConfigMgr.Update.Manifest.cab",
    "ConfigMgr.Update.Manifest.enc",
    "ConfigMgr.AdminUIContent.auc",
)

_UPLOAD_SECONDS = 10
"""Nominal ones (invented)."""
_PROXY_PORT = 80
"""Documented."""
_NO_CONSOLE = (
    "Cannot read keys when either application does not have a console or when console input has been redirected. "
    "Try Console.Read."
)
_NO_USAGE_DATA = "CAB does not contain telemetry data."
_NO_CONSOLE_CONTENT = (
    "AdminUIContentDownloadDownload:DownloadManifestCab exception: {} "
    "There may be an issue with internet connection or the download link."
)


def connect(run: Run) -> None:
    """Upload and download. `ToolError` if that does not work as a whole."""
    source, folder = run.path("-usagedatasrc"), run.path("-updatepackdest")
    run.expect_folder(folder, folder)
    usage_data = _read_usage_data(run, source)
    web = Web(run.server, run.process, _proxy(run), _proxy_account(run))
    _write(run, rf"{folder}\{ANSWERS}", b"".join(_upload(run, web, path) for path in usage_data))
    offers = _download_manifest(run, web, folder)
    is_complete = _download_console_content(run, web, folder)
    downloads = Downloads(run, web, folder)
    wanted = selected(offers, [data.site_version for data in usage_data.values()], run.arguments.selection)
    for offer in wanted:
        is_complete &= downloads.download(offer)
    if not wanted:
        run.log.info("There is no update to download")
    if not is_complete:
        raise ToolError("Not everything was downloaded.")
    run.log.info("Finished downloading updates")
    if run.server.quirks.tool_ignorable_error == "present" and offers:
        raise _temporary_file(run, offers[-1])


def _read_usage_data(run: Run, source: str) -> dict[str, UsageData]:
    files = run.server.files
    if source in files:
        paths = [source]
    elif files.is_folder(source):
        paths = [rf"{source}\{name}" for name in files.below(source) if name.lower().endswith(".cab")]
        paths = [path for path in paths if path in files]
    else:
        raise ToolError(f"Could not find a part of the path '{source}'.")
    if not paths:
        raise ToolError(f"There is no usage data in {source}.")
    try:
        return {path: read_usage_data(files.read_bytes(path)) for path in paths}
    except NoCabinetError as error:
        raise ToolError(_NO_USAGE_DATA) from error


def _proxy(run: Run) -> tuple[str, int] | None:
    """Host and port."""
    text = run.arguments.values.get("-proxyserveruri", "")
    host, _separator, port = text.rpartition("://")[2].rstrip("/").partition(":")
    if not text:
        return None
    if not host or (port and not port.isdecimal()):
        raise ToolError("Invalid URI: The format of the URI could not be determined.")
    return host, int(port or _PROXY_PORT)


def _proxy_account(run: Run) -> tuple[str, str] | None:
    """User name and password, which the tool asks for."""
    name = run.arguments.values.get("-proxyusername", "")
    if not name:
        return None
    run.output.write(f"Enter the password for {name}: ".encode())
    if run.server.quirks.tool_proxy_password == "console":
        raise UnhandledError("System.InvalidOperationException", _NO_CONSOLE)
    password, *_others = [*run.process.stdin.decode().splitlines(), ""]
    return name, password


def _upload(run: Run, web: Web, path: str) -> bytes:
    run.log.info(f"Uploading usage data {path}")
    run.process.pause(_UPLOAD_SECONDS)
    try:
        answer = web.upload(UPLOAD_URL, run.server.files.location(path))
    except WebError as error:
        run.log.error(f"Failed to upload usage data with exception: {error}")
        raise ToolError(_NO_USAGE_DATA if "-proxyserveruri" in run.arguments.values else str(error)) from error
    run.log.info(f"Uploaded usage data {path}")
    return answer


def _download_manifest(run: Run, web: Web, folder: str) -> list[Offer]:
    try:
        data = web.fetch(f"{LINKS}{MANIFEST_LINK}")
        offers = read_manifest(data)
    except WebError as error:
        raise ToolError(f"Failed to download {MANIFEST} with exception: {error}") from error
    except NoCabinetError as error:
        raise ToolError(f"Failed to extract {MANIFEST}: {error}") from error
    _write(run, rf"{folder}\{MANIFEST}", data)
    run.log.info(f"{MANIFEST} (size = {len(data)}) downloaded successfully")
    return offers


def _download_console_content(run: Run, web: Web, folder: str) -> bool:
    try:
        data = web.fetch(f"{LINKS}{CONSOLE_CONTENT_LINK}")
    except WebError as error:
        run.log.error(_NO_CONSOLE_CONTENT.format(error))
        return False
    _write(run, rf"{folder}\{CONSOLE_CONTENT}", data)
    run.log.info(f"ConfigMgr.AdminUIContent.cab (size = {len(data)}) downloaded successfully")
    return True


def _write(run: Run, path: str, data: bytes) -> None:
    with run.writing(path):
        run.server.files.write(path, data)


def _temporary_file(run: Run, offer: Offer) -> UnhandledError:
    folder = run.server.environment(run.process.account)["TEMP"]
    text = rf"Access to the path '{folder}\extractmanifestcab\{query_name(offer.release)}' is denied."
    return UnhandledError("System.UnauthorizedAccessException", text)
