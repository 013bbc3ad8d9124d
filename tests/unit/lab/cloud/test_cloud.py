# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of the cloud hand out and take over HTTPS."""

from __future__ import annotations

import hashlib
from http.client import IncompleteRead

import pytest
from lab.cloud.cabinets import unpack
from lab.cloud.catalogue import LINKS, REDISTRIBUTABLES
from lab.cloud.cloud import UPLOAD_URL
from lab.cloud.manifest import Offer, read_manifest, read_redistributables
from lab.cloud.usage_data import UsageData, read_receipts
from unit.lab.cloud.conftest import Client

MANIFEST, CONSOLE_CONTENT = f"{LINKS}2309745", f"{LINKS}619849"
NAME = "Configuration Manager 2509"
DATA = UsageData("F00D", "5.00.9135.1000", (("Sites", "1"),))


def offers(client: Client) -> dict[str, Offer]:
    return {offer.release.name: offer for offer in read_manifest(client.followed(MANIFEST).read())}


def test_the_manifest_and_the_content_of_the_console(client: Client) -> None:
    location = client.request(MANIFEST).headers["Location"]
    assert location.startswith("https://download.microsoft.com/download/")
    assert location.endswith("/ConfigMgr.Update.Manifest.cab")
    assert NAME in offers(client)
    assert client.followed(MANIFEST.replace("LinkId", "linkID")).status == 200
    assert "CAMPServicingStates.xml" in unpack(client.followed(CONSOLE_CONTENT).read())


def test_a_payload_is_the_one_that_the_manifest_names(client: Client) -> None:
    offer = offers(client)[NAME]
    location = client.request(offer.payload_url).headers["Location"]
    assert location.startswith("https://configmgrbits.azureedge.net/release/9141.1000/420E3E18-")
    payload = client.request(location).read()
    assert len(payload) == offer.release.size
    assert hashlib.sha256(payload).hexdigest().upper() == offer.sha256


def test_parts_of_a_payload(client: Client) -> None:
    offer = offers(client)[NAME]
    url = client.request(offer.payload_url).headers["Location"]
    whole = client.request(url).read()
    size = len(whole)
    part = client.request(url, Range="bytes=1000000-1000009")
    assert (part.status, part.read()) == (206, whole[1_000_000:1_000_010])
    assert part.headers["Content-Range"] == f"bytes 1000000-1000009/{size}"
    rest = client.request(url, Range=f"bytes={size - 5}-")
    assert (rest.status, rest.read()) == (206, whole[-5:])
    beyond = client.request(url, Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["Content-Range"], beyond.read()) == (416, f"bytes */{size}", b"")


def test_what_a_release_needs(client: Client) -> None:
    files = read_redistributables(client.followed(offers(client)[NAME].redistributables_url).read())
    assert [file.name for file in files] == [file.name for file in REDISTRIBUTABLES]
    for file in files:
        assert hashlib.sha256(client.followed(file.url).read()).hexdigest().upper() == file.sha256


def test_several_requests_on_one_connection(client: Client) -> None:
    with client.connected("go.microsoft.com") as connection:
        for number, status in ((619849, 302), (1, 404), (2309745, 302)):
            connection.request("POST", f"/fwlink/?LinkId={number}", b"x" * 100_000)
            answer = connection.getresponse()
            assert answer.status == status
            answer.read()


def test_usage_data_is_taken(client: Client) -> None:
    answer = client.request(UPLOAD_URL, "POST", DATA.cabinet())
    assert (answer.status, read_receipts(answer.read())) == (200, {"F00D"})
    assert client.hierarchy.cloud.uploads == [DATA]


@pytest.mark.parametrize(
    ("url", "method", "body", "status"),
    [
        (UPLOAD_URL, "POST", b"no cabinet", 400),
        (UPLOAD_URL, "POST", None, 400),
        (UPLOAD_URL, "POST", b"\0" * (2**24 + 1), 413),
        (UPLOAD_URL, "GET", None, 405),
        (UPLOAD_URL.replace("Usage", "Other"), "POST", DATA.cabinet(), 404),
        (f"{LINKS}123", "GET", None, 404),
        (f"{LINKS}x", "GET", None, 404),
        ("https://go.microsoft.com/elsewhere/?LinkId=619849", "GET", None, 404),
        ("https://download.microsoft.com/download/nothing", "GET", None, 404),
        ("https://configmgrbits.azureedge.net/release/nothing.cab", "GET", None, 404),
    ],
)
def test_what_is_refused(client: Client, url: str, method: str, body: bytes | None, status: int) -> None:
    assert client.request(url, method, body).status == status
    assert client.hierarchy.cloud.uploads == []


