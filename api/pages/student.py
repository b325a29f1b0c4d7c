"""The pages of one student: for the student, and for who may see the same by the API."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import cursors
from api.dependencies import Asked, StudentId, access_of, services_of, session_of
from api.foresight import may_see
from api.pages.rendering import in_path, language_of, role_of, show_mine
from api.policy import POLICY
from api.routes.badges import taken_out
from api.routes.calendars import feeds_of
from api.routes.gamification import PAGE_ROWS, badges_of, points_of
from api.routes.goals import student_goals
from api.routes.leaderboard import leaderboard
from api.routes.progress import path_of
from api.routes.students import student_profile
from api.schemas.leaderboard import Period, Scope
from reports.dashboards import reading
from reports.languages import language
from warehouse.event_fields import Name
from warehouse.zones import zone_info

router = APIRouter(prefix="/student/{student_id}", include_in_schema=False)

Cursor = Annotated[str | None, Query(max_length=cursors.CURSOR_LENGTH_MAX)]


@router.get("")
def student_today_page(request: Request, student_id: StudentId) -> Response:
    """Today, the goal, the streak, the level, what to do next."""
    services = services_of(request)
    said = language(language_of(request)).translations
    foresees = may_see(services.settings, role_of(request))
    prepared = reading.student(services.reader, student_id, foresees=foresees, said=said)
    key = ("today", student_id, prepared.version, language_of(request))
    view = services.views.of(key, prepared.make)
    return student_page(request, student_id, "today", view=view, meta=view.meta, events=True)


@router.get("/path")
def student_path_page(request: Request, asked: Asked) -> Response:
    """The curriculum by subject, with statuses and what each concept needs."""
    view = path_of(asked, asked.services.reader.student(asked.student_id))
    needs: dict[str, list[str]] = {}
    for edge in view.edges:
        needs.setdefault(edge.to, []).append(edge.from_)
    names = {node.concept_id: node.name for node in view.nodes}
    return student_page(
        request,
        asked.student_id,
        "path",
        view=view,
        needs=needs,
        names=names,
        meta=view.meta,
        events=True,
    )


@router.get("/badges")
def student_badges_page(request: Request, asked: Asked) -> Response:
    """The badges earned, and how far the others have come."""
    student = asked.services.reader.student(asked.student_id)
    key = ("badges", asked.student_id, student.version)
    view = asked.services.views.of(key, partial(badges_of, asked, student))
    seen = role_of(request) in POLICY["badge_credentials"]
    return student_page(
        request,
        asked.student_id,
        "badges",
        view=view,
        taken=taken_out(asked.services, asked.student_id).credentials if seen else [],
        names={badge.id: badge.name for badge in asked.services.rules.badges},
        meta=view.meta,
        events=True,
    )


@router.get("/points")
def student_points_page(request: Request, asked: Asked, cursor: Cursor = None) -> Response:
    """The ledger of points: when, how many, and what for."""
    reader = asked.services.reader
    view = points_of(asked, PAGE_ROWS, cursors.place_of(cursor), reader.student(asked.student_id))
    names = {row["concept_id"]: row["name"] for row in reader.published().curriculum}
    badges = {badge.id: badge.name for badge in asked.services.rules.badges}
    return student_page(
        request,
        asked.student_id,
        "points",
        view=view,
        names=names,
        badges=badges,
        meta=view.meta,
        events=cursor is None,
    )


@router.get("/goals")
def student_goals_page(request: Request, student_id: StudentId) -> Response:
    """The goal of the week, how the last weeks went, and a form to set it."""
    view = student_goals(request, student_id)
    return student_page(request, student_id, "goals", view=view, meta=view.meta)


@router.get("/leaderboard")
def student_leaderboard_page(
    request: Request,
    student_id: StudentId,
    scope: Scope = "all",
    scope_id: Name | None = None,
    period: Period = "week",
) -> Response:
    """A list of those who want to be on it, under aliases."""
    services = services_of(request)
    view = leaderboard(request, scope, scope_id, period)
    people = services.store.people
    mine = people.attended_by(student_id, services.clock())
    classes = [found for found in map(people.school_class, mine) if found]
    return student_page(
        request,
        student_id,
        "leaderboard",
        view=view,
        classes=classes,
        profile=student_profile(request, student_id),
        meta=view.meta,
    )


@router.get("/settings")
def student_settings_page(request: Request, student_id: StudentId) -> Response:
    """How the student appears, where they live, which language they read, their calendar."""
    return settings_page(request, student_id)


def settings_page(request: Request, student_id: str, address: str | None = None) -> Response:
    """The settings, with the address of a calendar feed that was made just now."""
    return student_page(
        request,
        student_id,
        "settings",
        profile=student_profile(request, student_id),
        feeds=feeds_of(access_of(request), services_of(request), student_id).feeds,
        address_of_feed=address,
        address=f"/student/{in_path(student_id)}/settings",  # also after a form
    )


def student_page(request: Request, student_id: str, section: str, **given: object) -> Response:
    """One of the student's pages, by the student's clock."""
    services = services_of(request)
    zone = services.store.students.zones([student_id]).get(student_id)
    person = services.store.people.person(student_id)
    return show_mine(
        request,
        f"student/{section}.html",
        section=section,
        student_id=student_id,
        student_name=(person.name if person else None) or student_id,
        student_path=in_path(student_id),
        own=session_of(request).principal.subject == student_id,
        zone=zone_info(zone or services.settings.default_timezone).key,
        **given,
    )
