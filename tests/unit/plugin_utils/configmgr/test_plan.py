# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: what is to be done, and what must not be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import Refusal
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.hierarchy import Hierarchy, Site, SiteType
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.move_note import MoveNote
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.plan import (
    Surroundings,
    check,
    decide,
    site_system_for,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.provider import ProviderLocation
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.roles import Role
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import (
    Mode,
    ServiceConnectionPoint,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import (
    Desired,
    Install,
    Keep,
    Move,
    NoteMove,
    Remove,
    SetMode,
    StayAbsent,
    Step,
    new_mode,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.updates import UpdateInstallation
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimInstance


def role(name: str, server: str, site_code: str = "PS1", **settings: int) -> Role:
    path = f"a path to {server} in {site_code}"
    embedded = tuple(
        CimInstance("SMS_EmbeddedProperty", {"PropertyName": key, "Value": value}) for key, value in settings.items()
    )
    return Role(name, server, site_code, path, {"ItemName": f"{path},{name}"}, embedded)


def point(server: str = "srv1.corp.example", site_code: str = "PS1", **settings: int) -> ServiceConnectionPoint:
    return ServiceConnectionPoint(role("SMS Dmp Connector", server, site_code, **(settings or {"OfflineMode": 0})))


def site(code: str, type_: SiteType, parent: str = "") -> Site:
    return Site(code, code, type_, parent, f"{code.lower()}.corp.example", "", "active", "normal", "")


ONLINE = point(OfflineMode=0)
OFFLINE = point(OfflineMode=1)
STANDALONE = Hierarchy((site("PS1", SiteType.PRIMARY),), site("PS1", SiteType.PRIMARY))
INSTALL = Install("srv1.corp.example", Mode.ONLINE)
READY = Surroundings("PS1", hierarchy=STANDALONE, site_systems=(role("SMS Site System", "srv1.corp.example"),))
UPDATE = UpdateInstallation("Configuration Manager 2509", 196609)


@pytest.mark.parametrize(
    ("desired", "points", "expected"),
    [
        (Desired("present", "srv1.corp.example", Mode.ONLINE), (), INSTALL),
        (Desired("present", "srv1.corp.example", Mode.ONLINE), (ONLINE,), Keep(ONLINE)),
        (Desired("present", "SRV1.Corp.Example", Mode.ONLINE), (ONLINE,), Keep(ONLINE)),
        (Desired("present", "srv1.corp.example", Mode.OFFLINE), (ONLINE,), SetMode(ONLINE, Mode.OFFLINE)),
        (Desired("present", "srv1.corp.example", Mode.ONLINE), (OFFLINE,), SetMode(OFFLINE, Mode.ONLINE)),
        (Desired("present", None, Mode.OFFLINE), (ONLINE,), SetMode(ONLINE, Mode.OFFLINE)),
        (Desired("present", "srv1.corp.example"), (OFFLINE,), Keep(OFFLINE)),
        (Desired("present"), (OFFLINE,), Keep(OFFLINE)),
        (Desired("absent"), (), StayAbsent(None, None)),
        (Desired("absent"), (ONLINE,), Remove(ONLINE)),
        (Desired("absent", "srv1.corp.example"), (ONLINE,), Remove(ONLINE)),
        (Desired("absent", "srv2.corp.example"), (ONLINE,), StayAbsent("srv2.corp.example", ONLINE)),
        (Desired("absent", "srv1.corp.example"), (ONLINE, point("srv2.corp.example")), Remove(ONLINE)),
    ],
)
def test_what_is_to_be_done(desired: Desired, points: tuple[ServiceConnectionPoint, ...], expected: Step) -> None:
    assert decide(desired, points) == expected


@pytest.mark.parametrize("stored", [{"OfflineMode": 7}, {"Other": 0, "OfflineMode": 1}])
def test_anything_but_zero_is_offline_and_only_its_own_property_counts(stored: dict[str, int]) -> None:
    assert point(**stored).mode is Mode.OFFLINE


def test_a_mode_that_the_site_does_not_say_is_set_when_asked_for() -> None:
    unknown = point(Other=0)
    assert unknown.mode is None
    assert decide(Desired("present"), (unknown,)) == Keep(unknown)
    assert decide(Desired("present", mode=Mode.ONLINE), (unknown,)) == SetMode(unknown, Mode.ONLINE)


@pytest.mark.parametrize(
    ("desired", "points", "words"),
    [
        (Desired("present"), (), ["Set site_system"]),
        (Desired("present", "srv1.corp.example"), (), ["srv1.corp.example", "set mode to online or offline"]),
        (
            Desired("present", "srv2.corp.example", Mode.ONLINE),
            (ONLINE,),
            ["srv1.corp.example", "srv2.corp.example", "only one"],
        ),
        (Desired("present"), (ONLINE, point("srv2.corp.example")), ["2 service", "srv1.corp.example", "srv2.corp.example"]),
        (Desired("absent"), (ONLINE, point("srv2.corp.example")), ["Set site_system"]),
    ],
)
def test_what_is_refused(desired: Desired, points: tuple[ServiceConnectionPoint, ...], words: list[str]) -> None:
    with pytest.raises(Refusal) as caught:
        decide(desired, points)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize("act", [Keep, Remove, lambda other: SetMode(other, Mode.OFFLINE)])
def test_the_role_of_another_site_is_left_to_its_own_provider(act: Callable[[ServiceConnectionPoint], Step]) -> None:
    around = Surroundings("PS1", locations=(ProviderLocation("prov.corp.example", "CAS", False),))
    with pytest.raises(Refusal, match=r"belongs to site CAS.*site PS1.*SMS Provider of CAS, prov\.corp\.example"):
        check(act(point(site_code="CAS")), Desired("present"), around)


def test_a_ready_site_is_not_refused() -> None:
    check(INSTALL, Desired("present"), READY)
    assert site_system_for(INSTALL, READY).server == "srv1.corp.example"


@pytest.mark.parametrize("type_", [SiteType.PRIMARY, SiteType.SECONDARY])
def test_a_site_below_the_top_tier_is_refused(type_: SiteType) -> None:
    cas, child = site("CAS", SiteType.CENTRAL_ADMINISTRATION_SITE), site("PR1", type_, "CAS")
    below = replace(
        READY, hierarchy=Hierarchy((cas, child), child), locations=(ProviderLocation("prov.corp.example", "CAS", False),)
    )
    for step in (INSTALL, StayAbsent(None, None), StayAbsent("srv1.corp.example", ONLINE)):
        with pytest.raises(Refusal, match=r"reports to CAS.*top-tier site, CAS.*prov\.corp\.example"):
            check(step, Desired("present"), below)


@pytest.mark.parametrize("parent", ["", "CAS"])
def test_a_site_of_an_unknown_type_is_not_taken_for_the_top(parent: str) -> None:
    unknown = Site("PS1", "PS1", None, parent, "ps1.corp.example", "", "active", "normal", "")
    with pytest.raises(Refusal, match="PS1"):
        check(INSTALL, Desired("present"), replace(READY, hierarchy=Hierarchy((unknown,), unknown)))


def test_a_child_that_does_not_know_its_parent_is_refused_all_the_same() -> None:
    child = site("PR1", SiteType.PRIMARY, "CAS")
    with pytest.raises(Refusal, match="top-tier site, CAS"):
        check(INSTALL, Desired("present"), replace(READY, hierarchy=Hierarchy((child,), child)))


def test_a_server_that_is_no_site_system_is_refused_with_the_remedy() -> None:
    with pytest.raises(Refusal, match=r"srv1\.corp\.example is not a site system of site PS1.*configmgr\.site\.site_system"):
        check(INSTALL, Desired("present"), replace(READY, site_systems=()))


def test_a_plan_goes_on_where_a_task_before_would_have_made_the_site_system() -> None:
    check(INSTALL, Desired("present"), replace(READY, site_systems=(), is_for_plan=True))


def test_a_site_system_of_another_site_is_refused() -> None:
    other = (role("SMS Site System", "srv1.corp.example", "PR2"),)
    with pytest.raises(Refusal, match="site system of site PR2, not of PS1"):
        check(INSTALL, Desired("present"), replace(READY, site_systems=other))


@pytest.mark.parametrize("step", [INSTALL, SetMode(ONLINE, Mode.OFFLINE), Remove(ONLINE)])
def test_an_update_being_installed_stops_every_write_unless_overridden(step: Step) -> None:
    updating = replace(READY, updates=(UPDATE,))
    with pytest.raises(Refusal, match="Configuration Manager 2509"):
        check(step, Desired("present"), updating)
    check(step, Desired("present", allow_during_update=True), updating)


def test_nothing_is_asked_of_the_surroundings_when_nothing_changes() -> None:
    check(Keep(ONLINE), Desired("present"), Surroundings("PS1"))


TARGET = "srv2.corp.example"
MOVE = Desired("present", TARGET, move=True)
NOTE = MoveNote("srv1.corp.example", Mode.OFFLINE, "PS1")
MOVES = Move(OFFLINE, "srv1.corp.example", TARGET, Mode.OFFLINE, Mode.OFFLINE, "PS1")
THERE = point(TARGET, OfflineMode=1)
ON_TARGET = Surroundings("PS1", hierarchy=STANDALONE, site_systems=(role("SMS Site System", TARGET),))


@pytest.mark.parametrize(
    ("desired", "points", "note", "expected"),
    [
        (MOVE, (OFFLINE,), None, MOVES),
        (MOVE, (OFFLINE,), NOTE, replace(MOVES, note=NOTE)),
        (replace(MOVE, mode=Mode.ONLINE), (OFFLINE,), None, replace(MOVES, mode=Mode.ONLINE)),
        (MOVE, (), NOTE, replace(MOVES, point=None, note=NOTE)),
        (replace(MOVE, mode=Mode.ONLINE), (), NOTE, replace(MOVES, point=None, mode=Mode.ONLINE, note=NOTE)),
        (MOVE, (THERE,), NOTE, replace(MOVES, point=THERE, note=NOTE)),
        (MOVE, (THERE,), None, Keep(THERE)),
        (replace(MOVE, mode=Mode.ONLINE), (THERE,), None, SetMode(THERE, Mode.ONLINE)),
        (replace(MOVE, mode=Mode.ONLINE), (), None, Install(TARGET, Mode.ONLINE)),
        (replace(MOVE, state="move_due"), (OFFLINE,), None, NoteMove(MOVES)),
        (replace(MOVE, state="move_due"), (), NOTE, NoteMove(replace(MOVES, point=None, note=NOTE))),
        (replace(MOVE, state="move_due"), (THERE,), None, Keep(THERE)),
    ],
)
def test_a_move_begins_where_it_is(
    desired: Desired, points: tuple[ServiceConnectionPoint, ...], note: MoveNote | None, expected: Step
) -> None:
    assert decide(desired, points, note) == expected


def test_a_move_knows_how_far_it_is() -> None:
    assert [(move.has_left, move.has_arrived) for move in (MOVES, replace(MOVES, point=None), replace(MOVES, point=THERE))] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert not MOVES.is_noted and replace(MOVES, note=NOTE).is_noted
    assert not replace(MOVES, note=MoveNote("srv1.corp.example", Mode.ONLINE, "PS1")).is_noted


PAIR = tuple(role("SMS Site Server", server) for server in ("ps1.corp.example", TARGET))
EXPANDING = Hierarchy((), replace(STANDALONE.local_site, mode="expanding"))
BELOW = point("srv1.corp.example", "PR1", OfflineMode=1)


@pytest.mark.parametrize(
    ("step", "desired", "around", "words"),
    [
        (MOVES, MOVE, replace(ON_TARGET, site_systems=()), "not a site system of site PS1"),
        (MOVES, MOVE, replace(ON_TARGET, site_servers=PAIR), "a high-availability pair"),
        (Install(TARGET, Mode.ONLINE), MOVE, replace(ON_TARGET, site_servers=PAIR), "a high-availability pair"),
        (MOVES, MOVE, replace(ON_TARGET, updates=(UPDATE,)), "is installing an update"),
        (MOVES, replace(MOVE, timeout=60), replace(ON_TARGET, installation_seconds=100), "Set wait_timeout to 200 or more"),
        (MOVES, MOVE, replace(ON_TARGET, hierarchy=EXPANDING), "is being put under a central administration site"),
        (replace(MOVES, point=BELOW), MOVE, ON_TARGET, "three steps"),
    ],
)
def test_a_move_that_must_not_begin(step: Step, desired: Desired, around: Surroundings, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        check(step, desired, around)


@pytest.mark.parametrize(
    ("step", "desired", "around"),
    [
        (MOVES, MOVE, ON_TARGET),
        (MOVES, replace(MOVE, timeout=100), replace(ON_TARGET, installation_seconds=100)),
        (replace(MOVES, point=None), replace(MOVE, timeout=60), replace(ON_TARGET, installation_seconds=100)),
        (MOVES, MOVE, replace(ON_TARGET, site_servers=PAIR[1:])),
        (replace(MOVES, point=BELOW), MOVE, replace(ON_TARGET, is_for_plan=True)),
        (replace(MOVES, point=BELOW, note=NOTE), MOVE, ON_TARGET),
        (NoteMove(replace(MOVES, point=BELOW)), MOVE, ON_TARGET),
        (StayAbsent(None, None), Desired("absent"), replace(ON_TARGET, hierarchy=EXPANDING)),
    ],
)
def test_a_move_that_may_begin(step: Step, desired: Desired, around: Surroundings) -> None:
    check(step, desired, around)


@pytest.mark.parametrize(
    ("desired", "points", "words"),
    [
        (MOVE, (), "no service connection point to move"),
        (replace(MOVE, state="move_due"), (), "no service connection point to move"),
        (MOVE, (point(Other=1),), "does not say which mode"),
        (replace(MOVE, move=False), (ONLINE,), "to have it moved to srv2.corp.example, set move to true"),
    ],
)
def test_what_cannot_be_moved(desired: Desired, points: tuple[ServiceConnectionPoint, ...], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        decide(desired, points)


@pytest.mark.parametrize(
    ("step", "mode"),
    [
        (SetMode(ONLINE, Mode.OFFLINE), Mode.OFFLINE),
        (Keep(ONLINE), None),
        (Remove(ONLINE), None),
        (INSTALL, None),
        (Move(ONLINE, "srv1.corp.example", "srv2.corp.example", Mode.ONLINE, Mode.ONLINE, "PS1"), None),
        (Move(ONLINE, "srv1.corp.example", "srv2.corp.example", Mode.OFFLINE, Mode.ONLINE, "PS1"), Mode.OFFLINE),
        (Move(None, "srv1.corp.example", "srv2.corp.example", Mode.ONLINE, Mode.OFFLINE, "PS1"), Mode.ONLINE),
        (Move(None, "srv1.corp.example", "srv2.corp.example", Mode.ONLINE, Mode.ONLINE, "PS1"), None),
        (Move(OFFLINE, "srv1.corp.example", "srv2.corp.example", Mode.OFFLINE, Mode.ONLINE, "PS1"), None),
    ],
)
def test_which_steps_give_a_role_another_mode(step: Step, mode: Mode | None) -> None:
    assert new_mode(step) is mode
