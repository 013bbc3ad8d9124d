# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated server that is nothing but wire: a WMI of one class, and a shell of three commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import requests
from lab.certificates import CertificateAuthority, ServerCertificate
from lab.quirks import Quirks
from lab.wire.authentication import Accounts, ServiceSettings
from lab.wire.host import CommandResult, RequestRecord
from lab.wire.listener import Listener, Listeners
from lab.wmi.model import (
    Caller,
    ClassSchema,
    Instance,
    KeyValue,
    MethodSchema,
    PropertySchema,
    QueryResult,
    Reference,
    Value,
    WmiError,
)
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol

NAMESPACE = "root/cimv2"
USER, PASSWORD = "CORP\\admin", "S3cret pass"

_PROPERTIES = (
    PropertySchema("Description", "string"),
    PropertySchema("Name", "string", is_key=True),
    PropertySchema("ProcessId", "uint32"),
)
_RETURN_VALUE = PropertySchema("ReturnValue", "uint32")
SERVICE_CLASS = ClassSchema(
    "Win32_Service",
    NAMESPACE,
    (),
    {prop.name.lower(): prop for prop in _PROPERTIES},
    {
        "stopservice": MethodSchema(
            "StopService", (PropertySchema("Grace", "uint32"),), (_RETURN_VALUE,), "uint32", is_static=False
        )
    },
)
SYSTEM_CLASS = ClassSchema(
    "Win32_OperatingSystem", NAMESPACE, (), {"version": PropertySchema("Version", "string")}, {}, is_singleton=True
)
STATUS_CLASS = ClassSchema(
    "SMS_ExtendedStatus",
    NAMESPACE,
    (),
    {
        "description": PropertySchema("Description", "string"),
        "errorcode": PropertySchema("ErrorCode", "uint32"),
    },
    {},
)


class FakeWmi:
    """WMI with the services in a dictionary; understands ``select * from`` and ``select name from``."""

    def __init__(self) -> None:
        self.services: dict[str, Instance] = {}
        self.stopped: list[tuple[str, Mapping[str, Value]]] = []
        for number in range(200):
            self.add(f"Service{number:03}", "d" * 1000)

    def add(self, name: str, description: str) -> None:
        self.services[name.lower()] = Instance(
            "Win32_Service", {"Description": description, "Name": name, "ProcessId": len(self.services)}
        )

    def class_schema(self, namespace: str, class_name: str) -> ClassSchema:
        if namespace.lower() not in (NAMESPACE, "root"):
            raise WmiError(0x8004100E, "Invalid namespace ")
        for schema in (SERVICE_CLASS, SYSTEM_CLASS, STATUS_CLASS):
            if schema.name.lower() == class_name.lower():
                return schema
        if class_name.lower() == "guarded":
            raise WmiError(0x80041003, "Access denied ")
        raise WmiError(0x80041010, "The specified class does not exist in the given namespace. ")

    def get(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> Instance:
        if self.class_schema(namespace, class_name) is SYSTEM_CLASS:
            return Instance("Win32_OperatingSystem", {"Version": "10.0"})
        try:
            return self.services[str(keys["Name"]).lower()]
        except KeyError:
            raise WmiError(0x80041002, "Not found ", provider_name="CIMWin32") from None

    def query(self, caller: Caller, namespace: str, wql: str) -> QueryResult:
        match = re.fullmatch(r"select (\*|\w+) from (\w+)", wql, re.IGNORECASE)
        if match is None:
            raise WmiError(0x80041017, "Invalid query ")
        self.class_schema(namespace, match[2])
        return QueryResult(iter(list(self.services.values())), None if match[1] == "*" else (match[1],))

    def create(self, caller: Caller, namespace: str, instance: Instance) -> Reference:
        self.services[str(instance["Name"]).lower()] = instance
        return Reference(namespace, instance.class_name, {"Name": str(instance["Name"])})

    def put(
        self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue], changes: Mapping[str, Value]
    ) -> Instance:
        instance = self.get(caller, namespace, class_name, keys)
        instance.properties.update(changes)
        return instance

    def delete(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        del self.services[str(self.get(caller, namespace, class_name, keys)["Name"]).lower()]

    def invoke(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        method: str,
        arguments: Mapping[str, Value],
    ) -> dict[str, Value]:
        self.stopped.append((str(self.get(caller, namespace, class_name, keys)["Name"]), arguments))
        return {"ReturnValue": 0}


class FakeCommands:
    """``echo``; ``sort``, which gives its input back; ``wait``, which ends when the test says so."""

    def __init__(self) -> None:
        self.is_waiting = Event()
        self.may_end = Event()

    def run(self, caller: Caller, command_line: str, stdin: bytes) -> CommandResult:
        name, _separator, arguments = command_line.partition(" ")
        if name == "echo":
            return CommandResult(arguments.encode() + b"\r\n")
        if name == "sort":
            return CommandResult(stdin)
        if name == "wait":
            self.is_waiting.set()
            assert self.may_end.wait(20)
            return CommandResult(b"waited", exit_code=3)
        return CommandResult(b"", f"'{name}' is not recognized".encode(), 1)


@dataclass
class FakeHost:
    name: str = "srv1.corp.example"
    netbios_name: str = "SRV1"
    quirks: Quirks = field(default_factory=Quirks)
    wmi: FakeWmi = field(default_factory=FakeWmi)
    commands: FakeCommands = field(default_factory=FakeCommands)

    def may_manage_remotely(self, account: str) -> bool:
        return account != "CORP\\guest"


@dataclass
class Recorder:
    """Keeps the records; ``before_each`` is what a test wants to happen first."""

    records: list[RequestRecord] = field(default_factory=list)
    before_each: Callable[[RequestRecord], None] = lambda record: None

    def before(self, record: RequestRecord) -> None:
        self.before_each(record)

    def after(self, record: RequestRecord) -> None:
        self.records.append(record)

    @property
    def actions(self) -> list[str]:
        return [record.action for record in self.records]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: CertificateAuthority) -> ServerCertificate:
    return authority.issue("srv1.corp.example")


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    accounts = Accounts(tmp_path / "accounts")
    accounts.add("CORP", "admin", PASSWORD, "corp.example")
    accounts.add("CORP", "guest", PASSWORD)
    return accounts


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@dataclass
class Wire:
    """The server of a test, reachable both ways."""

    http: Listener
    https: Listener
    ca: str


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings()


