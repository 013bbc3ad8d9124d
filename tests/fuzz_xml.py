# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m fuzz_xml SECONDS``: atheris changes answers of the lab as the coverage of their decoding tells it to.

What is no error of ours is a crash, which is printed, and whose answer is left in .build/fuzz.
"""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["ansible_collections.configmgr"]):
    from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
    from ansible_collections.configmgr.site.plugins.plugin_utils._wsman import names, shell
    from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.decoding import decode_instance, decode_reference
    from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.envelopes import Request, decode_answer
    from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import WsmanError
    from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.shell import CommandShell

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply, Transport, WsmanClient
from direct import LabTime, lab_in, run, transport_to
from lab.hierarchy.topology import load

REQUEST = Request(names.GET, "http://example/Class")
_RELATES_TO = re.compile(rb"(?<=RelatesTo>)[^<]*")
_WORDS = (
    *("xmlns", "xsi:type", "xsi:nil", "Envelope", "Header", "Body", "Fault", "Detail", "Code"),
    *("ReferenceParameters", "ResourceURI", "SelectorSet", "Selector", "Stream"),
)
_LONGEST = 8192


class Recorder:
    """A transport that keeps what the server answers."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.endpoint = inner.endpoint
        self.operation_timeout = inner.operation_timeout
        self.answers: set[bytes] = set()

    def send(self, envelope: bytes) -> Reply:
        reply = self._inner.send(envelope)
        self.answers.add(reply.body)
        return reply


def answers() -> set[bytes]:
    """Answers of every kind: pages of rows, instances, outputs of methods and of a command, and faults."""
    time = LabTime()
    with TemporaryDirectory() as directory, lab_in(time, load("standalone"), Path(directory), speed=600) as lab:
        recorder = Recorder(transport_to(lab, "ps1.corp.example"))
        run(recorder, Desired("present", "srv1.corp.example", Mode.ONLINE), time)
        client = WsmanClient(recorder, SCHEMA)
        list(client.query("root/sms/site_PS1", "SELECT * FROM SMS_SCI_SysResUse"))
        for wql in ("SELECT * FROM Nothing", "SELECT"):
            with contextlib.suppress(WsmanError):
                list(client.query("root/cimv2", wql))
        with CommandShell(client) as opened:
            opened.run("echo one", timeout=10)
    return {_RELATES_TO.sub(REQUEST.message_id.encode(), answer) for answer in recorder.answers}


def decode(data: bytes) -> None:
    """Everything that is done to an answer. Raises what must not be raised."""
    status = 200 if len(data) % 2 else 500
    with contextlib.suppress(WsmanError):
        body = decode_answer(REQUEST, status, data)
        streams = {name: bytearray() for name in ("stdout", "stderr")}
        for element in body.iter():
            with contextlib.suppress(ValueError):
                decode_instance(element, SCHEMA)
            with contextlib.suppress(ValueError):
                decode_reference(element)
        shell._take(body, streams)


def main() -> None:
    seconds = int(sys.argv[1])
    left = Path(".build/fuzz")
    corpus = left / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, answer in enumerate(sorted(answers())):
        (corpus / f"answer{number}").write_bytes(answer)
    words = left / "words"
    words.write_text("".join(f'"{word}"\n' for word in _WORDS))
    arguments = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-dict={words}", f"-artifact_prefix={left}/"]
    atheris.Setup([sys.argv[0], *arguments, "-verbosity=0", "-print_final_stats=1", str(corpus)], decode)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
