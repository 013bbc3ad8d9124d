# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WS-Management client on the sessions of pywinrm and pypsrp, over HTTPS and over HTTP with encrypted messages."""

from __future__ import annotations

import contextlib
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.answer_limit import LARGEST_ANSWER, limit_answers
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply, WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import (
    AuthenticationRejected,
    CertificateNotTrusted,
    ConnectionLost,
    ServerUnreachable,
    UndecodableAnswer,
    WsmanFault,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PypsrpTransport, PywinrmTransport
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import (
    CimClass,
    CimInstance,
    CimReference,
    CimValue,
    Schema,
)
from lab.quirks import Quirks
from lab.wire.dispatcher import Reply as LabReply
from wmi_server import NAMESPACE, WmiServer, serve

EVERYTHING = CimClass.declare(
    "Lab_Everything",
    BooleanValue="boolean",
    Booleans="boolean[]",
    DatetimeValue="datetime",
    Defaulted="uint32",
    Id="string",
    ObjectValue="object",
    Objects="object[]",
    Real64Value="real64",
    ReferenceValue="reference",
    Sint64Value="sint64",
    StringValue="string",
    Strings="string[]",
    Uint64Value="uint64",
    Uint64s="uint64[]",
    Uint8s="uint8[]",
)
ROW = CimClass.declare("Lab_Row", Number="uint32", Name="string", Enabled="boolean", Size="uint64", Tags="string[]")
SCHEMA = Schema(EVERYTHING, ROW, CimClass.declare("Lab_Part", Weight="uint32", Labels="string[]"))
REGISTRY = "StdRegProv"

FULL: dict[str, CimValue] = {
    "Id": 'a "quoted" \\ <key> & more',
    "BooleanValue": True,
    "Booleans": [True, False],
    "DatetimeValue": datetime(2026, 11, 23, 1, 2, 3, 4000, timezone.utc),
    "ObjectValue": CimInstance("Lab_Motor", {"Id": "m", "Power": "1.5"}),
    "Objects": [CimInstance("Lab_Part", {"Id": "p", "Weight": 3, "Labels": ["only one"]})],
    "Real64Value": 0.1,
    "Sint64Value": -(2**63),
    "StringValue": "line\r\nnext\ttab  two blanks ",
    "Strings": [""],
    "Uint64Value": 2**64 - 1,
    "Uint64s": [2**64 - 1, 0],
    "Uint8s": [255],
}


@pytest.fixture(params=["lower", "upper"], ids=["windows", "omi"], scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WmiServer]:
    with serve(tmp_path_factory.mktemp("server"), Quirks(boolean_case=request.param)) as running:
        yield running


@pytest.fixture(params=["pywinrm https", "pywinrm http", "pypsrp https", "pypsrp http"])
def client(request: pytest.FixtureRequest, server: WmiServer) -> WsmanClient:
    library, scheme = request.param.split()
    https = scheme == "https"
    if library == "pywinrm":
        return WsmanClient(PywinrmTransport(server.pywinrm(https=https)), SCHEMA)
    return WsmanClient(PypsrpTransport(server.pypsrp(https=https)), SCHEMA)


@pytest.fixture
def simple_client(server: WmiServer) -> WsmanClient:
    return WsmanClient(PywinrmTransport(server.pywinrm()), SCHEMA)


def test_an_instance_lives_and_dies(client: WsmanClient) -> None:
    reference = client.create(NAMESPACE, CimInstance("Lab_Everything", dict(FULL)))
    assert reference.keys == {"Id": FULL["Id"]}
    read = client.get(NAMESPACE, "Lab_Everything", reference.keys)
    for name in FULL.keys() - {"ObjectValue", "Objects"}:
        assert read.properties[name] == FULL[name], name
    (part,) = read.objects("Objects")
    assert (part.class_name, part.number("Weight"), part.properties["Labels"]) == ("Lab_Part", 3, ["only one"])
    (motor,) = read.objects("ObjectValue")
    assert (motor.class_name, motor.text("Power")) == ("Lab_Motor", "1.5")
    assert read.number("Defaulted") == 7
    assert read.properties["ReferenceValue"] is None

    changes: dict[str, CimValue] = {
        "StringValue": None,
        "Strings": ["a", "b"],
        "ReferenceValue": CimReference(reference.resource_uri, reference.keys),
    }
    changed = client.put(NAMESPACE, "Lab_Everything", reference.keys, changes)
    assert changed.properties["StringValue"] is None
    assert changed.properties["Strings"] == ["a", "b"]
    assert isinstance(changed.properties["ReferenceValue"], CimReference)
    assert changed.properties["ReferenceValue"].keys == reference.keys
    assert changed.number("Uint64Value") == 2**64 - 1

    client.delete(NAMESPACE, "Lab_Everything", reference.keys)
    with pytest.raises(WsmanFault) as caught:
        client.get(NAMESPACE, "Lab_Everything", reference.keys)
    assert caught.value.is_not_found


def test_what_was_read_can_be_written_back(client: WsmanClient) -> None:
    client.create(NAMESPACE, CimInstance("Lab_Everything", {"Id": "back", "Objects": FULL["Objects"]}))
    try:
        read = client.get(NAMESPACE, "Lab_Everything", {"Id": "back"})
        again = client.put(NAMESPACE, "Lab_Everything", {"Id": "back"}, {"Objects": read.properties["Objects"]})
        assert again.properties["Objects"] == read.properties["Objects"]
    finally:
        client.delete(NAMESPACE, "Lab_Everything", {"Id": "back"})


def test_a_method_of_a_class(client: WsmanClient) -> None:
    key: dict[str, CimValue] = {"hDefKey": 0x80000002, "sSubKeyName": "SOFTWARE\\Test"}
    outputs = CimClass.declare("Outputs", ReturnValue="uint32", uValue="uint32", sNames="string[]")
    created = client.invoke("root/cimv2", REGISTRY, "CreateKey", key, outputs=outputs)
    assert created["ReturnValue"] == 0
    value: dict[str, CimValue] = {**key, "sValueName": "Number", "uValue": 2**32 - 1}
    assert client.invoke("root/cimv2", REGISTRY, "SetDWORDValue", value, outputs=outputs)["ReturnValue"] == 0
    got = client.invoke("root/cimv2", REGISTRY, "GetDWORDValue", {**key, "sValueName": "Number"}, outputs=outputs)
    assert got["uValue"] == 2**32 - 1
    names = client.invoke("root/cimv2", REGISTRY, "EnumValues", key, outputs=outputs)
    assert names["sNames"] == ["Number"]


def test_a_query_goes_from_page_to_page(server: WmiServer, client: WsmanClient) -> None:
    server.add_rows(1500)
    server.requests.clear()
    rows = list(client.query(NAMESPACE, "SELECT * FROM Lab_Row WHERE Number >= 500", ROW))
    assert [row.number("Number") for row in rows] == list(range(500, 1500))
    assert rows[0].properties["Tags"] == ["one", "two"]
    actions = [request.action for request in server.requests]
    assert actions[0] == "Enumerate"
    assert set(actions[1:]) == {"Pull"}
    assert 2 < len(actions) < 20


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_rows_cost_few_requests(server: WmiServer, simple_client: WsmanClient, count: int) -> None:
    server.add_rows(count)
    server.requests.clear()
    assert len(list(simple_client.query(NAMESPACE, "SELECT * FROM Lab_Row"))) == count
    assert len(server.requests) == (1 if count < 2 else 2)


def test_a_projection_has_types_too(server: WmiServer, simple_client: WsmanClient) -> None:
    server.add_rows(2)
    rows = list(simple_client.query(NAMESPACE, "SELECT Name, Size, Tags FROM Lab_Row WHERE Number = 1", ROW))
    assert [row.properties for row in rows] == [{"Name": "Row 1", "Size": 2**40 + 1, "Tags": ["one", "two"]}]


def test_a_query_cut_short_is_released(server: WmiServer, simple_client: WsmanClient) -> None:
    server.add_rows(100)
    server.requests.clear()
    for _repetition in range(20):  # more than the server allows to be open at once
        rows = simple_client.query(NAMESPACE, "SELECT * FROM Lab_Row")
        next(rows)
        rows.close()  # type: ignore[attr-defined]
    assert [request.action for request in server.requests] == ["Enumerate", "Release"] * 20


def test_a_bad_query_is_explained(simple_client: WsmanClient) -> None:
    with pytest.raises(WsmanFault, match="the query cannot be processed"):
        list(simple_client.query(NAMESPACE, "SELECT * FROM Lab_Nothing"))


def test_a_namespace_that_is_not_there(simple_client: WsmanClient) -> None:
    with pytest.raises(WsmanFault) as caught:
        list(simple_client.query("root/nothing", "SELECT * FROM X"))
    assert caught.value.is_missing_namespace


def test_memory_stays_flat(server: WmiServer, simple_client: WsmanClient) -> None:
    def peak(count: int) -> int:
        server.add_rows(count)
        tracemalloc.start()
        try:
            tracemalloc.reset_peak()
            base = tracemalloc.get_traced_memory()[0]
            seen = sum(1 for _row in simple_client.query(NAMESPACE, "SELECT * FROM Lab_Row", ROW))
            assert seen == count
            return tracemalloc.get_traced_memory()[1] - base
        finally:
            tracemalloc.stop()

    # The lab runs in the same process: what both hold for one page must not grow with the number of pages.
    assert peak(4000) < 2 * peak(1000)


def test_a_connection_that_was_cut_costs_one_request_at_the_most(server: WmiServer, client: WsmanClient) -> None:
    server.add_rows(1)
    wql = "SELECT * FROM Lab_Row"
    assert len(list(client.query(NAMESPACE, wql))) == 1
    server.cut_connections()
    with contextlib.suppress(ConnectionLost):
        list(client.query(NAMESPACE, wql))
    assert len(list(client.query(NAMESPACE, wql))) == 1


@pytest.mark.parametrize("library", [PywinrmTransport, PypsrpTransport])
@pytest.mark.filterwarnings("ignore:'pywinrm' will use an environment defined proxy")
def test_the_environment_is_asked_for_a_proxy_when_a_session_begins(
    server: WmiServer, monkeypatch: pytest.MonkeyPatch, library: type[PywinrmTransport] | type[PypsrpTransport]
) -> None:
    def query() -> int:
        return len(list(client.query(NAMESPACE, "SELECT * FROM Lab_Row")))

    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server.add_rows(2)
    client = _client(server, library)
    assert query() == 2
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert query() == 2, "not for each request"
    client = _client(server, library)
    with pytest.raises(ServerUnreachable):
        query()


def _client(server: WmiServer, library: type[PywinrmTransport] | type[PypsrpTransport]) -> WsmanClient:
    transport = PywinrmTransport(server.pywinrm()) if library is PywinrmTransport else PypsrpTransport(server.pypsrp())
    return WsmanClient(transport, SCHEMA)


def test_a_wrong_password(server: WmiServer) -> None:
    session = server.pywinrm()
    session.transport.password = "wrong"
    with pytest.raises(AuthenticationRejected):
        WsmanClient(PywinrmTransport(session), SCHEMA).get(NAMESPACE, "Lab_Singleton", {})


def test_a_certificate_of_nobody(server: WmiServer) -> None:
    session = server.pywinrm()
    session.transport.ca_trust_path = None
    with pytest.raises(CertificateNotTrusted):
        WsmanClient(PywinrmTransport(session), SCHEMA).get(NAMESPACE, "Lab_Singleton", {})


def test_nobody_listens(tmp_path: Path) -> None:
    with serve(tmp_path) as stopped:
        session = stopped.pywinrm()
    with pytest.raises(ServerUnreachable):
        WsmanClient(PywinrmTransport(session), SCHEMA).get(NAMESPACE, "Lab_Singleton", {})


class Repeating:
    """A transport that gives one answer whatever it is asked."""

    endpoint = "http://test/wsman"
    operation_timeout = 20

    def __init__(self, body: bytes) -> None:
        self._body = body

    def send(self, envelope: bytes) -> Reply:
        message = envelope.split(b"<a:MessageID>")[1].split(b"<")[0]
        return Reply(200, self._body.replace(b"MESSAGE", message))


@pytest.mark.parametrize("body", ["", "<x/>", "<x><n:EnumerationContext xmlns:n='urn:other'/></x>"])
def test_an_answer_that_leads_nowhere_ends_the_query(body: str) -> None:
    soap, addressing = "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/ws/2004/08/addressing"
    envelope = (
        f'<s:Envelope xmlns:s="{soap}"><s:Header><a:RelatesTo xmlns:a="{addressing}">MESSAGE</a:RelatesTo></s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )
    with pytest.raises(UndecodableAnswer):
        list(WsmanClient(Repeating(envelope.encode()), SCHEMA).query(NAMESPACE, "SELECT * FROM Lab_Row"))


def test_the_operation_timeout_is_the_connections(server: WmiServer) -> None:
    transport = PywinrmTransport(server.pywinrm())
    assert transport.operation_timeout == timedelta(seconds=20).total_seconds()


NOTHING = "SELECT * FROM Lab_Row WHERE Number = -1"


def test_an_answer_that_is_far_too_large_is_not_read(server: WmiServer, client: WsmanClient) -> None:
    server.interfere(lambda name, act: LabReply(200, b"<" + b"x" * LARGEST_ANSWER))
    try:
        with pytest.raises(UndecodableAnswer, match="larger than 4096000 bytes"):
            list(client.query(NAMESPACE, NOTHING))
    finally:
        server.interfere(None)
    assert list(client.query(NAMESPACE, NOTHING)) == [], "the session goes on"


class Endless(BaseHTTPRequestHandler):
    """Answers in chunks, without an end, until nobody listens any more."""

    protocol_version = "HTTP/1.1"
    sent = 0

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with contextlib.suppress(OSError):
            while Endless.sent < 100 * LARGEST_ANSWER:
                self.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                Endless.sent += 0x10000
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def test_an_answer_without_an_end_that_does_not_say_so_is_not_read() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as endless, requests.Session() as session:
        Thread(target=endless.serve_forever, args=(0.01,), daemon=True).start()
        session.trust_env = False
        limit_answers(session)
        limit_answers(session)
        with pytest.raises(UndecodableAnswer, match="larger than"):
            session.post(f"http://127.0.0.1:{endless.server_address[1]}")
        session.close()
        endless.shutdown()
    assert LARGEST_ANSWER <= Endless.sent < 20 * LARGEST_ANSWER
