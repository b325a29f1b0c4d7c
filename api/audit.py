"""Notes in the audit log who uses whose record; an answer that cannot be noted is not given.

What students do with their own record, and events that programs bring, are no accesses of others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial

from fastapi import Request

from api.auth import Principal
from api.errors import InvalidRequest
from api.watch import watched
from warehouse.event_fields import is_name
from warehouse.store.audit import Access, AuditWriter
from warehouse.tokens import Role

PURPOSE = "X-Purpose"
PURPOSE_LENGTH = 200


async def note_access(
    request: Request, principal: Principal, operation: str, student_ids: Iterable[str]
) -> None:
    """Write down that these records are used, durably, before anything of them is told."""
    durable = _submit(request, principal, operation, student_ids)
    if durable is not None:
        await asyncio.wrap_future(durable)


@contextmanager
def noted(
    request: Request, principal: Principal, operation: str, student_ids: Iterable[str]
) -> Iterator[None]:
    """The same in a thread: what stands inside is done meanwhile, and told after both are done."""
    durable = _submit(request, principal, operation, student_ids)
    yield
    if durable is not None:
        durable.result()


def _submit(
    request: Request, principal: Principal, operation: str, student_ids: Iterable[str]
) -> Future[None] | None:
    if principal.role in {Role.STUDENT, Role.SERVICE}:
        return None
    make = partial(
        Access,
        principal.subject,
        principal.role.value,
        operation,
        purpose=_purpose(request),
        request_id=watched(request.scope).request_id,
    )
    # what is no id at all is refused later, and would spoil the group that is written together
    accesses = [make(student_id=named) for named in student_ids if is_name(named)]
    writer: AuditWriter = request.app.state.services.audit
    return writer.submit(accesses) if accesses else None


def note_link(request: Request, holder: Principal, operation: str, student_id: str) -> None:
    """The same, in a thread, of a record that is read by a link, also by a student's own.

    Who that is nobody can know, so the holder of the link is named.
    """
    request_id = watched(request.scope).request_id
    access = Access(holder.subject, holder.role.value, operation, student_id, None, request_id)
    writer: AuditWriter = request.app.state.services.audit
    writer.submit([access]).result()


def _purpose(request: Request) -> str | None:
    purpose = request.headers.get(PURPOSE)
    if purpose is None:
        return None
    if len(purpose) > PURPOSE_LENGTH or not purpose.isprintable():
        raise InvalidRequest(
            f"{PURPOSE} is longer than {PURPOSE_LENGTH} characters or cannot be printed.",
            cure="Say in a few words what the access is for.",
            field=PURPOSE,
        )
    return purpose
