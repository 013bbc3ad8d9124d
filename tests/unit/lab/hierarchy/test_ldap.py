# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory by LDAP, asked with ldap3, which shares no code with the server."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import ldap3
import pytest
from lab.hierarchy import topology as topologies
from lab.hierarchy.directory import DOMAIN_SID, LARGE_GROUP_SIZE
from lab.lab import Lab
from ldap3.core.exceptions import LDAPSocketOpenError
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import safe_dn

BASE = "DC=corp,DC=example"
USERS = f"CN=Users,{BASE}"
PS1 = f"CN=PS1,CN=Computers,{BASE}"
LARGE = f"CN=CM Everyone,{USERS}"
ANALYST = "CORP\\analyst"
IN_CHAIN = "1.2.840.113556.1.4.1941"
BIT_AND = "1.2.840.113556.1.4.803"


class Domain:
    """A lab whose domain speaks LDAP."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        assert lab.ldap is not None
        self.ldap = lab.ldap
        self.passwords = {account.name: account.password for account in lab.accounts}
        self.tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(lab.authority_file))

    def connection(self, user: str = ANALYST, password: str | None = None, **options: Any) -> ldap3.Connection:
        server = ldap3.Server("localhost", port=self.ldap.port, get_info=ldap3.DSA, tls=self.tls)
        secret = self.passwords[ANALYST] if password is None else password
        return ldap3.Connection(server, user=user, password=secret, authentication=ldap3.SIMPLE, **options)

    def search(self, condition: str, attributes: Any = "cn", base: str = BASE, **options: Any) -> dict[str, dict[str, Any]]:
        """Attributes of what is found, by distinguished name."""
        # Otherwise ldap3 hides the ranges, and stumbles over those that were asked for
        with self.connection(auto_range=False, return_empty_attributes=False) as connection:
            connection.search(base, condition, attributes=attributes, **options)
            assert connection.result["description"] == "success", connection.result
            return {entry["dn"]: dict(entry["attributes"]) for entry in connection.response if "dn" in entry}


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    with Lab(topologies.load("international"), tmp_path_factory.mktemp("ldap") / "lab") as lab:
        yield Domain(lab)


@pytest.mark.parametrize("user", [ANALYST, "analyst@corp.example", f"cn=analyst, {USERS}", "corp.example\\ANALYST"])
def test_names_to_bind_with(domain: Domain, user: str) -> None:
    assert domain.connection(user).bind()


@pytest.mark.parametrize(("user", "password"), [(ANALYST, "wrong"), ("CORP\\nobody", "x"), ("CORP\\user0001", "x")])
def test_wrong_credentials(domain: Domain, user: str, password: str) -> None:
    connection = domain.connection(user, password)
    assert not connection.bind()
    assert connection.result["description"] == "invalidCredentials"
    assert "data 52e" in connection.result["message"]


def test_without_a_bind_there_is_the_root_and_no_more(domain: Domain) -> None:
    server = ldap3.Server("127.0.0.1", port=domain.ldap.port, get_info=ldap3.DSA)
    connection = ldap3.Connection(server)
    assert connection.bind()
    assert server.info.other["defaultNamingContext"] == [BASE]
    assert not connection.search(BASE, "(objectClass=*)")
    assert connection.result["description"] == "operationsError"
    assert "a successful bind must be completed" in connection.result["message"]


def test_tls_from_the_start_and_from_later_on(domain: Domain) -> None:
    secure = ldap3.Server("localhost", port=domain.ldap.tls_port, use_ssl=True, tls=domain.tls)
    with ldap3.Connection(secure, ANALYST, domain.passwords[ANALYST]) as connection:
        assert connection.search(BASE, "(cn=PS1)")
    later = domain.connection()
    later.open()
    assert later.start_tls()
    assert later.bind()
    assert later.search(BASE, "(cn=PS1)")
    distrusted = ldap3.Server("localhost", port=domain.ldap.tls_port, use_ssl=True, tls=ldap3.Tls(validate=ssl.CERT_REQUIRED))
    with pytest.raises(LDAPSocketOpenError):
        ldap3.Connection(distrusted).open()


def test_a_computer_account_as_active_directory_has_it(domain: Domain) -> None:
    ((dn, found),) = domain.search("(sAMAccountName=ps1$)", ["*", "tokenGroups"]).items()
    assert dn == PS1
    assert found["objectClass"] == ["top", "person", "organizationalPerson", "user", "computer"]
    assert (found["sAMAccountName"], found["dNSHostName"]) == (["PS1$"], ["ps1.corp.example"])
    assert (found["primaryGroupID"], found["userAccountControl"]) == (["515"], ["4096"])
    sid = found["objectSid"][0]
    assert (sid[0], sid[1], sid[2:8]) == (1, 5, bytes([0, 0, 0, 0, 0, 5]))
    numbers = [str(int.from_bytes(sid[index : index + 4], "little")) for index in range(8, 28, 4)]
    account = domain.lab.hierarchy.directory.find("CORP\\PS1$")
    assert account is not None
    assert f"S-1-5-{'-'.join(numbers)}" == account.sid
    assert f"CN=CM Servers,{USERS}" in found["memberOf"]
    assert f"CN=CM Infrastructure,{USERS}" not in found["memberOf"]
    assert len(found["tokenGroups"]) == 4
    (controller,) = domain.search(f"(userAccountControl:{BIT_AND}:=8192)").keys()
    assert controller == f"CN=DC1,OU=Domain Controllers,{BASE}"


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("(&(objectCategory=group)(cn=CM*)(!(cn=*Servers))(!(cn=*ver*)))", {"CM Infrastructure", "CM Circular"}),
        ("(|(cn=ps1)(sAMAccountName=DC1$))", {"PS1", "DC1"}),
        ("(objectSid=S-1-5-32-544)", {"Administrators"}),
        (f"(objectSid={DOMAIN_SID}-512)", {"Domain Admins"}),
        (f"(member={safe_dn(PS1).lower()})", {"CM Servers", "Administrators"}),
        (f"(member:{IN_CHAIN}:={PS1})", {"CM Servers", "CM Infrastructure", "Administrators"}),
        (f"(memberOf:{IN_CHAIN}:=CN=CM Infrastructure,{USERS})", {"CM Servers", "PS1"}),
        (f"(memberOf:{IN_CHAIN}:=CN=CM Circular,{USERS})", {"CM Circular"}),
        ("(&(objectClass=computer)(userAccountControl>=8192))", {"DC1"}),
        ("(&(objectClass=group)(groupType<=-2147483646)(cn=CM S*))", {"CM Servers"}),
        ("(noSuchAttribute=x)", set()),
    ],
)
def test_filters(domain: Domain, condition: str, names: set[str]) -> None:
    assert {entry["cn"][0] for entry in domain.search(condition).values()} == names


def test_a_binary_identifier_in_a_filter(domain: Domain) -> None:
    sid = domain.search("(cn=PS1)", ["objectSid"])[PS1]["objectSid"][0]
    assert domain.search(f"(objectSid={escape_filter_chars(sid)})").keys() == {PS1}


def test_scopes(domain: Domain) -> None:
    assert domain.search("(objectClass=*)", search_scope=ldap3.BASE, attributes=["dc"]) == {BASE: {"dc": ["corp"]}}
    assert domain.search("(objectClass=*)", search_scope=ldap3.LEVEL, attributes=None).keys() == {
        f"CN=Users,{BASE}",
        f"CN=Computers,{BASE}",
        f"CN=Builtin,{BASE}",
        f"OU=Domain Controllers,{BASE}",
    }
    with domain.connection() as connection:
        assert not connection.search(f"OU=Nowhere,{BASE}", "(objectClass=*)")
        assert connection.result["description"] == "noSuchObject"
        connection.search(BASE, "(cn=PS1)")
        assert [entry["type"] for entry in connection.response] == ["searchResEntry", "searchResRef", "searchResRef"]


def test_5000_members_come_in_ranges(domain: Domain) -> None:
    def member(description: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = domain.search("(objectClass=*)", [description], LARGE, search_scope=ldap3.BASE)[LARGE]
        return found

    first = member("member")
    assert first["member"] == []
    assert len(first["member;range=0-1499"]) == 1500
    assert len(first["member;range=0-1499"]) == 1500
    members = list(first["member;range=0-1499"])
    while len(members) < LARGE_GROUP_SIZE:
        ((name, values),) = member(f"member;range={len(members)}-*").items()
        assert len(values) <= 1500
        members += values
    assert name == "member;range=4500-*"
    assert len(set(members)) == LARGE_GROUP_SIZE
    assert [len(values) for values in member("member;range=10-19").values()] == [10]
    with domain.connection() as connection:
        connection.search(LARGE, "(objectClass=*)", ldap3.BASE, attributes=["member"])
        assert len(connection.response[0]["attributes"]["member"]) == LARGE_GROUP_SIZE
        connection.search(LARGE, "(objectClass=*)", ldap3.BASE, attributes=["member;range=9000-*"])
        assert connection.result["description"] == "operationsError"


def test_1000_entries_come_without_paging(domain: Domain) -> None:
    with domain.connection() as connection:
        connection.search(USERS, "(objectCategory=person)", attributes=["cn"])
        assert (connection.result["description"], len(connection.response)) == ("sizeLimitExceeded", 1000)
        pages = connection.extend.standard.paged_search(
            USERS, "(objectCategory=person)", attributes=["cn"], paged_size=1500, generator=False
        )
        assert len(pages) == LARGE_GROUP_SIZE + len(domain.passwords)


def test_what_changes_is_seen_at_once(domain: Domain) -> None:
    lab = domain.lab
    lab.console.perform({"action": "add_domain_group", "name": "Fresh", "members": [ANALYST]})
    dn = f"CN=Fresh,{USERS}"
    assert domain.search("(cn=Fresh)", ["member"])[dn]["member"] == [f"CN=analyst,{USERS}"]
    lab.reset()
    assert domain.search("(cn=Fresh)") == {}


def test_names_as_windows_shows_them(domain: Domain) -> None:
    attribute = "msDS-PrincipalName"
    shown = domain.search("(|(cn=PS1)(cn=CM Servers)(cn=Administrators))", [attribute])
    assert {found[attribute][0] for found in shown.values()} == {"CORP\\PS1$", "CORP\\CM Servers", "BUILTIN\\Administrators"}
    assert attribute not in domain.search("(cn=PS1)", "*")[PS1]


def test_attributes_that_nobody_may_read(domain: Domain) -> None:
    names = ["tokenGroups", "objectSid", "msDS-PrincipalName"]
    before = len(domain.ldap.searches)
    assert domain.search("(cn=PS1)", [*names, "cn"])[PS1].keys() == {*names, "cn"}
    for name in names:
        domain.lab.console.perform({"action": "hide_attribute", "account": "CORP\\PS1$", "name": name})
    assert domain.search("(cn=PS1)", [*names, "cn"])[PS1].keys() == {"cn"}
    assert domain.ldap.searches[before:].count(BASE) == 2
    with pytest.raises(ValueError, match="what can be hidden is tokenGroups"):
        domain.lab.console.perform({"action": "hide_attribute", "account": "CORP\\PS1$", "name": "cn"})
    domain.lab.reset()


def test_what_is_no_ldap_is_hung_up_on(domain: Domain) -> None:
    for port in (domain.ldap.port, domain.ldap.tls_port):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            # Reset where something of the request was still to be read
            with suppress(ConnectionResetError):
                while connection.recv(1024):
                    pass
    assert domain.connection().bind()


def test_a_lab_tells_where_its_ldap_is_and_ends_it(tmp_path: Path) -> None:
    topology = topologies.load("standalone")
    with Lab(topology, tmp_path / "without") as lab:
        assert lab.ldap is None
        assert "ldap" not in json.loads((lab.directory / "control.json").read_text())
    started = monotonic()
    with Lab(topology.with_ldap(), tmp_path / "with") as lab:
        assert monotonic() - started < 10
        told = json.loads((lab.directory / "control.json").read_text())["ldap"]
        assert lab.ldap is not None
        assert told == {"url": lab.ldap.url, "tls_url": lab.ldap.tls_url, "base": BASE}
        open_connection = socket.create_connection(("127.0.0.1", lab.ldap.port), timeout=10)
        port = lab.ldap.port
    with open_connection:
        assert open_connection.recv(1) == b""
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
