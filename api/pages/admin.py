"""The pages of an admin: how the service is used, how fresh it is, who is in it, who looked."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.bodies import read_form
from api.dependencies import Services, access_of, services_of, session_of
from api.errors import InvalidRequest
from api.pages.rendering import go, in_path, show_mine
from api.routes.audit import audit_log
from api.routes.dashboards import AdminId
from api.uploads import read_upload
from reports.dashboards import reading
from warehouse.errors import UnreadableFile
from warehouse.event_fields import is_name
from warehouse.roster.importing import import_roster
from warehouse.roster.report import InvalidRoster, RosterReport

router = APIRouter(prefix="/admin/{admin_id}", include_in_schema=False)

AUDIT_ROWS = 100
REFUSED = 422
Before = Annotated[int | None, Query(ge=1, le=2**62)]


@router.get("")
def admin_page(request: Request, admin_id: AdminId) -> Response:
    """Use, freshness, the last build, notifications, badges."""
    services = services_of(request)
    view = reading.admin(services.reader, admin_id).make()
    checks = sorted(services.reader.catalog.checks)
    return _page(request, admin_id, "home", view=view, checks=checks, meta=view.meta, events=True)


@router.get("/audit")
def admin_audit_page(
    request: Request, admin_id: AdminId, actor: str | None = None, before: Before = None
) -> Response:
    """The audit log, of all or of what one person did."""
    wanted = actor if actor and is_name(actor) else None
    view = audit_log(request, wanted, AUDIT_ROWS, before)
    return _page(request, admin_id, "audit", view=view, actor=wanted or "")


@router.get("/people")
def admin_people_page(request: Request, admin_id: AdminId) -> Response:
    """Who is here, the import of a roster, and what parents have asked for."""
    return _people(request, admin_id)


@router.post("/people")
async def people_import_form(request: Request, admin_id: AdminId) -> Response:
    """Take a OneRoster package over, or say line by line why not."""
    upload = await read_upload(request)
    if not upload.file:
        raise InvalidRequest("No file was sent.", cure="Choose the ZIP of an export.", field="file")
    report, refused = await run_in_threadpool(_imported, services_of(request), upload.file)
    shown = partial(_people, request, admin_id, report=report, refused=refused)
    return await run_in_threadpool(shown)


@router.post("/student")
async def admin_student_form(request: Request, admin_id: AdminId) -> Response:
    """To the pages of a student by their id."""
    form = await read_form(request)
    student = form.get("student_id", "").strip()
    return go(f"/student/{in_path(student)}" if is_name(student) else f"/admin/{in_path(admin_id)}")


@router.post("/erasures")
async def erasure_answer_form(request: Request, admin_id: AdminId) -> Response:
    """Note that a request was answered."""
    form, store = await read_form(request), services_of(request).store
    person = access_of(request).principal.subject
    await run_in_threadpool(store.erasures.answer, form.get("request_id", ""), person)
    return go(f"/admin/{in_path(admin_id)}/people")


def _imported(services: Services, content: bytes) -> tuple[RosterReport | None, str | None]:
    with tempfile.TemporaryDirectory(prefix="spool-roster-") as directory:
        path = Path(directory) / "roster.zip"
        path.write_bytes(content)
        zone = services.settings.default_timezone
        try:
            return import_roster(services.store, path, zone=zone, clock=services.clock), None
        except InvalidRoster as error:
            return error.report, error.cure
        except UnreadableFile as error:
            return None, f"{error.detail.replace(str(path), 'The file')} {error.cure}"


def _people(
    request: Request,
    admin_id: str,
    *,
    report: RosterReport | None = None,
    refused: str | None = None,
) -> Response:
    store = services_of(request).store
    asked = store.erasures.all()
    named = {name for one in asked for name in (one.student_id, one.asked_by)}
    return _page(
        request,
        admin_id,
        "people",
        status=REFUSED if refused else 200,
        counts=store.rosters.counts(),
        report=report,
        refused=refused,
        requests=asked,
        names=store.people.names(named),
        in_path=in_path,
    )


def _page(request: Request, admin_id: str, section: str, **given: object) -> Response:
    return show_mine(
        request,
        f"admin/{section}.html",
        section=section,
        base=f"/admin/{in_path(admin_id)}",
        own=session_of(request).principal.subject,
        **given,
    )
