# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line prints: how to go on with a lab, what is going on in it, and what each task has cost."""

from __future__ import annotations

import re
import shlex
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .client import State
from .hierarchy import site_control
from .lab import Lab

WIDTH = 80
_REQUESTS_WIDTH = 120
"""Of the table of requests; all else is meant for a terminal of the usual width."""

DEFAULT_DIRECTORY = Path(".lab")
REPOSITORY = Path(__file__).resolve().parents[2]
CALLBACK_DIRECTORY = Path(__file__).parent / "ansible"
CALLBACK = "lab_tasks"

_ROLES = {
    site_control.SITE_SERVER: "Site Server",
    site_control.SMS_PROVIDER: "Provider",
    site_control.SITE_SYSTEM: "Site System",
    site_control.SERVICE_CONNECTION_POINT: "Service Connection Point",
}
"""The roles that a reader looks for, as short as can be."""

_SITE_TYPES = {"cas": "central administration site", "primary": "primary site", "secondary": "secondary site"}


def make_command(target: str, directory: Path) -> str:
    """How to call ``make`` in a clone for a lab with this directory."""
    is_default = directory.resolve() == REPOSITORY / DEFAULT_DIRECTORY
    return f"make {target}" if is_default else f"make {target} LAB={_quoted(directory)}"


def _lab_command(name: str, directory: Path) -> str:
    return f"PYTHONPATH={_quoted(REPOSITORY / 'tests')} python -m lab {name} --directory {_quoted(directory)}"


def welcome(lab: Lab, idle_minutes: float | None = None) -> Iterator[str]:
    """The servers of a lab, and commands that work in the clone; ``idle_minutes`` is for one in the background."""
    width = max(map(len, lab.topology.servers)) + 2
    yield f"{'server':<{width}}{'https':<7}{'http':<7}roles"
    for name in lab.topology.servers:
        held = {role.name for role in lab.hierarchy.site_control.on_server(name)}
        roles = ", ".join(shown for role, shown in _ROLES.items() if role in held) or "-"
        start = f"{name:<{width}}{lab.https_ports[name]:<7}{lab.http_ports[name]:<7}"
        yield textwrap.fill(roles, max(WIDTH, len(start) + 24), initial_indent=start, subsequent_indent=" " * len(start))
    top_tier = lab.hierarchy.top_tier_site
    following = "Next, in another terminal" if idle_minutes is None else "Next"
    yield f"\nTop-tier site {top_tier.code}, its SMS Provider on {top_tier.sms_provider}. {following}:\n"
    if Path.cwd() != REPOSITORY:
        yield f"  cd {shlex.quote(str(REPOSITORY))}"
    if sys.prefix != sys.base_prefix:
        yield f"  . {_quoted(Path(sys.prefix) / 'bin' / 'activate')}"
    inventory, playbook = _quoted(lab.inventory_file), _quoted(REPOSITORY / "playbooks" / "deploy.yml")
    yield f"  ansible-playbook -i {inventory} {playbook} \\"
    yield f"    -e service_connection_point_site_system={_site_system(lab)} -e service_connection_point_mode=online"
    yield f"  ansible -i {inventory} top_tier_sms_provider -m configmgr.site.site_info"
    yield f"  {make_command('lab-state', lab.directory)}"
    yield "\nOptional, before these commands, to have their requests counted by task:\n"
    yield f"  export LAB_CONTROL={lab.control.url}"
    yield f"  export ANSIBLE_CALLBACK_PLUGINS={_quoted(CALLBACK_DIRECTORY)} ANSIBLE_CALLBACKS_ENABLED={CALLBACK}"
    yield "\nand to look at them:\n"
    yield f"  {_lab_command('requests', lab.directory)}\n"
    if idle_minutes is not None:
        yield f"The lab ends by itself when it has met no request for {idle_minutes:g} min. To end it now:\n"
        yield f"  {_lab_command('stop', lab.directory)}\n"


