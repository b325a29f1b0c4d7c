"""The pages of an educator: a class at a glance, who needs a look and why, and what is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.audit import noted
from api.dependencies import ClassId, StudentId, access_of, services_of
from api.foresight import may_see_risk
from api.pages.rendering import go, home_of, in_path, language_of, show_mine
from api.pages.student import student_page
from api.routes.dashboards import EducatorId
from api.routes.interventions import student_interventions
from api.routes.scheduled_reports import shown_of
from reports.dashboards import reading
from reports.dashboards.classes import Student
from reports.dashboards.educator import EducatorDashboard
from reports.languages import language

router = APIRouter(include_in_schema=False)

Sort = Literal["name", "reasons", "last", "minutes", "streak", "mastered"]
SORTS: Mapping[str, Callable[[Student], tuple[object, ...]]] = {
    "name": lambda one: (one.name or one.student_id,),
    "reasons": lambda one: (-len(one.reasons), one.name or one.student_id),
    "last": lambda one: (one.last_activity_date is not None, one.last_activity_date or 0),
    "minutes": lambda one: (one.week_minutes, one.name or one.student_id),
    "streak": lambda one: (-one.current_streak, one.name or one.student_id),
    "mastered": lambda one: (-one.mastered_count, one.name or one.student_id),
}


@router.get("/educator/{educator_id}")
def educator_page(request: Request, educator_id: EducatorId) -> Response:
    """All classes at a glance; who teaches one is led to it."""
    view = _view(request, educator_id, None)
    if len(view.classes) == 1:
        return go(f"/educator/{in_path(educator_id)}/class/{in_path(view.classes[0].class_id)}")
    with noted(request, access_of(request).principal, "educator_page", _students(view)):
        return show_mine(
            request,
            "educator/classes.html",
            view=view,
            base=f"/educator/{in_path(educator_id)}/class/",
            in_path=in_path,
            meta=view.meta,
            events=True,
        )


@router.get("/educator/{educator_id}/class/{class_id}")
def educator_class_page(request: Request, educator_id: EducatorId, class_id: ClassId) -> Response:
    """Who needs a look, how each concept goes, what is being done."""
    return _class_page(request, educator_id, class_id, "overview", sort="reasons")


@router.get("/educator/{educator_id}/class/{class_id}/concepts")
def educator_concepts_page(
    request: Request,
    educator_id: EducatorId,
    class_id: ClassId,
    subject: Annotated[str | None, Query(max_length=128)] = None,
) -> Response:
    """The matrix of students and concepts of a subject, and how hard each concept is."""
    return _class_page(request, educator_id, class_id, "concepts", subject=subject)


@router.get("/educator/{educator_id}/class/{class_id}/roster")
def educator_roster_page(
    request: Request, educator_id: EducatorId, class_id: ClassId, sort: Sort = "name"
) -> Response:
    """Every student with the reasons to look, in an order of choice."""
    return _class_page(request, educator_id, class_id, "roster", sort=sort)


@router.get("/student/{student_id}/support")
def student_support_page(request: Request, student_id: StudentId) -> Response:
    """Why somebody should look after a student, and what was done."""
    services, principal = services_of(request), access_of(request).principal
    found = student_interventions(request, student_id)
    reasons = reading.reasons(
        services.reader,
        student_id,
        foresees=may_see_risk(services.settings, principal.role),
        said=language(language_of(request)).translations,
    )
    people = {step.actor for one in found.interventions for step in one.history}
    people |= {one.assigned_to for one in found.interventions if one.assigned_to}
    teachers = services.store.people.teachers_of(student_id, services.clock())
    concepts = {row["concept_id"]: row["name"] for row in services.reader.published().curriculum}
    return student_page(
        request,
        student_id,
        "support",
        view=found,
        reasons=reasons,
        names=services.store.people.names(people | set(teachers)),
        teachers=teachers,
        concepts=concepts,
    )


def _class_page(
    request: Request,
    educator_id: str,
    class_id: str,
    section: str,
    *,
    sort: str = "name",
    subject: str | None = None,
) -> Response:
    view = _view(request, educator_id, class_id)
    if not view.classes:
        raise access_of(request).refusal()
    shown = view.classes[0]
    subjects = list(dict.fromkeys(concept.subject_id or "" for concept in shown.concepts))
    chosen = subject if subject in subjects else (subjects[0] if subjects else "")
    with noted(request, access_of(request).principal, "educator_page", _students(view)):
        return show_mine(
            request,
            f"educator/{section}.html",
            view=view,
            one=shown,
            section=section,
            base=f"/educator/{in_path(educator_id)}/class/{in_path(class_id)}",
            home=home_of(access_of(request).principal),
            in_path=in_path,
            roster=sorted(shown.roster, key=SORTS[sort]),
            sort=sort,
            subjects=subjects,
            subject=chosen,
            columns=[c for c in shown.concepts if (c.subject_id or "") == chosen],
            totals=[
                (subject_id, list(row.items()), sum(row.values()))
                for subject_id, row in shown.by_subject().items()
            ],
            scheduled=shown_of(request, class_id) if section == "overview" else None,
            meta=view.meta,
            events=section == "overview",
        )


def _view(request: Request, educator_id: str, class_id: str | None) -> EducatorDashboard:
    services, role = services_of(request), access_of(request).principal.role
    prepared = reading.educator(
        services.reader,
        educator_id,
        class_id,
        foresees=may_see_risk(services.settings, role),
        said=language(language_of(request)).translations,
    )
    key = ("educator", educator_id, class_id or "", prepared.version, language_of(request))
    return services.views.of(key, prepared.make)


def _students(view: EducatorDashboard) -> list[str]:
    return sorted({one.student_id for shown in view.classes for one in shown.roster})
