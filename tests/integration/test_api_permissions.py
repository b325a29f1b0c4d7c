"""Who may do what, for every operation and every role, as a table."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import jwt
import pytest
from fastapi.routing import iter_route_contexts

from api.policy import POLICY, check_routes
from tests.api_school import SECRET, Api
from warehouse.clock import utc_now
from warehouse.tokens import ALGORITHM, AUDIENCE, ISSUER

EVENT = {"student_id": "{}", "concept_id": "light", "event_type": "started"}
READS = {
    "student_progress": "/api/progress/student/{}",
    "concept_progress": "/api/progress/student/{}/concept/light",
    "learning_path": "/api/progress/learning-path/{}",
    "why_figure": "/api/progress/student/{}/why/points",
    "student_points": "/api/gamification/points/{}",
    "student_badges": "/api/gamification/badges/{}",
    "student_streak": "/api/gamification/streak/{}",
}
WRITES = {
    "track_event": ("/api/progress/track", EVENT),
    "track_batch": ("/api/progress/track/batch", {"events": [EVENT]}),
    "award_points": (
        "/api/gamification/award-points",
        {"student_id": "{}", "points": 5, "reason": "tidy notes"},
    ),
}
# The status for oneself and for another student.
READING = {
    "student": (200, 403),
    "parent": (403, 403),
    "educator": (403, 403),
    "admin": (200, 200),
    "service": (403, 403),
}
TRACKING = {
    "student": (201, 403),
    "parent": (403, 403),
    "educator": (403, 403),
    "admin": (403, 403),
    "service": (201, 201),
}
AWARDING = {
    "student": (403, 403),
    "parent": (403, 403),
    "educator": (403, 403),
    "admin": (201, 201),
    "service": (201, 201),
}


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("role", READING)
def test_reading(api, operation, role):
    found = tuple(
        api.get(READS[operation].format(student), role, "rob").status_code
        for student in ("rob", "ada")
    )

    assert found == READING[role]


@pytest.mark.parametrize("role", TRACKING)
def test_tracking(api, role):
    assert _writes(api, "track_event", role) == TRACKING[role]


@pytest.mark.parametrize("role", TRACKING)
def test_tracking_in_a_batch(api, role):
    """A batch is answered as a whole; what is not permitted in it is told event by event."""
    statuses = []
    for student in ("rob", "ada"):
        path, body = WRITES["track_batch"]
        answer = api.post(path, _of(student, body), role=role, sub="rob")
        rejected = answer.json().get("rejected")
        statuses.append(rejected[0]["problem"]["status"] if rejected else answer.status_code)

    assert tuple(statuses) == tuple({201: 200}.get(s, s) for s in TRACKING[role])


@pytest.mark.parametrize("role", AWARDING)
def test_awarding(api, role):
    assert _writes(api, "award_points", role) == AWARDING[role]


@pytest.mark.parametrize("operation", READS)
def test_a_refusal_tells_nothing_about_the_student(api, operation):
    answers = [
        api.get(READS[operation].format(student), role, "rob")
        for role in ("student", "parent", "educator", "service")
        for student in ("ada", "nobody", "%20", "x" * 500)
    ]

    assert {a.status_code for a in answers} == {403}
    assert len({a.content for a in answers}) == 1
    assert len({tuple(sorted(a.headers.items())) for a in answers}) == 1


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/health"])
def test_a_few_pages_are_open(api, path):
    assert api.client.get(path).status_code == 200


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "bearer x.y.z", "Bearer é", "Token {token}"],
)
def test_without_a_token_nothing_is_answered(api, header):
    token = api.headers("admin", "head")["Authorization"].removeprefix("Bearer ")
    sent = {} if header is None else {"Authorization": header.format(token=token).encode()}
    answers = [api.client.get(path.format("ada"), headers=sent) for path in READS.values()]
    answers += [api.client.post(path, headers=sent) for path, _ in WRITES.values()]

    assert {a.status_code for a in answers} == {401}
    assert {a.headers["www-authenticate"] for a in answers} == {"Bearer"}


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"iss": None},
        {"aud": None},
        {"jti": None},
        {"role": None},
        {"exp": utc_now() - timedelta(seconds=1)},
        {"iat": utc_now() + timedelta(hours=1)},
        {"iss": "someone-else"},
        {"aud": "another-api"},
        {"role": "root"},
        {"role": ["admin"]},
        {"sub": ""},
        {"sub": "a\nb"},
        {"sub": 7},
    ],
)
def test_a_token_needs_every_claim_to_be_right(api, change):
    assert _with_claims(api, change) == 401


def test_the_same_token_unchanged_is_taken(api):
    assert _with_claims(api, {}) == 200


@pytest.mark.parametrize(
    ("secret", "algorithm"),
    [("another secret, also of 32 bytes and more", "HS256"), (SECRET, "HS512"), ("", "none")],
)
def test_only_our_signature_counts(api, secret, algorithm):
    assert _with_claims(api, {}, secret, algorithm) == 401


def test_every_route_has_a_rule(api):
    names = [context.name or "" for context in iter_route_contexts(api.app.routes)]

    assert sorted(names) == sorted(POLICY)


@pytest.mark.parametrize("change", [["surprise"], ["health"]])
def test_a_route_without_a_rule_stops_the_start(change):
    with pytest.raises(RuntimeError, match=change[0]):
        check_routes([*POLICY, *change])


def test_a_rule_without_a_route_stops_the_start():
    with pytest.raises(RuntimeError, match="health"):
        check_routes(name for name in POLICY if name != "health")


def _writes(api: Api, operation: str, role: str) -> tuple[int, ...]:
    path, body = WRITES[operation]
    return tuple(
        api.post(path, _of(student, body), role=role, sub="rob").status_code
        for student in ("rob", "uma")
    )


def _of(student: str, body):
    """The body with a student's id in the place that is left for it."""
    if isinstance(body, dict):
        return {key: _of(student, value) for key, value in body.items()}
    if isinstance(body, list):
        return [_of(student, value) for value in body]
    return student if body == "{}" else body


def _with_claims(
    api: Api, change: dict[str, object], secret: str = SECRET, algorithm: str = ALGORITHM
) -> int:
    now = utc_now()
    claims = {
        "exp": now + timedelta(hours=1),
        "iat": now,
        "sub": "head",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "jti": "1",
        "role": "admin",
    } | change
    sent = {name: value for name, value in claims.items() if value is not None}
    token = jwt.PyJWS().encode(_json(sent), secret, algorithm=algorithm)
    headers = {"Authorization": f"Bearer {token}"}
    return api.client.get("/api/progress/student/ada", headers=headers).status_code


def _json(claims: dict[str, object]) -> bytes:
    """Claims as they are, also those that the library would refuse to sign."""
    plain = {k: int(v.timestamp()) if isinstance(v, datetime) else v for k, v in claims.items()}
    return json.dumps(plain).encode()