def state_report(state: State) -> Iterator[str]:
    """Sites, roles, components, threads and violations of a running lab."""
    yield f"{state['topology']}, {state['speed']:g} times as fast as a real site; {state['requests']} requests so far"
    yield "\nSites"
    for site in state["sites"]:
        provider = f", SMS Provider on {site['sms_provider']}" if site["sms_provider"] else ""
        below = f" below {site['parent']}" if site["parent"] else ""
        yield f"  {site['code']}  {_SITE_TYPES[site['type']]}{below} on {site['server']}{provider}"
    yield "\nService connection point"
    for point in state["service_connection_points"]:
        effective = point["effective_mode"] or "nothing yet"
        yield f"  {point['server']} ({point['site_code']}): {point['mode']} on record, {effective} in effect"
    if not state["service_connection_points"]:
        yield "  none"
    for installation in state["installations"]:
        if installation["is_busy"]:
            work = "being installed" if installation["is_wanted"] else "being removed"
            yield f"  {work} on {installation['server']}  {installation['obstacle']}".rstrip()
    yield "\nServers; for each component its state and status as the site reports them, and"
    yield "what its thread on the server does (- where it has none)"
    for name, server in state["servers"].items():
        roles = ", ".join(role["name"] for role in server["roles"]) or "no role"
        yield "\n" + textwrap.fill(f"{name}: {roles}", WIDTH, initial_indent="  ", subsequent_indent="    ")
        rows = [
            (component, status["state"], status["status"], server["threads"].get(component, {}).get("state", "-"))
            for component, status in server["components"].items()
        ]
        if rows:
            yield from _table(("component", "state", "status", "thread"), rows, indent=4)
    yield "\nViolations of rules that the real thing may not enforce"
    for violation in state["violations"]:
        yield f"  {violation['time']}  {violation['text']}"
    if not state["violations"]:
        yield "  none broken"


def requests_report(tasks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What each task has sent to the servers, in lines of `_REQUESTS_WIDTH` columns unless hosts have very long names."""
    sending = [task for task in tasks if task["requests"]]
    rows = [(_short_name(task["task"]), task["host"] or "-", *_counts(task["requests"])) for task in sending]
    if len(rows) > 1:
        rows.append(("(all)", "", *_counts([request for task in sending for request in task["requests"]])))
    yield from _requests_table(rows) if rows else ["no requests yet"]
    if silent := len(tasks) - len(sending):
        yield f"\nLeft out: {silent} task{'s' if silent > 1 else ''} without requests."
    if sending and not any(task["task"] for task in tasks):
        yield "\nTo have tasks named, set what the lab showed as optional when it started."


def _short_name(task: str) -> str:
    """The name of a task without that of its role, which Ansible puts before it."""
    return re.sub(r"^\S+ : ", "", task) or "(before any named task)"


def _requests_table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table whose first column is cut and whose last one is wrapped where it would be too wide."""
    lines = [("task", "host", "requests", "bytes in", "bytes out", "actions"), *rows]
    longest = [max(map(len, column)) for column in zip(*lines, strict=True)]
    both = max(WIDTH // 2, _REQUESTS_WIDTH - sum(2 + width for width in longest[1:-1]) - 2)
    names = min(longest[0], max(both // 2, both - longest[-1]))
    fitting: list[Sequence[str]] = []
    for name, *others, last in lines:
        beginning, *more = textwrap.wrap(last, both - names)
        fitting.append((_cut(name, names), *others, beginning))
        fitting += [("", *("" for _unused in others), text) for text in more]
    yield from _table(fitting[0], fitting[1:])


def _cut(text: str, width: int) -> str:
    """The beginning and the end of a text that is too long."""
    if len(text) <= width:
        return text
    end = (width - 3) // 2
    return f"{text[: width - 3 - end]}...{text[-end:]}"


def _counts(requests: Sequence[Mapping[str, Any]]) -> tuple[str, str, str, str]:
    actions = Counter(request["action"] for request in requests)
    return (
        str(len(requests)),
        str(sum(request["bytes_in"] for request in requests)),
        str(sum(request["bytes_out"] for request in requests)),
        ", ".join(f"{action} {count}" if count > 1 else action for action, count in actions.items()) or "-",
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], indent: int = 0) -> Iterator[str]:
    """Columns as wide as what is in them."""
    lines = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield (" " * indent + "  ".join(cells)).rstrip()


def _site_system(lab: Lab) -> str:
    """A server for the role: the one that has it, else a site system of the top tier, the site server last."""
    points = lab.hierarchy.site_control.roles(site_control.SERVICE_CONNECTION_POINT)
    if points:
        return points[0].server
    site = next(site for site in lab.topology.sites if not site.parent)
    return next((name for name in (*site.site_systems, site.sms_provider) if name != site.server), site.server)


def _quoted(path: Path) -> str:
    """A path for a command line in the clone."""
    absolute = path.absolute()
    return shlex.quote(str(absolute.relative_to(REPOSITORY) if absolute.is_relative_to(REPOSITORY) else absolute))
