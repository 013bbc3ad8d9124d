# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many instances: our client against pypsrp's own enumerate and pull, on the same server in the same run.

The server runs in a process of its own, so that what the clients use is theirs alone.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from xml.etree import ElementTree

from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.names import ENUMERATION, WQL_DIALECT, WSMAN, class_uri
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PypsrpTransport, PywinrmTransport
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimClass, Schema
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol
from wmi_server import NAMESPACE, PASSWORD, USER, serve

WQL = "SELECT * FROM Lab_Row"
COUNT = 10_000
RUNS = 3
ROW = CimClass.declare(
    "Lab_Row", Number="uint32", Enabled="boolean", Size="uint64", Ratio="real64", Created="datetime", Tags="string[]"
)


def run() -> None:
    """Print the table and the ratio."""
    with tempfile.TemporaryDirectory() as directory:
        ours, theirs = multiprocessing.Pipe()
        server = multiprocessing.get_context("spawn").Process(target=_serve, args=(Path(directory), theirs), daemon=True)
        server.start()
        try:
            url, authority = ours.recv()
            _print_table(url, authority)
            _print_memory(url, authority, ours)
        finally:
            ours.send(None)
            server.join()


def _serve(directory: Path, connection: Connection) -> None:
    with serve(directory) as server:
        server.add_rows(COUNT)
        connection.send((server.https_url, str(server.authority_file)))
        while (count := connection.recv()) is not None:
            server.add_rows(count)
            connection.send(count)


def _print_table(url: str, authority: str) -> None:
    readers: dict[str, Callable[[], int]] = {
        "pypsrp enumerate and pull, as they are": lambda: _read_by_pypsrp(_pypsrp(url, authority), None),
        "the same, asking for full pages": lambda: _read_by_pypsrp(_pypsrp(url, authority), 32_000),
        "configmgr.site on pypsrp's session": lambda: _read(WsmanClient(PypsrpTransport(_pypsrp(url, authority)), Schema(ROW))),
        "configmgr.site on pywinrm's session": lambda: _read(
            WsmanClient(PywinrmTransport(_pywinrm(url, authority)), Schema(ROW))
        ),
    }
    print("Reading many instances. pypsrp hands out XML, one instance a request unless a caller adds MaxElements to each")
    print("request by hand; we hand out decoded values. Ratios say how many times faster we are than each of the two.\n")
    print(f"{f'{COUNT} instances of 20 properties':<42}{'wall':>9}{'CPU':>9}{'as they are':>14}{'full pages':>13}")
    peers: list[float] = []
    for name, read in readers.items():
        wall, cpu = _median(read, runs=RUNS if peers else 1)
        print(f"{name:<42}{wall:>7.2f} s{cpu:>7.2f} s", end="")
        if name.startswith("configmgr.site"):
            print(f"{peers[0] / wall:>12.1f} x{peers[1] / wall:>11.1f} x", end="")
        else:
            peers.append(wall)
        print()


def _print_memory(url: str, authority: str, connection: Connection) -> None:
    print(f"\n{'memory of our client at its peak':<42}")
    for count in (1_000, COUNT):
        connection.send(count)
        connection.recv()
        client = WsmanClient(PywinrmTransport(_pywinrm(url, authority)), Schema(ROW))
        tracemalloc.start()
        _read(client)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"{f'{count} instances':<42}{peak / 2**20:>6.1f} MiB")


def _median(read: Callable[[], int], runs: int) -> tuple[float, float]:
    samples = []
    for _run in range(runs):
        wall, cpu = time.monotonic(), time.process_time()
        seen = read()
        samples.append((time.monotonic() - wall, time.process_time() - cpu))
        if seen != COUNT:
            raise RuntimeError(f"{seen} instances were read instead of {COUNT}")
    walls, cpus = zip(*samples, strict=True)
    return statistics.median(walls), statistics.median(cpus)


def _read(client: WsmanClient) -> int:
    return sum(1 for _row in client.query(NAMESPACE, WQL, ROW))


def _read_by_pypsrp(session: WSMan, page_size: int | None) -> int:
    """What a user of pypsrp writes; the instances stay XML elements."""
    uri = class_uri(NAMESPACE, "*")
    body = ElementTree.Element(f"{{{ENUMERATION}}}Enumerate")
    if page_size:
        ElementTree.SubElement(body, f"{{{WSMAN}}}OptimizeEnumeration")
        ElementTree.SubElement(body, f"{{{WSMAN}}}MaxElements").text = str(page_size)
    ElementTree.SubElement(body, f"{{{WSMAN}}}Filter", Dialect=WQL_DIALECT).text = WQL
    page = session.enumerate(uri, body)[0]
    seen = 0
    while True:
        for tag in (f"{{{WSMAN}}}Items", f"{{{ENUMERATION}}}Items"):
            items = page.find(tag)
            seen += len(items) if items is not None else 0
        context = page.find(f"{{{ENUMERATION}}}EnumerationContext")
        if context is None or not context.text:
            return seen
        body = ElementTree.Element(f"{{{ENUMERATION}}}Pull")
        ElementTree.SubElement(body, f"{{{ENUMERATION}}}EnumerationContext").text = context.text
        if page_size:
            ElementTree.SubElement(body, f"{{{ENUMERATION}}}MaxElements").text = str(page_size)
        page = session.pull(uri, body)[0]


def _pywinrm(url: str, authority: str) -> Protocol:
    return Protocol(url, transport="ntlm", username=USER, password=PASSWORD, ca_trust_path=authority)


def _pypsrp(url: str, authority: str) -> WSMan:
    port = int(url.split(":")[2].split("/")[0])
    return WSMan(
        "127.0.0.1",
        port=port,
        auth="ntlm",
        username=USER,
        password=PASSWORD,
        cert_validation=authority,  # type: ignore[arg-type]  # a path is accepted, too
    )
