"""What is told about simulated students, of whom the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.insights.chance import luck_of_blocks, times_shared
from models.insights.finding import LEVEL, Effect, Events, Look, findings, holm
from models.insights.search import find, looks
from models.insights.sessions import before
from models.insights.tries import tries_of
from tests.simulated import TODAY, Truth, student

NOTHING = Truth()


def told(truth: Truth, seed: int) -> dict[str, float]:
    """Figure and effect of everything that is said about a student."""
    return {found.figure: found.look.effect.size for found in find(*student(truth, seed), TODAY)}


def seen(p_value: float, *, worth: bool = True) -> Look:
    events = Events(pl.Series(["e"]), np.zeros(1, dtype=np.int64), ("all",))
    return Look("comeback", p_value, Effect(9, "points of 100"), worth, 1, {}, events)


def test_where_nothing_is_true_hardly_anything_is_told():
    # 5 of 100 are promised; of 30 students more than 4 would come in fewer than 2 of 100 runs
    assert sum(bool(told(NOTHING, seed)) for seed in range(30)) <= 4


@pytest.mark.parametrize(
    ("truth", "figure", "sign"),
    [
        (Truth(evening=0.25), "time_of_day", 1),
        (Truth(late=0.15, tries_a_session=22), "session_length", 1),
        (Truth(late=-0.2, tries_a_session=22), "session_length", -1),
        (Truth(late=0.25, enough=3, tries_a_session=22), "session_length", 1),
        (Truth(recent=0.35, tries_a_session=22), "subject_trend:s0", 1),
        (Truth(recent=-0.35, tries_a_session=22), "subject_trend:s0", -1),
        (Truth(after_break=0.35), "comeback", -1),
        (Truth(learning=0.8), "perseverance", 1),
        (Truth(learning=0.8, enough=3, tries_a_session=22), "perseverance", 1),
        (Truth(steady=True), "steady_pace", 1),
    ],
)
def test_what_is_true_is_found_with_its_direction(truth, figure, sign):
    found = [told(truth, seed).get(figure, 0) for seed in range(5)]
    assert sum(size * sign > 0 for size in found) >= 4
    assert sum(size * sign < 0 for size in found) == 0


def test_practice_spread_over_days_is_found_where_concepts_are_many():
    tries = []
    for place in range(120):  # half of the concepts on one day, half on three
        days = [0, 0, 0] if place % 2 else [0, 3, 6]
        for number, day in enumerate(days):
            right = number < 2 or place % 2 == 0 or place % 10 == 1
            tries.append((place, TODAY - timedelta(days=200 - place - day), number, float(right)))
    assert {f.look.kind for f in find(simple(tries), usual_of([]), TODAY)} >= {"spacing"}


def test_shuffling_of_single_tries_would_be_fooled_by_moods_and_this_is_not():
    """Sessions all right or all wrong by chance look like an effect of hundreds of tries."""
    rng = np.random.default_rng(7)
    false = 0
    for _ in range(25):
        rows = []
        for session in range(24):
            mood = float(rng.random() < 0.5)
            day = TODAY - timedelta(days=100 - session)
            rows += [(place, day, session, mood) for place in range(40)]
        evening = rng.permutation(24) < 12
        frame = simple(rows, hours={s: 19 if late else 8 for s, late in enumerate(evening)})
        false += any(look.kind == "time_of_day" and look.p_value <= LEVEL
                     for look in looks(frame, usual_of([]), TODAY))  # fmt: skip
    assert false <= 4


@pytest.mark.parametrize(
    "truth",
    [
        Truth(enough=1),
        Truth(enough=3, tries_a_session=22),
        Truth(despair=3),
        Truth(keen=0.5, tries_a_session=22),
        Truth(keen=-0.5, tries_a_session=22),
    ],
)
def test_where_concepts_and_sessions_end_is_no_effect(truth):
    """Some stop once all is right, some after too many wrong tries, some as their mood is."""
    seen = [look for seed in range(20) for look in looks(*student(truth, seed), TODAY)]
    kinds = [look.kind for look in seen if look.p_value <= LEVEL]
    # of 20 true looks more than 4 would pass alone in fewer than 1 of 100 runs
    for kind in ("session_length", "perseverance", "spacing"):
        assert kinds.count(kind) <= 4


def test_good_and_bad_weeks_are_no_trend_of_a_subject():
    """Four weeks of luck, good or bad in all that the student does, look like many good days."""
    restless = Truth(wobble=0.8, tries_a_session=22)
    figures = [figure for seed in range(20) for figure in told(restless, seed)]
    assert sum(figure.startswith("subject_trend") for figure in figures) <= 1


def test_the_luck_of_weeks_is_told_from_that_of_days():
    rng = np.random.default_rng(1)
    day = np.repeat(np.arange(16 * 4), rng.integers(5, 20, 16 * 4))
    week, recent = day // 4, (day < 16).astype(np.int64)
    for spread in (0.0, 0.1, 0.3):
        luck = rng.normal(0, spread, (400, 16))[:, week] + 0.5 * recent
        moods = rng.normal(0, 0.07, (400, 64))[:, day]
        rest = luck + moods + rng.normal(0, 0.4, (400, len(day)))
        seen = [luck_of_blocks(each, day, week, recent) for each in rest]
        # what is not there is seen now and then, since less than none cannot be
        assert np.mean(seen) == pytest.approx(spread**2, rel=0.1, abs=0.001)


def test_a_variance_of_weeks_counts_by_their_share_of_the_tries():
    week, recent = np.array([0, 0, 1, 1, 2, 2, 2, 3]), np.array([1, 1, 1, 1, 0, 0, 0, 0])
    assert times_shared(week, recent) == pytest.approx(2 * 0.5**2 + 0.75**2 + 0.25**2)


def test_harder_concepts_in_the_evening_are_no_worse_evening():
    rng = np.random.default_rng(3)
    rows, hours = [], {}
    for session in range(80):
        hours[session] = 19 if session % 2 else 8
        day = TODAY - timedelta(days=100 - session)
        for _ in range(12):
            place = int(rng.integers(0, 6)) + (6 if session % 2 else 0)
            rows.append((place, day, session, float(rng.random() < (0.4 if place > 5 else 0.8))))
    usual = usual_of([(f"c{place:03}", 0.4 if place > 5 else 0.8) for place in range(12)])
    assert find(simple(rows, hours=hours), usual, TODAY) == []


def test_little_evidence_is_silence():
    learning, usual = student(NOTHING, 1)
    assert looks(learning.head(39), usual, TODAY) == []
    assert looks(learning.clear(), usual, TODAY) == []


def test_the_same_events_tell_the_same():
    assert told(Truth(late=0.15, tries_a_session=22), 1) == told(
        Truth(late=0.15, tries_a_session=22), 1
    )


def test_findings_come_with_their_events():
    learning, usual = student(Truth(late=0.2, tries_a_session=22), 2)
    (found,) = [f for f in find(learning, usual, TODAY) if f.look.kind == "session_length"]
    groups = found.look.events.groups()
    assert set(groups.values()) == {"early", "late"}
    assert len(groups) == found.look.n
    assert groups.keys() <= set(learning["event_id"].to_list())


def test_one_try_that_was_sent_as_attempted_and_completed_is_one():
    day = TODAY - timedelta(days=3)
    rows = simple([(1, day, 1, 0.5), (2, day, 1, 1.0)])
    twice = pl.concat([rows, rows.with_columns(pl.col("event_id") + "b")]).sort("occurred_at")
    assert tries_of(twice, usual_of([]), TODAY).frame.height == 2


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-9, 9)), max_size=30))
def test_what_came_before_looks_at_nothing_else(rows):
    values, groups = np.array([v for _, v in rows]), np.array([g for g, _ in rows], dtype=int)
    total, count = before(values, groups)
    for place, (group, _) in enumerate(rows):
        earlier = [value for other, value in rows[:place] if other == group]
        assert total[place] == pytest.approx(sum(earlier), abs=1e-9)
        assert count[place] == len(earlier)


def test_holms_correction():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_what_passes_alone_may_fail_among_many():
    assert len(findings([seen(0.03)])) == 1
    assert findings([seen(0.03), seen(0.5), seen(0.7)]) == []


def test_a_sure_but_small_effect_is_not_told_and_still_counts_as_a_look():
    assert findings([seen(0.001, worth=False), seen(0.03), seen(0.9)]) == []


def simple(
    rows: Sequence[tuple[int, date, int, float]], hours: dict[int, int] | None = None
) -> pl.DataFrame:
    """Tries as (concept, day, session, score), a minute after another."""
    at = pl.datetime_range(
        pl.datetime(2025, 6, 1, time_zone="UTC"), pl.datetime(2026, 3, 1, time_zone="UTC"), "1m"
    )
    frame = pl.DataFrame(
        {
            "event_id": [f"e{n}" for n in range(len(rows))],
            "concept_id": [f"c{row[0]:03}" for row in rows],
            "subject_id": ["s"] * len(rows),
            "score": [row[3] for row in rows],
            "local_date": [row[1] for row in rows],
            "local_hour": [(hours or {}).get(row[2], 8) for row in rows],
            "session_number": [row[2] for row in rows],
        }
    )
    instants = pl.select(at.alias("at"))["at"].head(frame.height)
    return frame.with_columns(occurred_at=instants, session_start=instants)


def usual_of(rows: list[tuple[str, float]]) -> pl.DataFrame:
    schema = {"concept_id": pl.String, "usual_score": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
