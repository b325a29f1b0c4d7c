"""Progress: one row per student and concept that has a learning event."""

from __future__ import annotations

from datetime import timedelta

from tests.oracle.facts import Facts
from tests.oracle.world import LEARNING, Row, mean, monday, order


def concept_progress(facts: Facts) -> list[Row]:
    """Status never goes down, because it asks only what has ever happened."""
    rows = []
    for concept_id in sorted({str(event.concept_id) for event in facts.learning}):
        events = [event for event in facts.learning if event.concept_id == concept_id]
        scores = [event.score for event in events if event.score is not None]
        first = {kind: facts.first[kind].get(concept_id) for kind in LEARNING}
        at = {kind: event.occurred_at if event else None for kind, event in first.items()}
        status = "in_progress"
        if first["completed"]:
            status = "completed"
        if first["mastered"]:
            status = "mastered"
        rows.append(
            {
                "student_id": facts.student_id,
                "concept_id": concept_id,
                "status": status,
                "attempts": max(sum(e.event_type == kind for e in events) for kind in LEARNING),
                "best_score": max(scores, default=None),
                "average_score": mean(scores),
                "total_time_spent": sum(event.time_spent for event in events),
                "started_at": at["started"],
                "completed_at": at["completed"],
                "mastery_date": at["mastered"],
                "last_accessed": max(event.occurred_at for event in events),
                "last_active_date": max(event.local_date for event in events),
                "event_count": len(events),
                "scored_count": len(scores),
                "first_score": scores[0] if scores else None,
            }
        )
    return rows


def active_days(facts: Facts) -> list[Row]:
    """One row per day with a learning event."""
    rows = []
    for day, first in facts.days.items():
        events = [event for event in facts.learning if event.local_date == day]
        rows.append(
            {
                "student_id": facts.student_id,
                "local_date": day,
                "week_start": monday(day),
                "next_date": min((later for later in facts.days if later > day), default=None),
                "occurred_at": first.occurred_at,
                "event_id": first.event_id,
                "event_count": len(events),
                "time_spent": sum(event.time_spent for event in events),
                "score_count": sum(event.score is not None for event in events),
            }
        )
    return rows


def attempts_to_mastery(facts: Facts) -> list[Row]:
    """How many attempts a concept took up to its first mastered event."""
    rows = []
    for concept_id, first in facts.first["mastered"].items():
        events = [e for e in facts.learning if e.concept_id == concept_id]
        until = [e for e in events if order(e) <= order(first)]
        rows.append(
            {
                "student_id": facts.student_id,
                "concept_id": concept_id,
                "attempts": max(sum(e.event_type == kind for e in until) for kind in LEARNING),
            }
        )
    return rows


def tries(facts: Facts) -> list[Row]:
    """The learning events with a score, numbered in their order."""
    scored = [event for event in facts.learning if event.score is not None]
    return [
        {
            "event_id": event.event_id,
            "student_id": event.student_id,
            "concept_id": event.concept_id,
            "item_id": event.item_id,
            "place": place,
            "started_at": event.occurred_at - timedelta(seconds=event.time_spent),
            "time_spent": event.time_spent,
            "score": event.score,
        }
        for place, event in enumerate(scored, 1)
    ]
