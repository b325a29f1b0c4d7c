"""Who may do what, written from the words of docs/access.md and not from the code.

One line for each operation of the API: who may, on whom, and how to fill its address and body.
`student` and `class` in braces stand for whom a request is about (an intervention is named by its
student); everything else is filled in as it is. A new operation without a line fails the test of
the matrix, which names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

OWN, CHILD, TAUGHT, ANY = "own", "child", "taught", "any"
Roles = Mapping[str, str]


class Line(NamedTuple):
    """One operation: for each role that may do it, on whom."""

    who: Roles
    body: Any = None
    query: str = ""
    rest: Mapping[str, str] = {}
    each: bool = False  # judged entry by entry inside the answer
    also: tuple[int, ...] = ()  # answers beside 2xx and 404 that only who may gets to see


RECORD = {"student": OWN, "parent": CHILD, "educator": TAUGHT, "admin": ANY}
FAMILY = {"student": OWN, "parent": CHILD, "admin": ANY}
ADULTS = {"parent": CHILD, "educator": TAUGHT, "admin": ANY}
CLASS = {"educator": TAUGHT, "admin": ANY}
OWN_VIEW = {"student": OWN, "parent": OWN, "educator": OWN, "admin": ANY}
OWN_BROWSERS = dict.fromkeys(("student", "parent", "educator", "admin"), OWN)
ADMIN = {"admin": ANY}
TRACKERS = {"student": OWN, "service": ANY}
EVERYBODY = dict.fromkeys(("student", "parent", "educator", "admin", "service"), ANY)
PUBLIC: Roles = {}

EVENT = {"student_id": "{student}", "concept_id": "light", "event_type": "attempted"}
AWARD = {"student_id": "{student}", "points": 1, "reason": "tidy notes"}
FLAG = {"student_id": "{student}", "rule": "inactive"}
BROWSER = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABl",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
        "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}
DAYS = {"first_day": "2026-03-10", "last_day": "2026-03-11", "name": "trip"}

EXPORT = {
    "student_ids": ["{student}"],
    "date_range": {"start": "2026-03-01", "end": "2026-03-05"},
    "format": "json",
}

LINES: Mapping[str, Line] = {
    "track_event": Line(TRACKERS, EVENT),
    "track_batch": Line(TRACKERS, {"events": [EVENT]}, each=True),
    "student_progress": Line(RECORD),
    "concept_progress": Line(RECORD, rest={"concept_id": "light"}),
    "learning_path": Line(RECORD),
    "recommendations": Line(RECORD),
    "why_figure": Line(RECORD, rest={"figure": "points"}),
    "trends": Line(RECORD),
    "insights": Line(RECORD),
    "student_report": Line(RECORD),
    "class_report": Line(CLASS),
    "scheduled_reports": Line(CLASS),
    "scheduled_report": Line(CLASS, rest={"week": "2026-02-23"}),
    "weekly_summary": Line({"parent": OWN, "admin": ANY}),
    "export_reports": Line(RECORD, EXPORT),
    "export_state": Line(OWN_BROWSERS, rest={"export_id": "none"}),
    "cancel_export": Line(OWN_BROWSERS, rest={"export_id": "none"}),
    "export_file": Line(PUBLIC, query="token=none", rest={"export_id": "none"}),
    "student_points": Line(RECORD),
    "student_badges": Line(RECORD),
    "student_streak": Line(RECORD),
    "badge_credential": Line({"student": OWN, "parent": CHILD}, rest={"badge_id": "helper"}),
    "badge_credentials": Line(FAMILY),
    "revoke_badge_credential": Line(
        ADMIN, {"reason": "by mistake"}, rest={"credential_id": "none"}
    ),
    "badge_keys": Line(PUBLIC),
    "badge_did": Line(PUBLIC),
    "badge_issuer_profile": Line(PUBLIC),
    "badge_achievement": Line(PUBLIC, rest={"badge_id": "helper"}),
    "badge_status_list": Line(PUBLIC, rest={"number": "1"}),
    "award_points": Line({"educator": TAUGHT, "admin": ANY, "service": ANY}, AWARD),
    "student_goals": Line(RECORD),
    "set_goal": Line(RECORD, {"concepts": 3}),
    "student_breaks": Line(RECORD),
    "plan_student_break": Line(ADULTS, DAYS),
    "remove_student_break": Line(ADULTS, rest={"break_id": "none"}),
    "calendar_feeds": Line(FAMILY),
    "make_calendar_feed": Line({"student": OWN, "parent": CHILD}),
    "remove_calendar_feed": Line(FAMILY),
    "calendar_feed": Line(PUBLIC, rest={"secret": "none"}),
    "student_profile": Line(RECORD),
    "change_profile": Line(FAMILY, {"locale": "en"}),
    "student_audit": Line({"parent": CHILD, "admin": ANY}),
    "class_breaks": Line(CLASS),
    "plan_class_break": Line(CLASS, DAYS),
    "remove_class_break": Line(CLASS, rest={"break_id": "none"}),
    "switch_leaderboard": Line(CLASS, {"enabled": True}),
    "leaderboard": Line(
        {"student": OWN, "educator": TAUGHT, "admin": ANY}, query="scope=class&scope_id={class}"
    ),
    "student_dashboard": Line(RECORD),
    "parent_dashboard": Line({"parent": OWN, "admin": ANY}),
    "educator_dashboard": Line({"educator": OWN, "admin": ANY}),
    "admin_dashboard": Line({"admin": OWN}),
    "notifications": Line(OWN_VIEW),
    "mark_read": Line(OWN_VIEW, {"notification_ids": ["none"]}),
    "notification_preferences": Line(OWN_VIEW),
    "set_notification_preferences": Line(OWN_VIEW, {"digest": "daily"}),
    "put_push_subscription": Line(OWN_BROWSERS, BROWSER),
    "delete_push_subscription": Line(OWN_BROWSERS, query="endpoint=https://push.example.org/1"),
    "push_key": Line(PUBLIC),
    "unsubscribe": Line(PUBLIC, query="token=none", also=(422,)),
    "class_interventions": Line(CLASS),
    "student_interventions": Line(CLASS),
    "open_intervention": Line(CLASS, FLAG, also=(422,)),  # no such flag is up
    "change_intervention": Line(CLASS, {"version": 1, "useful": True}, also=(409,)),
    "audit_log": Line(ADMIN),
    "verify_audit": Line(ADMIN),
    "metrics": Line({"admin": ANY, "service": ANY}),
    "session": Line(EVERYBODY),
    "sign_in": Line(EVERYBODY),
    "sign_out": Line(EVERYBODY),
    "health": Line(PUBLIC),
    "badge_icon": Line(PUBLIC, rest={"file": "explorer.svg"}),
}
