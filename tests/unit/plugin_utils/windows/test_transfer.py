# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers: what is planned, and what comes of it between two folders of this computer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.errors import WindowsError
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.smb_errors import SmbLost
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.transfer.controller_store import ControllerStore
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.transfer.ends import find_ends
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.transfer.plan import FileTask, plan_transfer
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.transfer.progress import Progress, in_words
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.transfer.server_store import ServerStore
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.transfer.stores import FileFacts
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.transfer.transfer import Transfer

CONTENT = bytes(range(256)) * 12_000
"""Of some chunks."""


class Clock:
    """One that moves when somebody waits."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class BreakingStore(ControllerStore):
    """A folder behind a connection that is lost after some chunks, again and again."""

    unsure = 1_500_000

    def __init__(self, folder: Path, chunks: list[int]) -> None:
        super().__init__(folder)
        self.chunks = chunks
        self.reconnects = 0

    def read(self, path: str, offset: int, size: int) -> Iterator[bytes]:
        left = self.chunks.pop(0) if self.chunks else None
        for data in super().read(path, offset, size):
            if left == 0:
                raise SmbLost("gone")
            yield data
            left = None if left is None else left - 1

    def reconnect(self) -> None:
        self.reconnects += 1


def facts(size: int, modified: int = 1) -> FileFacts:
    return FileFacts(size, modified)


def transfer(source: ControllerStore, destination: ControllerStore, lines: list[str], timeout: float = 1e9) -> Transfer:
    clock = Clock()
    return Transfer(source, destination, source, Progress(lines.append, timeout, clock, clock.sleep))


def here(folder: str) -> Path:
    """Where the folder of a server is in these tests."""
    return Path(folder.replace("\\", "/"))


def only_task(source: ControllerStore, destination: ControllerStore) -> FileTask:
    (task,) = plan_transfer(source.files() or {}, destination.files() or {})
    return task


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    source, destination = tmp_path / "from", tmp_path / "to"
    source.mkdir()
    (source / "update.cab").write_bytes(CONTENT)
    return source, destination


def test_a_plan_compares_names_without_their_letter_case_and_sizes() -> None:
    source = {"A/one.cab": facts(5), "two.cab": facts(6), "three.log": facts(7)}
    destination = {"a/ONE.cab": facts(5), "two.cab": facts(60)}
    one, two = plan_transfer(source, destination, ["*.LOG"])
    assert (one.path, one.target, one.is_there) == ("A/one.cab", "a/ONE.cab", True)
    assert (two.path, two.target, two.is_there) == ("two.cab", "two.cab", False)


def test_each_version_of_a_file_has_a_part_of_its_own_and_parts_of_others_are_stale() -> None:
    (first,) = plan_transfer({"a.cab": facts(5, 1)}, {})
    (second,) = plan_transfer({"a.cab": facts(5, 2)}, {first.part: facts(3)})
    assert first.part != second.part and second.stale == (first.part,)
    (again,) = plan_transfer({"a.cab": facts(5, 1)}, {first.part: facts(3)})
    assert again.part == first.part and again.stale == () and again.part_size == 3
    (larger,) = plan_transfer({"a.cab": facts(5, 1)}, {first.part: facts(6)})
    assert larger.part_size == 0


def test_parts_are_not_copied_and_names_that_windows_takes_for_the_same_are_refused() -> None:
    (task,) = plan_transfer({"a.cab": facts(5)}, {})
    assert plan_transfer({task.part: facts(3)}, {}) == []
    with pytest.raises(ValueError, match="letter case"):
        plan_transfer({"a.cab": facts(5), "A.CAB": facts(5)}, {})


@pytest.mark.parametrize(
    ("source", "destination", "words"),
    [
        (
            {"A/b/c.cab": facts(5)},
            {"a": facts(1)},
            "a is a file at the destination, and A/b/c.cab of the source needs",
        ),
        ({"A/b/c.cab": facts(5)}, {"a/B": facts(1)}, "a/B is a file at the destination"),
        ({"A/b": facts(5)}, {"a/B/c.cab": facts(1)}, "A/b is a file at the source, and a folder at the destination"),
    ],
)
def test_a_file_and_a_folder_of_one_name(source: dict[str, FileFacts], destination: dict[str, FileFacts], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plan_transfer(source, destination)


def test_a_file_is_copied_once_and_found_the_same_then(folders: tuple[Path, Path]) -> None:
    source, destination = map(ControllerStore, folders)
    lines: list[str] = []
    copied = transfer(source, destination, lines).copy(only_task(source, destination))
    assert (copied.state, copied.sent) == ("copied", len(CONTENT))
    assert copied.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert [path.name for path in folders[1].iterdir()] == ["update.cab"]
    assert (folders[1] / "update.cab").stat().st_mode & 0o077 == 0
    same = transfer(source, destination, lines).compare([only_task(source, destination)])
    assert same == {"update.cab": copied.sha256}


class Asked(ControllerStore):
    """A folder that counts how often the facts of a file are asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked: list[str] = []

    def facts(self, path: str) -> FileFacts | None:
        self.asked.append(path)
        return super().facts(path)


