"""Who may do what, on whom: one row per operation, and nobody may do what is not written here.

A student reads everything of their own and tracks only for themselves; parents read what guardians
may see of their children, educators what concerns the students of their classes; the service role
brings events and awards of anyone but reads no student's data, except the total that answers its
own award; an admin reads all and awards, but does not act as a student.

Whom an operation is about is named by its path: `student_id` a student, `class_id` a class, and
`person_id` (or `user_id`, `parent_id`, `educator_id`, `admin_id`) the person whose own view it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from warehouse.tokens import Role


class Reach(StrEnum):
    """On whom a role may do an operation."""

    SELF = "self"
    CHILDREN = "children"
    TAUGHT = "taught"
    ANYONE = "anyone"


Rule = Mapping[Role, Reach]

PUBLIC: Rule = {}
STUDENT_READ: Rule = {
    Role.STUDENT: Reach.SELF,
    Role.PARENT: Reach.CHILDREN,
    Role.EDUCATOR: Reach.TAUGHT,
    Role.ADMIN: Reach.ANYONE,
}
OWN_VIEW: Rule = {
    Role.STUDENT: Reach.SELF,
    Role.PARENT: Reach.SELF,
    Role.EDUCATOR: Reach.SELF,
    Role.ADMIN: Reach.ANYONE,
}
_BREAK_PLANNING: Rule = {
    Role.PARENT: Reach.CHILDREN,
    Role.EDUCATOR: Reach.TAUGHT,
    Role.ADMIN: Reach.ANYONE,
}
_FAMILY: Rule = {
    Role.STUDENT: Reach.SELF,
    Role.PARENT: Reach.CHILDREN,
    Role.ADMIN: Reach.ANYONE,
}
# What leaves the school goes by the family alone.
_TAKING_OUT: Rule = {Role.STUDENT: Reach.SELF, Role.PARENT: Reach.CHILDREN}
_CLASS: Rule = {Role.EDUCATOR: Reach.TAUGHT, Role.ADMIN: Reach.ANYONE}
_ANYBODY: Rule = dict.fromkeys(Role, Reach.SELF)
_TRACKING: Rule = {Role.STUDENT: Reach.SELF, Role.SERVICE: Reach.ANYONE}
_OWN_BROWSERS: Rule = dict.fromkeys(
    (Role.STUDENT, Role.PARENT, Role.EDUCATOR, Role.ADMIN), Reach.SELF
)

POLICY: Mapping[str, Rule] = {
    "start_page": PUBLIC,
    "sign_in_page": PUBLIC,
    "sign_in_form": PUBLIC,
    "sign_out_form": _OWN_BROWSERS,
    "choose_language": PUBLIC,  # it changes what this browser is shown, and nothing else
    "glossary_page": PUBLIC,
    "page_asset": PUBLIC,
    "docs_page": PUBLIC,
    "openapi_document": PUBLIC,
    "health": PUBLIC,
    "demo_page": PUBLIC,  # these two exist in a sample school only
    "demo_sign_in": PUBLIC,
    "session": _ANYBODY,
    "sign_in": _ANYBODY,
    "sign_out": _ANYBODY,
    "badge_icon": PUBLIC,
    "metrics": {Role.ADMIN: Reach.ANYONE, Role.SERVICE: Reach.ANYONE},
    "track_event": _TRACKING,
    "track_batch": _TRACKING,
    "student_progress": STUDENT_READ,
    "concept_progress": STUDENT_READ,
    "learning_path": STUDENT_READ,
    "why_figure": STUDENT_READ,
    # Whether predictions are in them is for api/foresight.py.
    "recommendations": STUDENT_READ,
    "student_points": STUDENT_READ,
    "student_badges": STUDENT_READ,
    "student_streak": STUDENT_READ,
    "badge_credential": _TAKING_OUT,
    "badge_credentials": _FAMILY,
    "revoke_badge_credential": {Role.ADMIN: Reach.ANYONE},
    # Whoever is shown a badge verifies it.
    "badge_keys": PUBLIC,
    "badge_did": PUBLIC,
    "badge_issuer_profile": PUBLIC,
    "badge_achievement": PUBLIC,
    "badge_status_list": PUBLIC,
    "trends": STUDENT_READ,
    "insights": STUDENT_READ,
    "student_report": STUDENT_READ,
    "class_report": _CLASS,
    "scheduled_reports": _CLASS,
    "scheduled_report": _CLASS,  # and each student in the file
    "weekly_summary": {Role.PARENT: Reach.SELF, Role.ADMIN: Reach.ANYONE},
    # The route looks at each student who is asked for; a job is its owner's alone.
    "export_reports": STUDENT_READ,
    "export_state": _OWN_BROWSERS,
    "cancel_export": _OWN_BROWSERS,
    "export_file": PUBLIC,  # the link is signed
    "push_key": PUBLIC,
    "put_push_subscription": _OWN_BROWSERS,
    "delete_push_subscription": _OWN_BROWSERS,
    "unsubscribe": PUBLIC,
    "unsubscribe_link": PUBLIC,  # the token in a mail's link says who
    "unsubscribe_page": PUBLIC,
    "unsubscribe_form": PUBLIC,
    "notifications": OWN_VIEW,
    "mark_read": OWN_VIEW,
    "notification_preferences": OWN_VIEW,
    "set_notification_preferences": OWN_VIEW,
    "student_goals": STUDENT_READ,
    "set_goal": STUDENT_READ,
    "student_breaks": STUDENT_READ,
    "plan_student_break": _BREAK_PLANNING,
    "remove_student_break": _BREAK_PLANNING,
    "class_breaks": _CLASS,
    "plan_class_break": _CLASS,
    "remove_class_break": _CLASS,
    "calendar_feeds": _FAMILY,
    "make_calendar_feed": _TAKING_OUT,
    "remove_calendar_feed": _FAMILY,
    "calendar_feed": PUBLIC,  # the secret in its address says whose
    "student_profile": STUDENT_READ,
    "change_profile": _FAMILY,
    # The route looks at the class that is asked for; parents compare with no other child.
    "leaderboard": {
        Role.STUDENT: Reach.SELF,
        Role.EDUCATOR: Reach.TAUGHT,
        Role.ADMIN: Reach.ANYONE,
    },
    "switch_leaderboard": _CLASS,
    # Whose record it is asks the student's parents; what all did, the school.
    "student_audit": {Role.PARENT: Reach.CHILDREN, Role.ADMIN: Reach.ANYONE},
    "audit_log": {Role.ADMIN: Reach.ANYONE},
    "verify_audit": {Role.ADMIN: Reach.ANYONE},
    "student_dashboard": STUDENT_READ,
    "page_events": _OWN_BROWSERS,
    "student_today_page": STUDENT_READ,
    "student_path_page": STUDENT_READ,
    "student_report_page": STUDENT_READ,
    "student_badges_page": STUDENT_READ,
    "student_points_page": STUDENT_READ,
    "student_goals_page": STUDENT_READ,
    "student_goal_form": STUDENT_READ,
    "student_leaderboard_page": {Role.STUDENT: Reach.SELF},
    "student_settings_page": _FAMILY,
    "student_settings_form": _FAMILY,
    "student_calendar_form": _FAMILY,
    "student_badge_form": {Role.ADMIN: Reach.ANYONE},
    "student_privacy_page": {Role.PARENT: Reach.CHILDREN, Role.ADMIN: Reach.ANYONE},
    "student_erasure_form": {Role.PARENT: Reach.CHILDREN},
    "student_support_page": _CLASS,
    "support_open_form": _CLASS,
    "support_step_form": _CLASS,
    "parent_page": {Role.PARENT: Reach.SELF},
    "parent_week_page": {Role.PARENT: Reach.SELF},
    "educator_page": {Role.EDUCATOR: Reach.SELF, Role.ADMIN: Reach.ANYONE},
    "educator_class_page": _CLASS,
    "educator_concepts_page": _CLASS,
    "educator_report_page": _CLASS,
    "educator_roster_page": _CLASS,
    "admin_page": {Role.ADMIN: Reach.SELF},
    "admin_audit_page": {Role.ADMIN: Reach.SELF},
    "admin_people_page": {Role.ADMIN: Reach.SELF},
    "admin_student_form": {Role.ADMIN: Reach.SELF},
    "people_import_form": {Role.ADMIN: Reach.SELF},
    "erasure_answer_form": {Role.ADMIN: Reach.SELF},
    "notices_page": _OWN_BROWSERS,
    "notices_form": _OWN_BROWSERS,
    "preferences_page": _OWN_BROWSERS,
    "preferences_form": _OWN_BROWSERS,
    "parent_dashboard": {Role.PARENT: Reach.SELF, Role.ADMIN: Reach.ANYONE},
    "educator_dashboard": {Role.EDUCATOR: Reach.SELF, Role.ADMIN: Reach.ANYONE},
    "admin_dashboard": {Role.ADMIN: Reach.SELF},
    "class_interventions": _CLASS,
    "student_interventions": _CLASS,
    "open_intervention": _CLASS,
    "change_intervention": _CLASS,
    "award_points": {
        Role.EDUCATOR: Reach.TAUGHT,
        Role.ADMIN: Reach.ANYONE,
        Role.SERVICE: Reach.ANYONE,
    },
}

UPLOADS = frozenset({"people_import_form"})  # whose forms bring a file


def check_routes(operations: Iterable[str]) -> None:
    """Stop the start when the routes and the policy do not name the same operations."""
    names = list(operations)
    missing = sorted(set(names) - POLICY.keys())
    unused = sorted(POLICY.keys() - set(names))
    doubled = sorted({name for name in names if names.count(name) > 1})
    if missing or unused or doubled:
        raise RuntimeError(
            f"api/policy.py and the routes differ: without a rule {missing}, without a route "
            f"{unused}, named twice {doubled}. Give each route one rule in POLICY."
        )
