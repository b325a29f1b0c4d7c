"""Interventions in the store, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from warehouse.store.interventions import Actor, Change, Flag, InterventionConflict

FLAG = Flag("ada", "stuck", "light")
LEE = Actor("lee", "educator")
MAY = Actor("may", "educator")


def test_a_flag_has_one_open_intervention(store):
    first, created = store.interventions.open(FLAG, LEE, "asked her")
    again, again_created = store.interventions.open(FLAG, MAY, "me too")
    other, other_created = store.interventions.open(Flag("ada", "inactive", ""), MAY)

    assert (created, again_created, other_created) == (True, False, True)
    assert again == first
    assert other.intervention_id != first.intervention_id
    assert store.interventions.of_students(["ada", "bob"]) != []
    assert store.interventions.of_students(["bob"]) == []


def test_steps_are_kept_in_order_and_say_who_did_what(store):
    opened, _ = store.interventions.open(FLAG, LEE, "asked her")
    assigned = store.interventions.change(opened.intervention_id, 1, LEE, Change(assigned_to="may"))
    closed = store.interventions.change(
        opened.intervention_id, 2, MAY, Change(note="it went", outcome="resolved", useful=True)
    )

    assert (assigned.version, assigned.assigned_to, assigned.outcome) == (2, "may", None)
    assert (closed.version, closed.assigned_to, closed.outcome) == (3, "may", "resolved")
    assert store.interventions.one(opened.intervention_id) == closed
    steps = store.interventions.history([opened.intervention_id])[opened.intervention_id]
    assert [(s.version, s.actor, s.assigned_to, s.note, s.outcome, s.useful) for s in steps] == [
        (1, "lee", None, "asked her", None, None),
        (2, "lee", "may", None, None, None),
        (3, "may", None, "it went", "resolved", True),
    ]


def test_a_closed_one_takes_feedback_and_notes_only_and_the_flag_may_come_again(store):
    opened, _ = store.interventions.open(FLAG, LEE)
    store.interventions.change(opened.intervention_id, 1, LEE, Change(outcome="no_change"))
    after = store.interventions.change(opened.intervention_id, 2, LEE, Change(useful=False))

    assert (after.outcome, after.useful) == ("no_change", False)
    for change in (Change(outcome="resolved"), Change(assigned_to="may")):
        with pytest.raises(InterventionConflict, match="closed"):
            store.interventions.change(opened.intervention_id, 3, LEE, change)
    assert [i.outcome for i in store.interventions.of_students(["ada"])] == ["no_change"]
    anew, created = store.interventions.open(FLAG, LEE)
    assert created
    assert [i.intervention_id for i in store.interventions.of_students(["ada"])] == [
        anew.intervention_id,
        opened.intervention_id,
    ]


def test_a_change_of_an_old_version_is_refused_and_leaves_no_step(store):
    opened, _ = store.interventions.open(FLAG, LEE)
    store.interventions.change(opened.intervention_id, 1, LEE, Change(note="one"))

    with pytest.raises(InterventionConflict, match="version 2"):
        store.interventions.change(opened.intervention_id, 1, MAY, Change(outcome="resolved"))
    with pytest.raises(InterventionConflict, match="gone"):
        store.interventions.change("nothing", 1, MAY, Change(outcome="resolved"))
    assert len(store.interventions.history([opened.intervention_id])[opened.intervention_id]) == 2


def test_of_many_at_once_one_wins(store):
    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: store.interventions.open(FLAG, LEE), range(16)))
    assert sum(created for _, created in opened) == 1
    assert len({found.intervention_id for found, _ in opened}) == 1
    one = opened[0][0].intervention_id

    def close(number: int) -> bool:
        try:
            store.interventions.change(one, 1, Actor(f"e{number}", "educator"), Change(note="x"))
        except InterventionConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(close, range(16))) == 1
    assert len(store.interventions.history([one])[one]) == 2
