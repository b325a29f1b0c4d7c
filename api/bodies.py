"""A request body turned into plain data, and every way in which that can go wrong.

What the data means is not judged here: events are validated by `warehouse/events.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import NoReturn, TypeVar
from urllib.parse import parse_qsl

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.errors import BodyTooLarge, InvalidRequest, SlowRequest, UnsupportedMediaType

SINGLE_BYTES_MAX = 16 * 1024
BATCH_BYTES_MAX = 2 * 1024 * 1024
ARRIVAL_SECONDS_MAX = 30
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FIELDS_MAX = 80
DIGITS_MAX = 9
_FORM = "spool.form"

Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: Request, limit: int, media_type: str = JSON) -> bytes:
    """The body, read no further than the limit, however it is sent."""
    _check_media_type(request.headers.get("content-type"), media_type)
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        _too_large(limit)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(ARRIVAL_SECONDS_MAX):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    _too_large(limit)
                parts.append(part)
    except TimeoutError as error:
        raise SlowRequest(
            f"The body did not arrive within {ARRIVAL_SECONDS_MAX} seconds.",
            cure="Send smaller batches or use a better connection.",
        ) from error
    return b"".join(parts)


def parse_object(body: bytes) -> dict[str, object]:
    """The JSON object of a body.

    Two readers look at it: orjson is strict about what JSON is (no NaN, no lone surrogates, no
    broken UTF-8, a bounded depth), the standard one sees every pair, and so a key given twice.
    """
    try:
        orjson.loads(body)
        data = _WITNESS.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(
            f"The body is not valid JSON: {_reason(error)}.",
            cure="Send one JSON object in UTF-8.",
            field="body",
        ) from error
    if not isinstance(data, dict):
        raise InvalidRequest(
            "The body is not a JSON object.", cure="Send one JSON object.", field="body"
        )
    return data


def _check_media_type(content_type: str | None, expected: str) -> None:
    media_type, _, parameters = (content_type or "").partition(";")
    if media_type.strip().lower() == expected == MULTIPART:
        return  # its parameter is the boundary, each part has a charset of its own
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media_type.strip().lower() != expected or charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedMediaType(
            f"Content-Type is {content_type[:100] if content_type else 'missing'}.",
            cure=f"Send Content-Type: {expected}.",
            field="Content-Type",
        )


def _too_large(limit: int) -> NoReturn:
    raise BodyTooLarge(
        f"The body has more than {limit} bytes.",
        cure=f"Send at most {limit} bytes in one request.",
        field="body",
    )


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) != len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise InvalidRequest(
            f"The key {doubled[:100]} stands twice in one object.",
            cure="Give each key once.",
            field=doubled[:100],
        )
    return data


_WITNESS = json.JSONDecoder(object_pairs_hook=_distinct)


def _reason(error: Exception) -> str:
    """The words of orjson name line and column and never repeat the body; others may."""
    if isinstance(error, orjson.JSONDecodeError):
        return str(error).rstrip(".")
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a value is too long"


def media_type_of(request: Request) -> str:
    """What the body is declared as."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_form(request: Request) -> bool:
    """Whether the body is declared as an HTML form."""
    return media_type_of(request) == FORM


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an HTML form, read once; of a field given twice the last."""
    read: dict[str, str] | None = request.scope.get(_FORM)
    if read is not None:
        return read
    body = await read_body(request, SINGLE_BYTES_MAX, FORM)
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError as error:
        raise InvalidRequest(
            "The form cannot be read.", cure="Send it as a browser does.", field="body"
        ) from error
    request.scope[_FORM] = fields
    return fields


def whole_number(form: Mapping[str, str], field: str) -> int | None:
    """The number in a field of a form; None where it was left empty."""
    text = form.get(field, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS_MAX:
        raise InvalidRequest(f"{field} is no whole number.", cure="Use digits only.", field=field)
    return int(text)


async def read_model(request: Request, model: type[Body], limit: int = SINGLE_BYTES_MAX) -> Body:
    """The body as a checked shape, or a refusal that names the field."""
    return checked(model, parse_object(await read_body(request, limit)))


def checked(model: type[Body], data: Mapping[str, object]) -> Body:
    """Data as a checked shape, or a refusal that names the field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:100] or "body"
        raise InvalidRequest(
            f"{field} is not valid: {first['msg'].removeprefix('Value error, ')}.",
            cure=f"See the rules for {field} at /docs.",
            field=field,
        ) from None
