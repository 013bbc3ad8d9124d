# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many instances: our client, and pypsrp's own enumerate and pull, on the same server in the same run.

The server and each reader run in processes of their own, so that what a reader uses is its alone.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.names import ENUMERATION, WQL_DIALECT, WSMAN, class_uri
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PypsrpTransport, PywinrmTransport
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimClass, Schema
from memory import peak_of
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol
from wmi_server import NAMESPACE, PASSWORD, USER, serve

from .page import Table

WQL = "SELECT * FROM Lab_Row"
COUNTS = (100, 1_000, 10_000, 100_000)
COMPARED = 10_000
RUNS, SECONDS = 3, 5.0
"""How often each reads, unless so much time has passed already."""
ROW = CimClass.declare(
    "Lab_Row", Number="uint32", Enabled="boolean", Size="uint64", Ratio="real64", Created="datetime", Tags="string[]"
)
_HEAD = ("instances of 20 properties, and who reads them", "wall", "CPU", "an instance", "memory")


class Reading(NamedTuple):
    """What it took to read all instances, in a process of its own."""

    wall: float
    """Seconds."""
    cpu: float
    memory: float
    """MiB of the process at its peak."""


class Server(NamedTuple):
    """Where to read them."""

    url: str
    authority: str


def run() -> None:
    """Print and write the table."""
    print("Reading 100 to 100000 instances ...\n", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=_serve, args=(Path(directory), theirs), daemon=True)
        process.start()
        try:
            server = Server(*ours.recv())
            rows = []
            for count in COUNTS:
                ours.send(count)
                ours.recv()
                readers = READERS if count == COMPARED else {OURS: READERS[OURS]}
                readings = {reader: _median(read, server, count) for reader, read in readers.items()}
                rows += [_row(count, reader, reading) for reader, reading in readings.items()]
                if count == COMPARED:
                    notes = _notes(readings)
        finally:
            ours.send(None)
            process.join()
    Table("instances", _HEAD, rows, notes).publish()


def _serve(directory: Path, connection: Connection) -> None:
    with serve(directory) as server:
        connection.send((server.https_url, str(server.authority_file)))
        while (count := connection.recv()) is not None:
            server.add_rows(count)
            connection.send(count)


def _row(count: int, reader: str, reading: Reading) -> tuple[str, ...]:
    times = (f"{reading.wall:.2f} s", f"{reading.cpu:.2f} s", f"{reading.wall / count * 1e6:.0f} µs")
    return (f"{count}, {reader}", *times, f"{reading.memory:.0f} MiB")


def _notes(readings: dict[str, Reading]) -> list[str]:
    ratios = {reader: reading.wall / readings[OURS].wall for reader, reading in readings.items()}
    return [
        f"On pywinrm's session, we are {ratios[AS_IT_IS]:.1f} times as fast as pypsrp as it is, which asks for one instance a "
        f"request, and {ratios[FULL_PAGES]:.1f} times as fast as pypsrp where its caller asks for full pages by hand.",
        "pypsrp hands out XML, we hand out decoded values. The memory is that of a whole Python with its libraries.",
    ]


def _median(read: Callable[[Server], int], server: Server, count: int) -> Reading:
    """Of several processes, or of one where that takes long."""
    readings: list[Reading] = []
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as processes:
        while len(readings) < RUNS and sum(reading.wall for reading in readings) < SECONDS:
            readings.append(processes.apply(_reading, (read, server, count)))
    return Reading(*(statistics.median(values) for values in zip(*readings, strict=True)))


def _reading(read: Callable[[Server], int], server: Server, count: int) -> Reading:
    wall, cpu = time.monotonic(), time.process_time()
    seen = read(server)
    spent = time.monotonic() - wall, time.process_time() - cpu
    if seen != count:
        raise RuntimeError(f"{seen} instances were read instead of {count}")
    return Reading(*spent, peak_of("self") / 1024**2)


def _read_on_pywinrm(server: Server) -> int:
    return _read(WsmanClient(PywinrmTransport(_pywinrm(*server)), Schema(ROW)))


def _read_on_pypsrp(server: Server) -> int:
    return _read(WsmanClient(PypsrpTransport(_pypsrp(*server)), Schema(ROW)))


def _read_by_pypsrp_as_it_is(server: Server) -> int:
    return _read_by_pypsrp(_pypsrp(*server), None)


def _read_by_pypsrp_in_full_pages(server: Server) -> int:
    return _read_by_pypsrp(_pypsrp(*server), 32_000)


OURS, AS_IT_IS, FULL_PAGES = "configmgr.site on pywinrm's session", "pypsrp as it is", "pypsrp asking for full pages"
READERS: dict[str, Callable[[Server], int]] = {
    OURS: _read_on_pywinrm,
    "configmgr.site on pypsrp's session": _read_on_pypsrp,
    FULL_PAGES: _read_by_pypsrp_in_full_pages,
    AS_IT_IS: _read_by_pypsrp_as_it_is,
}


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
