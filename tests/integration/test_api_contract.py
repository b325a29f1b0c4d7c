"""The OpenAPI document is whole, true to the answers, and changes only on purpose."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI

from api.policy import POLICY, Reach
from warehouse.store.exports import Wanted
from warehouse.store.people import SchoolClass

PATHS = {
    "/api/analytics/insights/{student_id}": ["get"],
    "/api/analytics/trends/{student_id}": ["get"],
    "/api/gamification/award-points": ["post"],
    "/api/gamification/badges/{student_id}": ["get"],
    "/api/gamification/points/{student_id}": ["get"],
    "/api/gamification/streak/{student_id}": ["get"],
    "/api/notifications/mark-read": ["post"],
    "/api/notifications/preferences/{user_id}": ["get", "put"],
    "/api/notifications/push-subscriptions": ["get"],
    "/api/notifications/push-subscriptions/{user_id}": ["delete", "put"],
    "/api/notifications/unsubscribe": ["post"],
    "/api/notifications/{user_id}": ["get"],
    "/api/progress/learning-path/{student_id}": ["get"],
    "/api/progress/student/{student_id}": ["get"],
    "/api/progress/student/{student_id}/concept/{concept_id}": ["get"],
    "/api/progress/student/{student_id}/why/{figure}": ["get"],
    "/api/progress/track": ["post"],
    "/api/progress/track/batch": ["post"],
    "/health": ["get"],
    "/metrics": ["get"],
    "/static/badges/{file}": ["get"],
}
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def document(api) -> dict[str, Any]:
    return dict(api.client.get("/openapi.json").json())


@pytest.fixture(scope="module")
def operations(document) -> dict[str, dict[str, Any]]:
    return {o["operationId"]: o for path in document["paths"].values() for o in path.values()}


def test_the_addresses_are_those_that_were_promised(document):
    given = {path: sorted(o) for path, o in document["paths"].items()}
    assert {path: given.get(path) for path in PATHS} == PATHS


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    OpenAPI.model_validate(document)
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(re.findall(r"'(#/[^']+)'", str(document))) <= names


def test_every_operation_says_what_it_does(operations):
    for operation in operations.values():
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]
        for parameter in operation.get("parameters", []):
            assert parameter["description"], parameter


def test_every_operation_shows_an_example_of_each_answer(operations):
    for name, operation in operations.items():
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                assert content.get("example") or content.get("examples"), (name, status)


def test_every_operation_names_its_refusals(operations):
    for name, operation in operations.items():
        refused = {s for s, r in operation["responses"].items() if PROBLEM in r.get("content", {})}
        expected = {"500"}
        if POLICY[name]:
            expected |= {"401", "403", "503"}
        if operation.get("parameters"):
            expected |= {"422"}
        if "requestBody" in operation:
            expected |= {"408", "413", "415", "422"}
        assert expected <= refused, name


def test_security_follows_the_policy(document, operations):
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for name, operation in operations.items():
        assert operation.get("security", []) == ([{"bearer": []}] if POLICY[name] else [])


def test_bodies_are_documented_field_by_field(operations):
    event = _body(operations["track_event"])
    batch = _body(operations["track_batch"])
    award = _body(operations["award_points"])

    assert batch["properties"]["events"]["items"] == event
    assert batch["properties"]["events"]["maxItems"] == 1000
    assert set(event["required"]) == {"student_id", "event_type"}
    assert set(award["required"]) == {"student_id", "points", "reason"}
    for schema in (event, award):
        assert schema["additionalProperties"] is False
        assert all(field["description"] for field in schema["properties"].values())


def test_every_body_has_a_limit(api, document):
    """Nothing of a body beyond a few megabytes is read, whichever operation it is sent to."""
    declared = {"Content-Type": "application/json", "Content-Length": str(10**9)}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                answer = api.client.request(
                    method,
                    re.sub(r"{\w+}", "somebody", path),
                    content=b"{}",
                    headers=api.headers(_widest(operation["operationId"]), "somebody") | declared,
                )
                assert answer.status_code in {413, 404}, (method, path, answer.text)


def test_the_examples_of_bodies_are_accepted(api, operations):
    for name, path in (
        ("track_event", "/api/progress/track"),
        ("track_batch", "/api/progress/track/batch"),
        ("award_points", "/api/gamification/award-points"),
    ):
        example = operations[name]["requestBody"]["content"]["application/json"]["example"]
        answer = api.post(path, example)
        assert answer.status_code in {200, 201}, answer.text
        assert not answer.json().get("rejected")


def test_answers_have_the_documented_fields(api, document, operations):
    """Shapes are built by the documented models, so the fields are all that could differ."""
    paths = {m["get"]["operationId"]: p for p, m in document["paths"].items() if "get" in m}
    wanted = Wanted("head", "admin", "csv", "en", False, None, None, ("ada",))
    store = api.app.state.services.store
    job = store.exports.add(wanted)
    known = SchoolClass("7a", "7a", None, None, leaderboard_enabled=True, active=True)
    store.people.put(classes=[known], source="tests")
    values = {
        "export_id": job.export_id,
        "concept_id": "light",
        "figure": "streak",
        "class_id": "7a",
        "admin_id": "head",
    }
    for name, operation in operations.items():
        shown = operation["responses"].get("200", {}).get("content", {})
        if "application/json" in shown and name in paths:
            answer = api.get(paths[name].format_map(defaultdict(lambda: "ada", values))).json()
            reference = operation["responses"]["200"]["content"]["application/json"]["schema"]
            schema = document["components"]["schemas"][reference["$ref"].rpartition("/")[2]]
            assert answer.keys() == schema["properties"].keys(), name


def _widest(operation: str) -> str:
    """The role that may do it on most people."""
    reaches = [*Reach]
    return max(POLICY[operation].items(), key=lambda item: reaches.index(item[1]))[0].value


def _body(operation: dict[str, Any]) -> dict[str, Any]:
    return dict(operation["requestBody"]["content"]["application/json"]["schema"])
