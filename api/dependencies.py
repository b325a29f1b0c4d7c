"""What routes are given: the application's services, the checked bearer, checked parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Annotated, NamedTuple, cast

from fastapi import Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator

from api.auth import Authenticator, Principal
from api.caching import AnswerCache, conditional
from api.errors import NotPermitted
from api.paths import with_slashes
from api.policy import POLICY, PUBLIC, Reach
from api.schemas.base import Meta
from warehouse.clock import Clock
from warehouse.event_fields import Name
from warehouse.reader import Reader, StudentReader
from warehouse.rules import Rules
from warehouse.settings import Settings
from warehouse.store.database import Store
from warehouse.store.ingest import Ingest

_ACCESS = "spool.access"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes work with, built once by the application's lifespan."""

    settings: Settings
    store: Store
    ingest: Ingest
    reader: Reader
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


async def authorise(request: Request) -> None:
    """Apply the policy to a request before anything of it is read.

    The application gives this to every route, so a new one is closed until the policy opens it.
    """
    rule = POLICY[request.scope["route"].name]
    if rule is PUBLIC:
        return
    authenticator: Authenticator = request.app.state.authenticator
    principal = authenticator.principal(request.headers.get("authorization"))
    reach = rule.get(principal.role)
    if reach is None:
        raise _not_permitted()
    access = Access(principal, reach)
    student_id = request.path_params.get("student_id")
    if student_id is not None:
        access.require(with_slashes(student_id))
    request.scope[_ACCESS] = access


def access_of(request: Request) -> Access:
    """What `authorise` granted to this request."""
    return cast(Access, request.scope[_ACCESS])


def services_of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


def _not_permitted() -> NotPermitted:
    return NotPermitted(
        "This token does not permit this.",
        cure="Use a token of the person concerned or with a role that may do it.",
    )


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
    services: Services
    student_id: str

    def answer(self, make: Callable[[StudentReader], BaseModel]) -> Response:
        """Decide which state of the student to show, then show it once per version."""
        student = self.services.reader.student(self.student_id)
        role = access_of(self.request).principal.role
        return conditional(
            self.request, self.services.answers, role, student.version, lambda: make(student)
        )


async def _asked(request: Request, student_id: StudentId) -> StudentRequest:
    return StudentRequest(request, services_of(request), student_id)


Asked = Annotated[StudentRequest, Depends(_asked)]


def meta(student: StudentReader) -> Meta:
    return Meta(**asdict(student.meta))
