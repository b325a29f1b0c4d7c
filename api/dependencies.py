"""What routes are given: the application's services, the checked bearer, checked parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple, cast

from fastapi import Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator

from api.auth import Authenticator, Principal
from api.caching import AnswerCache, conditional
from api.errors import NotPermitted
from api.paths import with_slashes
from api.policy import POLICY, PUBLIC, Reach
from api.reading import Reading, StudentReading
from api.schemas.common import Meta
from warehouse.clock import Clock
from warehouse.event_fields import Name
from warehouse.rules import Rules
from warehouse.settings import Settings
from warehouse.store.database import Store
from warehouse.store.ingest import Ingest


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes work with, built once by the application's lifespan."""

    settings: Settings
    store: Store
    ingest: Ingest
    reader: Reading
    rules: Rules
    clock: Clock
    answers: AnswerCache = field(default_factory=AnswerCache)


class Access(NamedTuple):
    """The bearer, and for which students they may do the operation asked for."""

    principal: Principal
    reach: Reach

    def require(self, student_id: str) -> None:
        """Refuse a student who is out of reach, in words that tell nothing about them."""
        if self.reach is Reach.SELF and student_id != self.principal.subject:
            raise _not_permitted()


async def services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


async def access(request: Request) -> Access | None:
    """Apply the policy to a request before anything of it is read; None on public operations.

    The application gives this to every route, so a new one is closed until the policy opens it.
    """
    rule = POLICY[request.scope["route"].name]
    if rule is PUBLIC:
        return None
    authenticator: Authenticator = request.app.state.authenticator
    principal = authenticator.principal(request.headers.get("authorization"))
    reach = rule.get(principal.role)
    if reach is None:
        raise _not_permitted()
    granted = Access(principal, reach)
    student_id = request.path_params.get("student_id")
    if student_id is not None:
        granted.require(with_slashes(student_id))
    return granted


async def _granted(granted: Annotated[Access | None, Depends(access)]) -> Access:
    if granted is None:
        raise _not_permitted()
    return granted


def _not_permitted() -> NotPermitted:
    return NotPermitted(
        "This token does not permit this.",
        cure="Use a token of the person concerned or with a role that may do it.",
    )


def meta(student: StudentReading) -> Meta:
    return Meta(**student.meta._asdict())


ServicesOf = Annotated[Services, Depends(services)]
AccessOf = Annotated[Access, Depends(_granted)]
StudentId = Annotated[
    Name,
    BeforeValidator(with_slashes),
    Path(description="The student.", examples=["student-0001"]),
]
ConceptId = Annotated[
    Name,
    BeforeValidator(with_slashes),
    Path(description="The concept.", examples=["fractions-adding"]),
]


class StudentRequest(NamedTuple):
    """A read of one student, permitted already."""

    request: Request
    access: Access
    services: Services
    student_id: str

    def answer(self, make: Callable[[StudentReading], BaseModel]) -> Response:
        """Decide which state of the student to show, then show it once per version."""
        student = self.services.reader.student(self.student_id)
        role = self.access.principal.role
        return conditional(
            self.request, self.services.answers, role, student.version, lambda: make(student)
        )


async def _asked(
    request: Request, access: AccessOf, services: ServicesOf, student_id: StudentId
) -> StudentRequest:
    return StudentRequest(request, access, services, student_id)


Asked = Annotated[StudentRequest, Depends(_asked)]
