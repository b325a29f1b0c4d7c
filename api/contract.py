"""The OpenAPI document: what FastAPI derives from the routes, completed with what it cannot know.

Security comes from the policy, refusals from the kinds of problems, examples from the shapes:
nothing is written a second time.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.errors import (
    INTERNAL_ERROR,
    INVALID_EVENT,
    MEDIA_TYPE,
    SNAPSHOT_UNAVAILABLE,
    STORE_UNAVAILABLE,
    BodyTooLarge,
    InvalidRequest,
    Kind,
    NotAuthenticated,
    NotPermitted,
    SlowRequest,
    TooManyRequests,
    UnsupportedMediaType,
)
from api.policy import POLICY
from api.schemas.service import Problem
from warehouse.tokens import AUDIENCE, ISSUER

Json = dict[str, Any]

DESCRIPTION = """
Learning events in, every figure of a student out. An acknowledged event is on disk and counts at
once; the same event twice counts once. Every answer made from tables says in `meta` which state it
shows.
"""
_REFS = "#/components/schemas/{model}"
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": (
        f"HS256 with JWT_SECRET; claims exp, iat, sub, jti, iss `{ISSUER}`, aud `{AUDIENCE}` and "
        "role (student, parent, educator, admin or service). Make one with `spool token`."
    ),
}


def json_body(model: type[BaseModel], example: Json, *, many: int | None = None) -> Json:
    """The documentation of a body that a route reads by itself (see `bodies.py`)."""
    schema = _inlined(model.model_json_schema())
    if many:
        schema = {
            "title": f"{model.__name__}Batch",
            "type": "object",
            "required": ["events"],
            "additionalProperties": False,
            "properties": {"events": {"type": "array", "maxItems": many, "items": schema}},
        }
        example = {"events": [example]}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Json) -> Json:
    """A schema with its definitions where they are used: the body has no place for names."""
    definitions = schema.pop("$defs", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, list):
            return [inlined(one) for one in part]
        if not isinstance(part, dict):
            return part
        named = definitions.get(str(part.get("$ref", "")).rpartition("/")[2])
        rest = {key: inlined(value) for key, value in part.items() if key != "$ref" or not named}
        return {**inlined(named), **rest} if named else rest

    found: Json = inlined(schema)
    return found


def refusals(*kinds: Kind) -> dict[int | str, Json]:
    """The responses of an operation that can end in these kinds of problems."""
    responses: dict[int | str, Json] = {}
    for kind in kinds:
        shown = responses.setdefault(kind.status, _problem_response(kind))
        shown["content"][MEDIA_TYPE]["examples"][kind.slug] = {"value": _example(kind)}
    return responses


NOT_MODIFIED: dict[int | str, Json] = {
    304: {
        "description": "The client has this state already (If-None-Match with the answer's ETag)."
    }
}


def document(app: FastAPI) -> Json:
    """The complete OpenAPI 3.1 document of the application."""
    openapi = get_openapi(
        title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes
    )
    components = openapi.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = {"bearer": _BEARER}
    for operations in openapi["paths"].values():
        for operation in operations.values():
            _complete(operation, schemas)
    return openapi


def _complete(operation: Json, schemas: Json) -> None:
    responses: Json = operation["responses"]
    responses.pop("422", None)
    for status, response in refusals(*_common_kinds(operation)).items():
        responses[str(status)] = response
    if POLICY[operation["operationId"]]:
        operation["security"] = [{"bearer": []}]
    for response in responses.values():
        _add_example(response.get("content", {}), schemas)
    operation["responses"] = dict(sorted(responses.items()))


def _common_kinds(operation: Json) -> list[Kind]:
    kinds = [INTERNAL_ERROR, TooManyRequests.kind]
    if POLICY[operation["operationId"]]:
        kinds += [NotAuthenticated.kind, NotPermitted.kind, STORE_UNAVAILABLE, SNAPSHOT_UNAVAILABLE]
    if operation.get("parameters") or "requestBody" in operation:
        kinds += [InvalidRequest.kind]
    if "requestBody" in operation:
        kinds += [
            INVALID_EVENT, BodyTooLarge.kind, UnsupportedMediaType.kind, SlowRequest.kind
        ]  # fmt: skip
    return kinds


def _add_example(content: Json, schemas: Json) -> None:
    body = content.get("application/json", {})
    model = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
    examples = schemas.get(model, {}).get("examples")
    if examples and "example" not in body:
        body["example"] = examples[0]


def _problem_response(kind: Kind) -> Json:
    schema = {"$ref": _REFS.format(model=Problem.__name__)}
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example(kind: Kind) -> Json:
    return {
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": "What is wrong with this request.",
        "cure": "What to change.",
        "field": None,
    }
