"""The audit log, for parents (of their children) and admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.dependencies import Services, StudentId, services_of
from api.schemas.audit import AuditEntry, AuditPage, AuditVerdict
from warehouse.event_fields import Name

router = APIRouter(prefix="/api/audit", tags=["audit"])

PAGE_ROWS = 100
PAGE_ROWS_MAX = 1_000

Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX, description="Entries in one page.")]
Before = Annotated[
    int | None, Query(ge=1, le=2**62, description="The `next_before` of the page before.")
]


@router.get(
    "/student/{student_id}",
    summary="Who used a student's record",
    response_model=AuditPage,
)
def student_audit(
    request: Request, student_id: StudentId, limit: Limit = PAGE_ROWS, before: Before = None
) -> AuditPage:
    """Each use by somebody else than the student, this one included."""
    return _page(services_of(request), student_id, None, limit, before)


@router.get("", summary="The audit log", response_model=AuditPage)
def audit_log(
    request: Request,
    actor: Annotated[Name | None, Query(description="Only what this person did.")] = None,
    limit: Limit = PAGE_ROWS,
    before: Before = None,
) -> AuditPage:
    """Everything, or what one person did."""
    return _page(services_of(request), None, actor, limit, before)


@router.get("/verify", summary="Whether the audit log is whole", response_model=AuditVerdict)
def verify_audit(request: Request) -> AuditVerdict:
    """Recompute the chain of seals from its beginning; takes a while for a long log."""
    found = services_of(request).store.audit.verify()
    return AuditVerdict(**found._asdict(), whole=found.reason is None)


def _page(
    services: Services, student_id: str | None, actor: str | None, limit: int, before: int | None
) -> AuditPage:
    rows = services.store.audit.rows(
        student_id=student_id, actor=actor, before=before, limit=limit + 1
    )
    page = rows[:limit]
    names = services.store.people.names({row.actor for row in page})
    return AuditPage(
        entries=[AuditEntry(**row._asdict(), actor_name=names.get(row.actor)) for row in page],
        next_before=page[-1].seq if len(rows) > limit else None,
    )
