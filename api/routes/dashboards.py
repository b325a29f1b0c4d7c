"""What each role sees first. Every figure is made in `reports/dashboards`; here it is only sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator

from api.audit import noted
from api.caching import conditional
from api.contract import NOT_MODIFIED
from api.dependencies import StudentId, access_of, services_of
from api.foresight import may_see, may_see_risk
from api.paths import with_slashes
from api.schemas.dashboards import shown
from reports.dashboards import reading
from reports.dashboards.admin import AdminDashboard
from reports.dashboards.educator import EducatorDashboard
from reports.dashboards.parent import ParentDashboard
from reports.dashboards.reading import Prepared
from reports.dashboards.student import StudentDashboard
from warehouse.event_fields import Name
from warehouse.reader import Reader

router = APIRouter(prefix="/api/dashboard", tags=["dashboards"])

View = TypeVar("View")
ParentId = Annotated[
    Name, BeforeValidator(with_slashes), Path(description="The parent.", examples=["parent-0001"])
]

EducatorId = Annotated[
    Name,
    BeforeValidator(with_slashes),
    Path(description="The educator.", examples=["educator-0001"]),
]
AdminId = Annotated[
    Name, BeforeValidator(with_slashes), Path(description="The admin.", examples=["admin-0001"])
]
OneClass = Annotated[
    Name | None,
    Query(description="Only this class; a class that the educator does not teach shows none."),
]


@router.get(
    "/student/{student_id}",
    summary="The dashboard of a student",
    response_model=StudentDashboard,
    responses={**NOT_MODIFIED, **shown(StudentDashboard)},
)
def student_dashboard(request: Request, student_id: StudentId) -> Response:
    """Today, the goal of the week, the streak day by day, the level, wins, and how to go on."""
    foresees = may_see(services_of(request).settings, access_of(request).principal.role)
    return _answer(request, partial(reading.student, foresees=foresees), student_id)


@router.get(
    "/parent/{parent_id}",
    summary="The dashboard of a parent",
    response_model=ParentDashboard,
    responses={**NOT_MODIFIED, **shown(ParentDashboard)},
)
def parent_dashboard(request: Request, parent_id: ParentId) -> Response:
    """Each child's week in words and figures, beside goals and their own past weeks."""
    return _answer(request, reading.parent, parent_id)


@router.get(
    "/educator/{educator_id}",
    summary="The dashboard of an educator",
    response_model=EducatorDashboard,
    responses={**NOT_MODIFIED, **shown(EducatorDashboard)},
)
def educator_dashboard(
    request: Request, educator_id: EducatorId, class_id: OneClass = None
) -> Response:
    """Each class that they teach now: by concept, by student, engagement, open interventions."""
    role = access_of(request).principal.role
    foresees = may_see_risk(services_of(request).settings, role)
    prepare = partial(reading.educator, class_id=class_id, foresees=foresees)
    return _answer(request, prepare, educator_id)


@router.get(
    "/admin/{admin_id}",
    summary="The dashboard of an admin",
    response_model=AdminDashboard,
    responses={**NOT_MODIFIED, **shown(AdminDashboard)},
)
def admin_dashboard(request: Request, admin_id: AdminId) -> Response:
    """Use of the service, freshness of its figures, the last build, people, and the audit log."""
    return _answer(request, reading.admin, admin_id)


def _answer(
    request: Request, prepare: Callable[[Reader, str], Prepared[View]], person_id: str
) -> Response:
    services = services_of(request)
    prepared = prepare(services.reader, person_id)
    principal = access_of(request).principal
    answer = partial(
        conditional, request, services.answers, principal.role, prepared.version, prepared.make
    )
    if "student_id" in request.path_params:  # `authorise` has noted it
        return answer()
    with noted(request, principal, request.scope["route"].name, prepared.shows):
        return answer()
