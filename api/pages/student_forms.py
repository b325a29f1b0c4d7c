"""What is changed on a student's pages; each form ends where the API's operation does."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.bodies import checked, read_form, whole_number
from api.dependencies import StudentId, access_of, services_of
from api.errors import InvalidRequest
from api.pages.rendering import LANGUAGE_COOKIE, YEAR, go, in_path, role_of
from api.pages.student import settings_page
from api.policy import POLICY
from api.routes.badges import CredentialId, take_back
from api.routes.calendars import make_calendar_feed, remove_calendar_feed
from api.routes.goals import set_targets
from api.routes.students import change
from api.schemas.badges import RevocationBody
from api.schemas.goals import GoalBody
from api.schemas.students import ProfileBody
from reports.languages import LANGUAGES

router = APIRouter(prefix="/student/{student_id}", include_in_schema=False)


@router.post("/goals")
async def student_goal_form(request: Request, student_id: StudentId) -> Response:
    """Set the targets of this week and those that follow."""
    form = await read_form(request)
    targets = {name: whole_number(form, name) for name in ("concepts", "minutes")}
    body = checked(GoalBody, targets)
    access, services = access_of(request), services_of(request)
    await run_in_threadpool(set_targets, access, services, student_id, body)
    return go(f"/student/{in_path(student_id)}/goals")


@router.post("/settings")
async def student_settings_form(request: Request, student_id: StudentId) -> Response:
    """Change the alias, the wish to be ranked, the zone and the language."""
    form = await read_form(request)
    given: dict[str, object] = {
        name: form[name].strip() for name in ("alias", "time_zone", "locale") if form.get(name)
    }
    if "ranked" in form:
        given["leaderboard_opt_in"] = form["ranked"] == "yes"
    await run_in_threadpool(change, services_of(request), student_id, checked(ProfileBody, given))
    answer = go(f"/student/{in_path(student_id)}/{_back(form)}")
    if given.get("locale") in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, form["locale"], max_age=YEAR, path="/", httponly=True, samesite="lax"
        )
    return answer


@router.post("/calendar")
async def student_calendar_form(request: Request, student_id: StudentId) -> Response:
    """Make a calendar feed and show its address this once, or switch it off."""
    wanted = (await read_form(request)).get("feed")
    if wanted == "remove":
        await run_in_threadpool(remove_calendar_feed, request, student_id)
        return go(f"/student/{in_path(student_id)}/settings#calendar")
    if wanted != "make":
        raise InvalidRequest("feed is neither make nor remove.", field="feed")
    if role_of(request) not in POLICY["make_calendar_feed"]:
        raise access_of(request).refusal()
    made = await run_in_threadpool(make_calendar_feed, request, student_id)
    return await run_in_threadpool(settings_page, request, student_id, made.url)


@router.post("/badges/{credential_id}/revoke")
async def student_badge_form(
    request: Request, student_id: StudentId, credential_id: CredentialId
) -> Response:
    """Take a badge back that was taken out."""
    reason = (await read_form(request)).get("reason", "").strip()
    body, by = checked(RevocationBody, {"reason": reason}), access_of(request).principal.subject
    await run_in_threadpool(take_back, services_of(request), student_id, credential_id, by, body)
    return go(f"/student/{in_path(student_id)}/badges")


def _back(form: dict[str, str]) -> str:
    return "leaderboard" if form.get("from") == "leaderboard" else "settings"
