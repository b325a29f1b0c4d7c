"""Who may do what: one row per operation, and nobody may do what is not written here.

Decided for this stage: a student reads everything of their own and tracks only for themselves; the
service role brings events and awards of anyone but reads no student's data, except the total that
answers its own award; an admin reads all and awards, but does not act as a student. Parents and
educators need relations that the store does not hold yet: until then they are refused everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from warehouse.tokens import Role


class Reach(StrEnum):
    """For which students a role may do an operation."""

    SELF = "self"
    ANYONE = "anyone"


Rule = Mapping[Role, Reach]

PUBLIC: Rule = {}
_OWN_OR_ADMIN: Rule = {Role.STUDENT: Reach.SELF, Role.ADMIN: Reach.ANYONE}
_TRACKING: Rule = {Role.STUDENT: Reach.SELF, Role.SERVICE: Reach.ANYONE}

POLICY: Mapping[str, Rule] = {
    "start_page": PUBLIC,
    "docs_page": PUBLIC,
    "openapi_document": PUBLIC,
    "health": PUBLIC,
    "track_event": _TRACKING,
    "track_batch": _TRACKING,
    "student_progress": _OWN_OR_ADMIN,
    "concept_progress": _OWN_OR_ADMIN,
    "learning_path": _OWN_OR_ADMIN,
    "why_figure": _OWN_OR_ADMIN,
    "student_points": _OWN_OR_ADMIN,
    "student_badges": _OWN_OR_ADMIN,
    "student_streak": _OWN_OR_ADMIN,
    "award_points": {Role.ADMIN: Reach.ANYONE, Role.SERVICE: Reach.ANYONE},
}


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
