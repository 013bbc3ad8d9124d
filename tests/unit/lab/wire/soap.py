# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that knows no library: it sends envelopes written by hand and takes the replies apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import requests
from unit.lab.wire.fake_host import PASSWORD, USER, Wire

_ENVELOPE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" \
xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" \
xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" \
xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" \
xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header>{headers}</s:Header>\
<s:Body>{body}</s:Body></s:Envelope>"""

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/"
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