def test_body_of_unknown_length(client: Client) -> None:
    with client.connected("sccm.manage.microsoft.com") as connection:
        connection.putrequest("POST", "/SCCMConnectedService.svc/UsageData")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        assert connection.getresponse().status == 411


def test_whether_a_host_can_be_reached_is_answered_as_ever(client: Client) -> None:
    assert client.request(MANIFEST, "HEAD").status == 200
    assert client.request("https://go.microsoft.com/").read() == b"200\n"
    assert client.request("https://aka.ms/anything").read() == b"200\n"


def test_a_host_with_another_status_hands_out_nothing(client: Client) -> None:
    client.perform("set_endpoint", host="go.microsoft.com", status=503)
    answer = client.request(MANIFEST)
    assert (answer.status, answer.read()) == (503, b"503\n")
    client.perform("set_endpoint", host="go.microsoft.com")
    assert client.request(MANIFEST).status == 302


def test_what_is_published_and_withdrawn(client: Client) -> None:
    client.perform("publish_update", name="Configuration Manager 2603", full_version="5.00.9148.1000", size=5000)
    client.perform("publish_update", name="A correction", full_version="5.00.9148.1003", kind="hotfix", size=10)
    update, hotfix = (offers(client)[name] for name in ("Configuration Manager 2603", "A correction"))
    assert update.release.applies_to("5.00.9141.1000") and not update.release.applies_to("5.00.9148.1000")
    assert hotfix.release.applies_to("5.00.9148.1000") and not hotfix.release.applies_to("5.00.9148.1003")
    assert len(client.followed(update.payload_url).read()) == 5000
    client.perform("withdraw_update", name="Configuration Manager 2603")
    assert "Configuration Manager 2603" not in offers(client)
    assert client.request(update.payload_url).status == 404
    assert client.followed(hotfix.payload_url).status == 200


def test_bad_days(client: Client) -> None:
    offer = offers(client)[NAME]
    client.perform("damage_payload", name=NAME)
    damaged = client.followed(offer.payload_url).read()
    assert hashlib.sha256(damaged).hexdigest().upper() != offer.sha256 == offers(client)[NAME].sha256
    client.perform("break_payload", name=NAME, after=70_000)
    with pytest.raises(IncompleteRead) as caught:
        client.followed(offer.payload_url).read()
    assert len(caught.value.partial) == 70_000
    client.perform("repair_payload", name=NAME)
    assert hashlib.sha256(client.followed(offer.payload_url).read()).hexdigest().upper() == offer.sha256
    (file, *_others) = read_redistributables(client.followed(offer.redistributables_url).read())
    client.perform("withhold_redistributable", name=file.name)
    assert client.followed(file.url).status == 404
    client.perform("withhold_redistributable", name=file.name, value=False)
    assert client.followed(file.url).status == 200


@pytest.mark.parametrize(
    ("action", "arguments", "message"),
    [
        ("publish_update", {"name": NAME, "full_version": "5.00.9150.1000"}, "is released already"),
        ("publish_update", {"name": "New", "full_version": "2603"}, "is one like 5.00.9135.1000"),
        ("publish_update", {"name": "New", "full_version": "5.00.9150.1000", "kind": "feature"}, "update or a hotfix"),
        ("publish_update", {"name": "New", "full_version": "5.00.9150.1000", "size": 0}, "at least one byte"),
        ("withdraw_update", {"name": "Old"}, "there is no release 'Old'; there are Configuration Manager 2503"),
        ("damage_payload", {"name": "Old"}, "no release"),
        ("withhold_redistributable", {"name": "Old"}, r"there is no redistributable 'Old'; there are SQLSysClrTypes\.msi"),
    ],
)
def test_what_cannot_be(client: Client, action: str, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        client.perform(action, **arguments)
