"""Reports of many students as one file: a few at once, many as a job with a state to ask for."""

from __future__ import annotations

import io
from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, Response
from starlette.concurrency import run_in_threadpool

from api.audit import note_access
from api.bodies import read_model
from api.contract import json_body, refusals
from api.dependencies import Access, access_of, services_of
from api.errors import NotFound, NotPermitted
from api.foresight import may_see
from api.policy import POLICY
from api.routes.reports import Spoken, day_of, language_of
from api.schemas.exports import EXPORT_EXAMPLE, ExportBody, ExportState
from reports.exporting import bundling
from reports.exporting.bundling import Form, Part
from reports.exporting.worker import file_of
from reports.views.cover import Cover
from reports.views.period import Span
from warehouse.export_links import InvalidLink, link_token, linked_export
from warehouse.store.exports import Export, Wanted
from warehouse.tokens import signing_secret

router = APIRouter(prefix="/api/analytics/export", tags=["analytics"])

BODY_BYTES_MAX = 512 * 1024
# More would keep whoever asks, and the thread that answers, waiting for too long.
AT_ONCE = {"pdf": 2, "csv": 10, "json": 10}

ExportId = Annotated[str, Path(description="The export.", max_length=36)]
Token = Annotated[str, Query(description="From `download_url`.", max_length=1_000)]


@router.post(
    "",
    summary="Export the reports of several students",
    response_class=Response,
    responses={
        200: {
            "description": "The file, where there are few.",
            "content": {
                media.partition(";")[0]: {
                    "schema": {"type": "string", "format": "binary"},
                    "example": "the file",
                }
                for media in bundling.MEDIA_TYPES.values()
            },
        },
        202: {
            "model": ExportState,
            "description": "A job; `Location` is where its state is.",
        },
    },
    openapi_extra=json_body(ExportBody, EXPORT_EXAMPLE),
)
async def export_reports(request: Request, language: Spoken = None) -> Response:
    """Every student must be permitted to the bearer, else nothing is exported at all."""
    body = await read_model(request, ExportBody, BODY_BYTES_MAX)
    access, services = access_of(request), services_of(request)
    student_ids = tuple(dict.fromkeys(body.student_ids))
    span = Span(
        day_of("date_range.start", body.date_range.start),
        day_of("date_range.end", body.date_range.end),
    )
    await run_in_threadpool(_check_all, access, student_ids)
    await note_access(request, access.principal, "export_reports", student_ids)
    role = access.principal.role
    spoken = await run_in_threadpool(language_of, request, language)
    wanted = Wanted(
        access.principal.subject,
        role.value,
        body.format,
        spoken,
        may_see(services.settings, role),
        span.start,
        span.end,
        student_ids,
    )
    if len(student_ids) <= AT_ONCE[body.format]:
        return await run_in_threadpool(_at_once, request, wanted, body.format)
    return await run_in_threadpool(_as_job, request, wanted)


@router.get(
    "/{export_id}",
    summary="How far an export is",
    response_model=ExportState,
    responses=refusals(NotFound.kind),
)
def export_state(request: Request, export_id: ExportId) -> Response:
    """For who asked for it; a finished one has a link that is good for ten minutes."""
    job = _own(request, export_id)
    services_of(request).exporter.look_after()
    return _shown(request, job)


@router.delete(
    "/{export_id}",
    summary="Cancel an export",
    response_model=ExportState,
    responses=refusals(NotFound.kind),
)
def cancel_export(request: Request, export_id: ExportId) -> Response:
    """Stops it where it is not finished, and removes its file where it is."""
    services, job = services_of(request), _own(request, export_id)
    services.store.exports.cancel(export_id)
    file_of(services.settings.exports_dir, job).unlink(missing_ok=True)
    return _shown(request, _own(request, export_id))


