# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab in the background: one process starts it and another one ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from .client import CONTROL_FILE, LabError

END_SECONDS = 60.0
"""How long a lab may take to end; one that runs a command waits for that, too."""


def start(command: Sequence[str]) -> int:
    """Run a command until it ends or calls `leave`, and print what it has said. Returns 0 if it runs on, else its exit code.

    It has a session of its own, so that neither the end of this process nor that of a terminal ends it.
    """
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout
    try:
        greeting = process.stdout.read()
    except KeyboardInterrupt:
        process.terminate()
        process.communicate()
        return 128 + signal.SIGINT
    if greeting:
        print(greeting, end="")
        return 0
    code = process.wait()
    return 128 - code if code < 0 else code


def leave() -> None:
    """Tell the process that has called `start` that all is ready, by closing what it reads; the rest goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def stop(directory: Path) -> bool:
    """End the lab that runs with a directory, and wait until nothing of it is left. False if none runs."""
    file = directory / CONTROL_FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        address, number = urlsplit(content["url"]).netloc, int(content["pid"])
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ValueError(f"cannot read {file}: {error.strerror}") from None
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{file} is not a lab's") from None
    with closing(HTTPConnection(address, timeout=END_SECONDS)) as connection:
        try:
            if not _is_a_lab(connection):
                return False
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGTERM)
            # Nothing but the end of the lab's process closes a connection to its control endpoint
            with suppress(ConnectionError):
                connection.sock.recv(1)
        except TimeoutError:
            raise LabError(f"the lab, process {number}, neither answers nor ends within {END_SECONDS:g} s") from None
    return True


def _is_a_lab(connection: HTTPConnection) -> bool:
    """Whether a lab serves it, rather than nobody, or somebody who has got the port of a lab that was killed."""
    try:
        connection.request("GET", "/state")
        return "topology" in json.load(connection.getresponse())
    except TimeoutError:
        raise
    except (OSError, HTTPException, TypeError, ValueError):
        return False