@pytest.mark.parametrize(("source", "destination", "asked"), [("", "", 0), ("/update.cab", "/", 1)])
def test_how_much_of_a_file_is_there_is_asked_once(
    folders: tuple[Path, Path], source: str, destination: str, asked: int
) -> None:
    """Of a folder, the list of its files tells."""
    made: list[Asked] = []

    def store(folder: str) -> ControllerStore:
        made.append(Asked(here(folder)))
        return made[-1]

    folders[1].mkdir()
    part = only_task(*map(ControllerStore, folders)).part
    (folders[1] / part).write_bytes(CONTENT[:2_000_000])
    ends = find_ends(False, f"{folders[0]}{source}", f"{folders[1]}{destination}", store, store, [])
    (task,) = ends.tasks
    moving = Transfer(ends.source, ends.destination, ends.source, Progress(print, 1e9, Clock(), Clock().sleep))
    moving.check_room(ends.tasks)
    assert moving.copy(task).state == "resumed" and moving.has_written
    assert made[-1].asked.count(part) == asked


def test_the_same_size_is_not_the_same_content(folders: tuple[Path, Path]) -> None:
    source, destination = map(ControllerStore, folders)
    folders[1].mkdir()
    (folders[1] / "update.cab").write_bytes(CONTENT[::-1])
    task = only_task(source, destination)
    assert task.is_there and transfer(source, destination, []).compare([task]) == {}
    transfer(source, destination, []).copy(task)
    assert (folders[1] / "update.cab").read_bytes() == CONTENT


def test_what_was_cut_off_goes_on(folders: tuple[Path, Path]) -> None:
    source, destination = map(ControllerStore, folders)
    task = only_task(source, destination)
    folders[1].mkdir()
    (folders[1] / task.part).write_bytes(CONTENT[:2_000_000])
    copied = transfer(source, destination, []).copy(only_task(source, destination))
    assert (copied.state, copied.sent) == ("resumed", len(CONTENT) - 2_000_000)
    assert (folders[1] / "update.cab").read_bytes() == CONTENT


def test_losses_on_the_way_are_gone_on_from_and_a_hole_is_never_left(folders: tuple[Path, Path]) -> None:
    source, destination = BreakingStore(folders[0], [1, 1]), ControllerStore(folders[1])
    lines: list[str] = []
    copied = transfer(source, destination, lines).copy(only_task(source, destination))
    assert source.reconnects == 2 and copied.sent == len(CONTENT)
    assert (folders[1] / "update.cab").read_bytes() == CONTENT
    assert sum("trying again" in line for line in lines) == 2


def test_to_a_server_a_little_is_written_once_more_after_a_loss(folders: tuple[Path, Path]) -> None:
    source, destination = ControllerStore(folders[0]), BreakingStore(folders[1], [])
    folders[1].mkdir()
    (folders[1] / only_task(source, destination).part).write_bytes(CONTENT[:2_000_000])
    task = only_task(source, destination)
    clock = Clock()
    copied = Transfer(source, destination, destination, Progress(print, 1e9, clock, clock.sleep)).copy(task)
    assert copied.sent == len(CONTENT) - 500_000 and (folders[1] / "update.cab").read_bytes() == CONTENT


def test_a_connection_that_brings_nothing_more_is_given_up(folders: tuple[Path, Path]) -> None:
    source, destination = BreakingStore(folders[0], [0] * 20), ControllerStore(folders[1])
    with pytest.raises(SmbLost):
        transfer(source, destination, []).copy(only_task(source, destination))
    assert 3 <= source.reconnects < 10


def test_nor_is_one_that_never_comes_further_tried_for_ever(folders: tuple[Path, Path]) -> None:
    """What is written once more to be certain is nothing gained."""
    source, destination = BreakingStore(folders[0], [1] * 50), ControllerStore(folders[1])
    destination.unsure = 2_000_000
    with pytest.raises(SmbLost):
        transfer(source, destination, []).copy(only_task(source, destination))
    assert source.reconnects < 10


def test_a_file_that_is_another_one_at_either_end_is_an_error_and_leaves_nothing(folders: tuple[Path, Path]) -> None:
    class Lying(ControllerStore):
        def sha256(self, files: object) -> dict[str, str]:
            return {"update.cab": "0" * 64}

    source, destination = Lying(folders[0]), ControllerStore(folders[1])
    with pytest.raises(WindowsError, match="another one at either end"):
        transfer(source, destination, []).copy(only_task(source, destination))
    assert list(folders[1].iterdir()) == []