@router.get(
    "/{export_id}/file",
    summary="The file of an export",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {
                "application/octet-stream": {
                    "schema": {"type": "string", "format": "binary"},
                    "example": "the file",
                }
            },
        },
        **refusals(NotFound.kind),
    },
)
def export_file(request: Request, export_id: ExportId, token: Token) -> Response:
    """What a `download_url` leads to; the link itself says who may follow it."""
    services = services_of(request)
    try:
        secret = signing_secret(services.settings)
        linked = linked_export(secret, token, services.clock())
    except InvalidLink as error:
        raise NotFound(error.detail, cure=error.cure, field="token") from error
    job = services.store.exports.one(export_id) if linked == export_id else None
    if job is None or job.state != "done":
        raise _not_found()
    file = file_of(services.settings.exports_dir, job)
    if not file.exists():
        raise _not_found()
    return FileResponse(
        file,
        media_type=bundling.MEDIA_TYPES[job.wanted.form],
        filename=_file_name(job.wanted),
        headers={"Cache-Control": "no-store"},
    )


def _check_all(access: Access, student_ids: tuple[str, ...]) -> None:
    for student_id in student_ids:
        access.check(student_id)


def _at_once(request: Request, wanted: Wanted, form: Form) -> Response:
    services = services_of(request)
    group = bundling.group_of(services.reader, services.metrics, wanted)
    reports = [group.makers[student_id]() for student_id in wanted.student_ids]
    parts = [
        Part(one.student_id, one.name, bundling.rendered(form, one, services.press))
        for one in reports
    ]
    cover = b""
    if form == "pdf":
        at = max((one.meta.as_of for one in reports if one.meta.as_of), default=None)
        days = (wanted.first_day, wanted.end_day)
        sheet = Cover(wanted.language, *days, at, bundling.listed(parts))
        cover = services.press.pdf(sheet)
    file = io.BytesIO()
    bundling.write(file, form, parts, cover)
    return Response(
        file.getvalue(),
        media_type=bundling.MEDIA_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{_file_name(wanted)}"',
            "Cache-Control": "no-store",
        },
    )


def _as_job(request: Request, wanted: Wanted) -> Response:
    services = services_of(request)
    job = services.store.exports.add(wanted)
    services.exporter.look_after()
    shown = _shown(request, job)
    shown.status_code = 202
    shown.headers["Location"] = f"{router.prefix}/{job.export_id}"
    return shown


def _own(request: Request, export_id: str) -> Export:
    """Somebody else's is as if it were not there."""
    job = services_of(request).store.exports.one(export_id)
    principal = access_of(request).principal
    if job is None or (job.wanted.requested_by, job.wanted.requested_role) != (
        principal.subject,
        principal.role.value,
    ):
        raise _not_found()
    return job


def _shown(request: Request, job: Export) -> Response:
    state = ExportState(
        export_id=job.export_id,
        state=job.state,
        done=job.done,
        total=job.total,
        problem=job.problem,
        requested_at=job.requested_at.astimezone(UTC),
        expires_at=job.expires_at.astimezone(UTC),
        download_url=_link(request, job),
    )
    return Response(
        state.model_dump_json(),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _link(request: Request, job: Export) -> str | None:
    """Whoever has lost sight of one of the students gets no file with them."""
    services, access = services_of(request), access_of(request)
    if job.state != "done":
        return None
    try:
        # the policy of what was exported, not that of asking how far it is
        reach = POLICY["export_reports"][access.principal.role]
        _check_all(access._replace(reach=reach), job.wanted.student_ids)
    except NotPermitted:
        return None
    token = link_token(signing_secret(services.settings), job.export_id, services.clock())
    return f"{router.prefix}/{job.export_id}/file?token={token}"


def _file_name(wanted: Wanted) -> str:
    days = "".join(f"-{day}" for day in (wanted.first_day, wanted.end_day) if day)
    return f"progress-reports{days}.{bundling.ENDINGS[wanted.form]}"


def _not_found() -> NotFound:
    return NotFound(
        "There is no such export.",
        cure="It may have expired: ask for it again.",
        field="export_id",
    )
