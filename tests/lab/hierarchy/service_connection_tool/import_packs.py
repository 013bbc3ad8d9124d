# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phase -import: hands downloaded updates to the site, which looks for them in its own time.

Documented: where they go, that only what is for the hierarchy is imported, and the last lines, which are those of the state
message that SMS_DMP_DOWNLOADER sends of a manifest. Inferred: that hashes are verified before anything is copied, that what was
not downloaded is not missed, and that nothing is said to go wrong where there is nothing to import.
"""

from __future__ import annotations

import secrets

from ...cloud.cabinets import NoCabinetError
from ...cloud.manifest import Offer, read_manifest
from ...cloud.usage_data import read_receipts
from ..site import VERSION
from .connect import ANSWERS, CONSOLE_CONTENT, MANIFEST
from .prepare import expect_role
from .run import Run, ToolError

OFFLINE_FOLDER = r"EasySetupPayload\offline"
"""Below the installation directory of the server with the role."""
REDISTRIBUTABLES_FOLDER = "Redists"
"""Below the one named after the GUID of the update."""

_STEP_SECONDS = 20
"""Nominal seconds before, between and after the steps (invented)."""
_NOBODY = "00000000-0000-0000-0000-000000000000"


def import_packs(run: Run, support_id: str) -> None:
    """Copy what is for this hierarchy. `ToolError` if that does not work."""
    expect_role(run)
    folder = run.path("-updatepacksrc")
    run.expect_folder(folder, folder)
    run.process.pause(_STEP_SECONDS)
    offers = [offer for offer in _read(run, folder, support_id) if rf"{folder}\{offer.release.guid}.cab" in run.server.files]
    applicable = [offer for offer in offers if offer.release.applies_to(VERSION)]
    for offer in offers:
        if offer not in applicable:
            run.log.info(f"Payload {offer.release.guid} is not applicable to a site of version {VERSION}")
    if not applicable:
        run.log.warning(f"No update in {folder} is applicable to this hierarchy. Nothing was imported")
        return
    for offer in applicable:
        if run.sha256(rf"{folder}\{offer.release.guid}.cab") != offer.sha256:
            raise ToolError(f"The hash of Payload {offer.release.guid} does not match the manifest.")
    run.process.pause(_STEP_SECONDS)
    for offer in applicable:
        _copy(run, folder, offer)
    for name in (CONSOLE_CONTENT, MANIFEST):
        if rf"{folder}\{name}" in run.server.files:
            _copy_file(run, rf"{folder}\{name}", name)
    run.process.pause(_STEP_SECONDS)
    _send_state_message(run)


def _read(run: Run, folder: str, support_id: str) -> list[Offer]:
    """What the manifest offers to this hierarchy."""
    for name in (MANIFEST, ANSWERS):
        if rf"{folder}\{name}" not in run.server.files:
            raise ToolError(rf"Could not find file '{folder}\{name}'.")
    try:
        offers = read_manifest(run.server.files.read_bytes(rf"{folder}\{MANIFEST}"))
        hierarchies = read_receipts(run.server.files.read_bytes(rf"{folder}\{ANSWERS}"))
    except NoCabinetError as error:
        raise ToolError(f"The manifest in {folder} cannot be read: {error}") from error
    if support_id not in hierarchies:
        run.log.info("The updates were downloaded for another hierarchy")
        return []
    return offers


def _copy(run: Run, folder: str, offer: Offer) -> None:
    guid = offer.release.guid
    run.log.info(f"Importing Payload {guid} version {offer.release.full_version}")
    _copy_file(run, rf"{folder}\{guid}.cab", f"{guid}.cab")
    source = rf"{folder}\{guid}\Redist"
    for path in run.server.files.walk(source):
        _copy_file(run, path, rf"{guid}\{REDISTRIBUTABLES_FOLDER}{path[len(source) :]}")
    run.log.info(f"Imported Payload {guid}")


def _copy_file(run: Run, source: str, name: str) -> None:
    path = rf"{run.server.installation_directory}\{OFFLINE_FOLDER}\{name}"
    with run.writing(path):
        run.server.files.copy_in(run.server.files.location(source), path)


def _send_state_message(run: Run) -> None:
    inbox = rf"{run.server.installation_directory}\inboxes\auth\statesys.box\incoming\high"
    run.log.state_message(f"Generating state message: 4 for package {_NOBODY}")
    run.log.state_message(rf"Write the state message in {inbox}\___CMU{secrets.token_hex(4)}.SMX")
    run.log.state_message("Successfully Dropped the state message 4")
