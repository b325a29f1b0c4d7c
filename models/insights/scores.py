"""Looks at how well things go: by hour, within a session, by subject, after breaks, by spacing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.insights import chance
from models.insights.chance import Floats, Slope, Whole
from models.insights.compare import (
    SCORE_LEAST,
    TRIES_EACH,
    UNITS_EACH,
    Question,
    bounded,
    compared,
    look,
    points,
    summed,
)
from models.insights.finding import NORMAL_95, Events, Figure, Look
from models.insights.sessions import beside_before, beside_session, doubt_of
from models.insights.tries import Tries, codes

Marks = NDArray[np.bool_]

PERIODS = ("night", "morning", "afternoon", "evening")
PERIODS_BEGIN = (5, 12, 17, 22)  # morning from 5, …, night again from 22
CUT_MINUTES = (15, 30, 45)
RECENT, BEFORE = timedelta(days=28), timedelta(days=112)
BREAK = timedelta(days=7)
BREAKS_LEAST, DAYS_AFTER = 2, 3
SPACING_TRY = 3


def time_of_day(tries: Tries, rng: np.random.Generator) -> list[Look]:
    """Whether one part of the day goes better than the rest; each session counts where it began."""
    unit = tries.session
    hour = np.empty(unit.max() + 1, dtype=np.int64)
    hour[unit[::-1]] = tries.frame["local_hour"].to_numpy()[::-1]
    period = np.searchsorted(PERIODS_BEGIN, hour, side="right") % len(PERIODS)
    question = Question(
        "time_of_day", tries.event_id, tries.left_over(trend=True, concepts=True),
        tries.frame["session_number"], period[unit], PERIODS, tries.level,
    )  # fmt: skip
    units, present, group = summed(question)
    if len(present) < 2:  # noqa: PLR2004 -- to compare takes two
        return []
    found = chance.stands_out(units, len(present), rng)
    name = PERIODS[present[found.group]]
    inside = np.where(group == found.group, 1, np.minimum(group, 0))
    counted = Events(tries.event_id, inside, ("other", name))
    return [look(question, found, counted, 1, {"period": name})]


def session_length(tries: Tries, rng: np.random.Generator) -> list[Look]:
    """Whether tries go otherwise after a while in one sitting, as far as both ways see it."""
    began = tries.frame["occurred_at"] - tries.frame["session_start"]
    minute = began.dt.total_seconds().to_numpy() / 60
    session = tries.session
    cuts = {cut: minute > cut for cut in CUT_MINUTES}
    cuts = {cut: late for cut, late in cuts.items() if _enough(late, session)}
    if not cuts:
        return []
    rest = tries.left_over(concepts=True)
    was_late = [tries.left_over(concepts=True, of=late.astype(float)) for late in cuts.values()]
    doubt = doubt_of(rest, session)

    def seen(beside: Callable[[Floats], Floats]) -> tuple[int, float, float, float]:
        went = beside(rest)
        return chance.steepest([Slope.by(session, went, beside(each)) for each in was_late], rng)

    ways = (
        seen(lambda values: beside_session(values, session)),
        seen(lambda values: beside_before(values, session, doubt)),
    )
    best, size, error, p_value = max(ways, key=lambda way: way[3])
    if ways[0][1] * ways[1][1] <= 0:
        p_value = 1.0  # one sees it go better, one worse
    cut, late = list(cuts.items())[best]
    sessions = np.unique(session[late])
    group = np.where(np.isin(session, sessions), late, -1).astype(np.int64)
    figures: dict[str, Figure] = {
        "minutes": cut,
        "early_score": bounded(tries.level - size / 2),
        "late_score": bounded(tries.level + size / 2),
        "sessions": len(sessions),
    }
    effect = points(-size, (-size - NORMAL_95 * error, -size + NORMAL_95 * error))
    counted = Events(tries.event_id, group, ("early", "late"))
    n, worth = int((group >= 0).sum()), abs(size) >= SCORE_LEAST
    return [Look("session_length", p_value, effect, worth, n, figures, counted)]


def _enough(late: Marks, session: Whole) -> bool:
    """Whether there are tries enough on both sides, and sessions that hold both."""
    both = np.intersect1d(session[late], session[~late])
    return bool(len(both) >= UNITS_EACH and min(late.sum(), (~late).sum()) >= TRIES_EACH)


def subjects(tries: Tries, rng: np.random.Generator, today: date) -> list[Look]:
    """Whether a subject goes better or worse in the last four weeks than in the twelve before.

    Four weeks are few: a good one among them is luck of all its days, and of every subject.
    """
    rest, frame = tries.left_over(), tries.frame
    lately = (frame["local_date"] > today - BEFORE).to_numpy()
    recent = (frame["local_date"] > today - RECENT).to_numpy().astype(np.int64)
    week = (today - frame["local_date"]).dt.total_days().to_numpy() // 7
    day = codes(frame["local_date"])
    luck = chance.luck_of_blocks(rest[lately], day[lately], week[lately], recent[lately])
    subject = frame["subject_id"]
    looks = []
    for name in subject.drop_nulls().unique().sort().to_list():
        places = np.flatnonzero((subject == name).fill_null(value=False).to_numpy() & lately)
        if not len(places):
            continue
        question = Question(
            "subject_trend", tries.event_id[places], rest[places], frame["local_date"][places],
            recent[places], ("before", "recent"), float(tries.score[places].mean()),
        )  # fmt: skip
        shared = luck * chance.times_shared(week[places], recent[places])
        looks += compared(question, rng, {"subject": name}, name, shared=shared)
    return looks


def comeback(tries: Tries, days: pl.Series, rng: np.random.Generator) -> list[Look]:
    """Whether the first days after a week or more without learning go otherwise than the rest."""
    opening = np.flatnonzero((days.diff() >= BREAK).fill_null(value=False).to_numpy())
    if len(opening) < BREAKS_LEAST:
        return []
    places = (opening[:, None] + np.arange(DAYS_AFTER)).ravel()
    after = days[places[places < len(days)]]
    group = tries.frame["local_date"].is_in(after.to_list()).to_numpy().astype(np.int64)
    question = Question(
        "comeback", tries.event_id, tries.left_over(trend=True, concepts=True),
        tries.frame["local_date"], group, ("other", "after_break"), tries.level,
    )  # fmt: skip
    return compared(question, rng, {"breaks": len(opening)})


def spacing(tries: Tries, rng: np.random.Generator) -> list[Look]:
    """Whether the third try of concepts practised on several days goes better than on one day.

    Not the last try: who stops when a concept is done always ends well.
    """
    third = (
        tries.frame.with_columns(
            pl.Series("rest", tries.left_over()),
            first_day=pl.col("local_date").first().over("concept_id"),
        )
        .filter(pl.col("try_number") == SPACING_TRY)
        .with_columns(several=pl.col("local_date") > pl.col("first_day"))
    )
    question = Question(
        "spacing", third["event_id"], third["rest"].to_numpy(), third["concept_id"],
        third["several"].to_numpy().astype(np.int64), ("one_day", "several_days"),
        tries.level, UNITS_EACH,
    )  # fmt: skip
    found = compared(question, rng, {}) if third.height else []
    # Told only if it helps: nobody should be kept from practising on.
    return [replace(seen, p_value=1.0) if seen.effect.size < 0 else seen for seen in found]
