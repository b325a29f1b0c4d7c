"""Figures about one student: metrics, subjects, weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.oracle.facts import Facts, break_days, today_of
from tests.oracle.ledger import point_ledger
from tests.oracle.progress import concept_progress
from tests.oracle.world import Row, World, mean, monday
from warehouse.events import ReceivedEvent


def student_metrics(facts: Facts, as_of: datetime) -> list[Row]:
    """One row for a student with any event, of zeros and nulls where there is no learning."""
    concepts = concept_progress(facts)
    mastered = facts.first["mastered"].values()
    recent = [e for e in mastered if e.occurred_at > as_of - timedelta(days=28)]
    return [
        {
            "student_id": facts.student_id,
            "concepts_started": len(concepts),
            "concepts_completed": sum(c["status"] in ("completed", "mastered") for c in concepts),
            "concepts_mastered": sum(c["status"] == "mastered" for c in concepts),
            "total_time_spent": sum(e.time_spent for e in facts.learning),
            "average_score": mean(e.score for e in facts.learning if e.score is not None),
            "learning_velocity": len(recent) / 4,
            "active_days": len(facts.days),
            "first_active_date": min(facts.days, default=None),
            "last_active_date": max(facts.days, default=None),
        }
    ]


def subject_scores(facts: Facts, world: World) -> list[Row]:
    """One row per subject of the curriculum in which the student has a learning event."""
    rows: list[Row] = []
    for subject in sorted(set(world.curriculum.values())):
        events = [e for e in facts.learning if world.subject(e.concept_id) == subject]
        scores = [e.score for e in events if e.score is not None]
        if events:
            rows.append(
                {
                    "student_id": facts.student_id,
                    "subject_id": subject,
                    "event_count": len(events),
                    "scored_count": len(scores),
                    "average_score": mean(scores),
                    "time_spent": sum(e.time_spent for e in events),
                    "strength_rank": None,
                    "improvement_rank": None,
                }
            )
    total = sum(row["event_count"] for row in rows)
    seconds = sum(row["time_spent"] for row in rows)
    for row in rows:
        row["event_share"] = row["event_count"] / total
        row["time_share"] = row["time_spent"] / seconds if seconds else None
    # The rows come by subject and sorts are stable, so equal means rank by subject_id.
    ranked = [row for row in rows if row["scored_count"] >= 3]
    best = sorted(ranked, key=lambda row: -row["average_score"])
    weak = sorted(ranked, key=lambda row: row["average_score"])
    for rank, row in enumerate(best[:3], start=1):
        row["strength_rank"] = rank
    for rank, row in enumerate([r for r in weak if r["average_score"] < 0.7][:3], start=1):
        row["improvement_rank"] = rank
    return rows


def weekly_progress(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """Every week from the first to the last that has a learning event or points, zeros between."""
    ledger = point_ledger(facts, world, as_of)
    weeks = {monday(e.local_date) for e in facts.learning}
    weeks |= {monday(row["local_date"]) for row in ledger}
    rows = []
    week = min(weeks, default=None)
    while week is not None and week <= max(weeks):
        events = [e for e in facts.learning if monday(e.local_date) == week]
        first = {
            kind: sum(monday(e.local_date) == week for e in by_concept.values())
            for kind, by_concept in facts.first.items()
        }
        rows.append(
            {
                "student_id": facts.student_id,
                "week_start": week,
                "started": first["started"],
                "completed": first["completed"],
                "mastered": first["mastered"],
                "total_time_spent": sum(e.time_spent for e in events),
                "average_score": mean(e.score for e in events if e.score is not None),
                "points": sum(r["points"] for r in ledger if monday(r["local_date"]) == week),
            }
        )
        week += timedelta(days=7)
    return rows


def sessions(facts: Facts) -> list[Row]:
    """In order, a session ends when the next event begins more than 30 minutes after it."""
    held: list[list[ReceivedEvent]] = []
    for event in facts.learning:
        began = event.occurred_at - timedelta(seconds=event.time_spent)
        if held and began <= held[-1][-1].occurred_at + timedelta(minutes=30):
            held[-1].append(event)
        else:
            held.append([event])
    rows = []
    for number, events in enumerate(held, start=1):
        start = min(e.occurred_at - timedelta(seconds=e.time_spent) for e in events)
        end = events[-1].occurred_at
        rows.append(
            {
                "student_id": facts.student_id,
                "session_number": number,
                "session_start": start,
                "session_end": end,
                "local_date": events[0].local_date,
                "event_count": len(events),
                "duration_seconds": (end - start).total_seconds(),
            }
        )
    return rows


def at_risk(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """Inactive, stuck and slowing, each with its figures."""
    rows: list[Row] = []

    def flag(rule: str, have: int, need: int, at: datetime, concept: str | None = None) -> None:
        rows.append(
            {
                "student_id": facts.student_id,
                "rule": rule,
                "concept_id": concept,
                "have": have,
                "need": need,
                "last_event_at": at,
            }
        )

    if facts.days:
        today, last = today_of(facts, world, as_of), max(facts.days)
        free, begins = break_days(facts.student_id, world), last + timedelta(days=1)
        while begins in free:  # the break that follows the last day is not counted against them
            begins += timedelta(days=1)
        if (today - begins).days + 1 >= 7:
            latest = max(e.occurred_at for e in facts.learning)
            flag("inactive", (today - last).days, 7, latest)
    for concept in concept_progress(facts):
        if concept["status"] == "in_progress" and concept["attempts"] >= 4:
            at, name = concept["last_accessed"], concept["concept_id"]
            flag("stuck", concept["attempts"], 4, at, name)
    mastered = [e.occurred_at for e in facts.first["mastered"].values()]
    lately = [at for at in mastered if at > as_of - timedelta(days=14)]
    before = [
        at for at in mastered if as_of - timedelta(days=28) < at <= as_of - timedelta(days=14)
    ]
    if len(before) >= 4 and 2 * len(lately) <= len(before):
        flag("slowing", len(lately), len(before), max(lately + before))
    return rows
