"""Looks at how somebody goes about learning: keeping on after wrong tries, and a steady pace."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import numpy as np
import polars as pl

from models.insights import chance
from models.insights.chance import SHUFFLES
from models.insights.compare import SCORE_LEAST, TRIES_EACH, bounded
from models.insights.finding import NORMAL_95, Effect, Events, Figure, Look
from models.insights.sessions import beside_others_before
from models.insights.tries import Tries

RIGHT = 0.7  # as in the figures: below it a subject may need help
TURNED_LEAST = 0.5
WEEKS_MOST, WEEKS_LEAST, DAYS_A_WEEK_LEAST = 12, 8, 1.5
SPREAD_MOST = 0.5


def perseverance(tries: Tries, rng: np.random.Generator) -> list[Look]:
    """Whether later tries of concepts go better than first ones, and half of the hard ones turn.

    How a concept ends proves nothing: who stops when it is done always ends well. But a try that
    is made is a fair one, whatever made the student go on; and of tries that went well fewer
    follow, so that stopping early speaks against the later ones and never for them. Each counts
    beside the tries of other concepts before it in its session, whose mood they share.
    """
    again = tries.frame["try_number"].to_numpy() > 1
    many, first = int(again.sum()), int((~again).sum())
    if min(many, first) < TRIES_EACH:
        return []
    rest = tries.left_over(trend=True, practice=False)
    was_again = tries.left_over(trend=True, practice=False, of=again.astype(np.float64))
    went, is_again = (
        beside_others_before(values, tries.session, tries.concept) for values in (rest, was_again)
    )
    slope = chance.Slope.by(tries.session, went, is_again)
    _, size, _, p_value = chance.steepest([slope], rng)
    ends = tries.frame.group_by("concept_id", maintain_order=True).agg(
        pl.col("event_id"),
        began_wrong=pl.col("score").first() < RIGHT,
        ended_right=pl.col("score").last() >= RIGHT,
    )
    began_wrong = ends.filter(pl.col("began_wrong") & (pl.col("event_id").list.len() > 1))
    turned = began_wrong.filter("ended_right")
    share = turned.height / began_wrong.height if began_wrong.height else 0.0
    figures: dict[str, Figure] = {
        "began_wrong": began_wrong.height,
        "ended_right": turned.height,
        "first_score": bounded(tries.level + float(rest[~again].mean())),
        "later_score": bounded(tries.level + float(rest[again].mean())),
    }
    ids = turned["event_id"].explode()
    events = Events(ids, np.zeros(len(ids), dtype=np.int64), ("turned",))
    low, high = _wilson(turned.height, began_wrong.height)
    effect = Effect(share, "share of concepts", low, high)
    worth = size >= SCORE_LEAST and share >= TURNED_LEAST
    p_value = p_value if size > 0 else 1.0
    return [Look("perseverance", p_value, effect, worth, many + first, figures, events)]


def steady_pace(learning: pl.DataFrame, rng: np.random.Generator, today: date) -> list[Look]:
    """Whether active days are spread over the weeks more evenly than the same days at random."""
    days = learning.group_by("local_date", maintain_order=True).agg(pl.col("event_id").first())
    this_week = today - timedelta(days=today.weekday())
    first = max(days["local_date"].to_list()[0], this_week - timedelta(weeks=WEEKS_MOST))
    start = first + timedelta(days=-first.weekday() % 7)  # the first whole week
    weeks = (this_week - start).days // 7
    days = days.filter((pl.col("local_date") >= start) & (pl.col("local_date") < this_week))
    if weeks < WEEKS_LEAST or days.height < DAYS_A_WEEK_LEAST * weeks:
        return []
    place = (days["local_date"] - start).dt.total_days() // 7
    counts = np.bincount(place.to_numpy(), minlength=weeks)
    drawn = rng.multivariate_hypergeometric([7] * weeks, days.height, size=SHUFFLES)
    spread = float(counts.var())
    p_value = (1 + int((drawn.var(axis=1) <= spread).sum())) / (1 + SHUFFLES)
    ratio = spread / max(float(drawn.var(axis=1).mean()), 1e-12)
    figures: dict[str, Figure] = {
        "weeks": weeks,
        "least_days": int(counts.min()),
        "most_days": int(counts.max()),
        "days": days.height,
    }
    mondays = tuple(str(start + timedelta(weeks=week)) for week in range(weeks))
    events = Events(days["event_id"], place.to_numpy().astype(np.int64), mondays)
    effect = Effect(1 - ratio, "share of the variance by chance that is missing")
    worth = ratio <= SPREAD_MOST and int(counts.min()) > 0
    return [Look("steady_pace", p_value, effect, worth, days.height, figures, events)]


def _wilson(good: int, tried: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not tried:
        return 0.0, 1.0
    share, z2 = good / tried, NORMAL_95**2
    centre = (share + z2 / (2 * tried)) / (1 + z2 / tried)
    half = NORMAL_95 * sqrt(share * (1 - share) / tried + z2 / (4 * tried**2)) / (1 + z2 / tried)
    return max(0.0, centre - half), min(1.0, centre + half)