@pytest.fixture
def wire(
    host: FakeHost,
    recorder: Recorder,
    accounts: Accounts,
    settings: ServiceSettings,
    authority: CertificateAuthority,
    certificate: ServerCertificate,
) -> Iterator[Wire]:
    with Listeners(accounts, recorder, settings) as listeners:
        yield Wire(listeners.listen(host), listeners.listen(host, certificate), str(authority.certificate_file))


@pytest.fixture
def protocol(wire: Wire) -> Iterator[Callable[..., Protocol]]:
    """pywinrm, which must verify the certificate."""
    opened: list[Protocol] = []

    def connect(scheme: str = "https", transport: str = "ntlm", user: str = USER, password: str = PASSWORD) -> Protocol:
        opened.append(
            Protocol(
                getattr(wire, scheme).url,
                transport,  # type: ignore[arg-type]
                user,
                password,
                ca_trust_path=wire.ca,
                operation_timeout_sec=1,
                proxy=None,
            )
        )
        return opened[-1]

    yield connect
    for client in opened:
        client.transport.close_session()


@pytest.fixture
def wsman(wire: Wire) -> Iterator[Callable[..., WSMan]]:
    """pypsrp, which must verify the certificate."""
    opened: list[WSMan] = []

    def connect(scheme: str = "https", auth: str = "negotiate", **options: object) -> WSMan:
        arguments: dict[str, object] = {"username": USER, "password": PASSWORD, "cert_validation": wire.ca} | options
        port = getattr(wire, scheme).port
        opened.append(WSMan("127.0.0.1", port=port, ssl=scheme == "https", auth=auth, no_proxy=True, **arguments))  # type: ignore[arg-type]
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


_ENVELOPE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" \
xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" \
xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" \
xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" \
xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header>{headers}</s:Header>\
<s:Body>{body}</s:Body></s:Envelope>"""

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/"
NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "service": WMI + "Win32_Service",
}


@dataclass
class Answer:
    """A reply, taken apart."""

    status: int
    text: str

    @property
    def xml(self) -> Element:
        return ElementTree.fromstring(self.text)

    def text_of(self, path: str) -> str | None:
        return self.xml.findtext(path, namespaces=NAMES)

    def count(self, path: str) -> int:
        return len(self.xml.findall(path, NAMES))

    @property
    def fault(self) -> tuple[str | None, int]:
        """The subcode and the code."""
        code = self.xml.find("s:Body/s:Fault/s:Detail/f:WSManFault", NAMES)
        assert code is not None, self.text
        return self.text_of("s:Body/s:Fault/s:Code/s:Subcode/s:Value"), int(code.attrib["Code"])


class Soap:
    """Posts envelopes written by hand, logged on with Basic over HTTPS."""

    def __init__(self, wire: Wire) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (USER, PASSWORD)
        self.session.verify = wire.ca
        self.url = wire.https.url

    def post(self, content: str | bytes) -> Answer:
        data = content.encode() if isinstance(content, str) else content
        response = self.session.post(self.url, data, headers={"Content-Type": "application/soap+xml;charset=UTF-8"})
        return Answer(response.status_code, response.text)

    def headers(self, action: str, resource_uri: str) -> dict[str, str]:
        return {
            "To": f"<a:To>{self.url}</a:To>",
            "ReplyTo": "<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
            "</a:Address></a:ReplyTo>",
            "MessageID": "<a:MessageID>uuid:1a2B</a:MessageID>",
            "Action": f'<a:Action s:mustUnderstand="true">{action}</a:Action>',
            "ResourceURI": f'<w:ResourceURI s:mustUnderstand="true">{resource_uri}</w:ResourceURI>',
        }

    def send(self, headers: Mapping[str, str], body: str = "") -> Answer:
        return self.post(_ENVELOPE.format(headers="".join(headers.values()), body=body))

    def request(self, action: str, resource_uri: str, body: str = "", **selectors: str) -> Answer:
        headers = self.headers(action, resource_uri)
        if selectors:
            items = "".join(f'<w:Selector Name="{name}">{value}</w:Selector>' for name, value in selectors.items())
            headers["SelectorSet"] = f"<w:SelectorSet>{items}</w:SelectorSet>"
        return self.send(headers, body)


@pytest.fixture
def soap(wire: Wire) -> Iterator[Soap]:
    soap = Soap(wire)
    yield soap
    soap.session.close()