def test_a_part_of_another_file_is_damaged_and_copied_once_more(folders: tuple[Path, Path]) -> None:
    source, destination = map(ControllerStore, folders)
    folders[1].mkdir()
    (folders[1] / only_task(source, destination).part).write_bytes(b"x" * 1000)
    task = only_task(source, destination)
    lines: list[str] = []
    copied = transfer(source, destination, lines).copy(task)
    assert (copied.state, copied.sent) == ("copied", 2 * len(CONTENT) - 1000)
    assert any("damaged on the way" in line for line in lines)
    assert (folders[1] / "update.cab").read_bytes() == CONTENT


def test_the_time_limit_leaves_what_is_there(folders: tuple[Path, Path]) -> None:
    class Slow(ControllerStore):
        def read(self, path: str, offset: int, size: int) -> Iterator[bytes]:
            for data in super().read(path, offset, size):
                clock.time += 7
                yield data

    clock = Clock()
    source, destination = Slow(folders[0]), ControllerStore(folders[1])
    task = only_task(source, destination)
    lines: list[str] = []
    progress = Progress(lines.append, 10, clock, clock.sleep)
    progress.begin([task], destination.where)
    with pytest.raises(WindowsError, match="Run the task again: it goes on from there"):
        Transfer(source, destination, source, progress).copy(task)
    assert (folders[1] / task.part).stat().st_size == 2 * 1024 * 1024
    assert lines == [f"1 file, 3.1 MB, to {folders[1]} on the controller"]


def test_a_file_or_a_folder_goes_where_it_shall(folders: tuple[Path, Path]) -> None:
    def store(folder: str) -> ControllerStore:
        return ControllerStore(Path(folder))

    source, destination = map(str, folders)
    whole = find_ends(False, source, destination, store, store, [])
    assert [task.target for task in whole.tasks] == ["update.cab"]
    renamed = find_ends(False, f"{source}/update.cab", f"{destination}/other.cab", store, store, [])
    assert [(task.path, task.target) for task in renamed.tasks] == [("update.cab", "other.cab")]
    with pytest.raises(WindowsError, match="neither a file nor a folder"):
        find_ends(False, f"{source}/none", destination, store, store, [])
    with pytest.raises(WindowsError, match="no files"):
        find_ends(False, source, destination, store, store, ["*"])


def test_a_destination_below_a_file_is_refused_before_anything_is_written(folders: tuple[Path, Path]) -> None:
    def store(folder: str) -> ControllerStore:
        return ControllerStore(here(folder))

    source = str(folders[0])
    file = folders[1] / "some.txt"
    folders[1].mkdir()
    file.write_text("some")
    for src in (source, f"{source}/update.cab"):
        for dest in (f"{file}/x", f"{file}/x/", f"{file}/x/y/z"):
            with pytest.raises(WindowsError, match=f"There can be no folder .*{file} is a file. Nothing was copied"):
                find_ends(False, src, dest, store, store, [])
    with pytest.raises(WindowsError, match=f"{file} is a file"):
        find_ends(False, source, str(file), store, store, [])
    with pytest.raises(WindowsError, match="is a folder, which a file cannot replace"):
        find_ends(False, f"{source}/update.cab", str(folders[1]), store, store, [])
    assert list(folders[1].iterdir()) == [file]


@pytest.mark.parametrize(
    ("folder", "file", "asked"),
    [
        (r"C:\some.txt\x\y", r"C:\some.txt", 3),
        (r"C:\some.txt", r"C:\some.txt", 1),
        (r"C:\Folder\x", None, 2),
        (r"C:\none\x", None, 2),
        ("C:\\", None, 0),
    ],
)
def test_the_file_in_the_way_on_a_server(folder: str, file: str | None, asked: int) -> None:
    there = {r"C:\some.txt": False, r"C:\Folder": True}
    looks: list[str] = []

    class Server:
        def is_folder(self, path: str) -> bool | None:
            looks.append(path)
            return there.get(path)

    server: Any = Server()
    client: Any = None
    assert ServerStore(server, client, folder, "srv1").file_in_the_way() == file
    assert len(looks) == asked


def test_nothing_is_written_where_the_first_file_cannot_be_opened(folders: tuple[Path, Path]) -> None:
    source, destination = map(ControllerStore, folders)
    task = only_task(source, destination)
    (folders[1] / task.part).mkdir(parents=True)
    moving = transfer(source, destination, [])
    with pytest.raises(WindowsError, match="on the controller"):
        moving.copy(task)
    assert not moving.has_written


def test_sizes_in_words() -> None:
    assert [in_words(size) for size in (0, 999, 1000, 2_147_483_648, 5e15)] == [
        "0 bytes",
        "999 bytes",
        "1.0 KB",
        "2.1 GB",
        "5000.0 TB",
    ]
