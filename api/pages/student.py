"""The pages of one student: for the student, and for who may see the same by the API."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import StudentId, services_of, session_of
from api.foresight import may_see
from api.pages.rendering import in_path, role_of, show_mine
from reports.dashboards import reading
from warehouse.zones import zone_info

router = APIRouter(prefix="/student/{student_id}", include_in_schema=False)


@router.get("")
def student_today_page(request: Request, student_id: StudentId) -> Response:
    """Today, the goal, the streak, the level, what to do next."""
    services = services_of(request)
    foresees = may_see(services.settings, role_of(request))
    view = reading.student(services.reader, student_id, foresees=foresees).make()
    return student_page(request, student_id, "today", view=view, meta=view.meta, events=True)


def student_page(request: Request, student_id: str, section: str, **given: object) -> Response:
    """One of the student's pages, by the student's clock."""
    services = services_of(request)
    zone = services.store.students.zones([student_id]).get(student_id)
    return show_mine(
        request,
        f"student/{section}.html",
        section=section,
        student_id=student_id,
        student_path=in_path(student_id),
        own=session_of(request).principal.subject == student_id,
        zone=zone_info(zone or services.settings.default_timezone).key,
        **given,
    )
