"""What routes are given: the application's services, the checked bearer, checked parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, NamedTuple, cast

from fastapi import Depends, Path, Request
from fastapi.responses import Response
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool

from api.audit import note_access
from api.auth import Authenticator, Credential, Principal
from api.bars import Bars
from api.budgets import Limiter
from api.caching import AnswerCache, ViewCache, conditional
from api.errors import NotAuthenticated, NotFound, NotPermitted, reason
from api.exporter import Exporter
from api.foresight import Foresight, foresight_of, shown_version
from api.imports import Imports
from api.paths import with_slashes
from api.policy import POLICY, PUBLIC, UPLOADS, Reach
from api.schemas.base import Meta
from api.scraping import METRICS, scrapes
from api.sessions import COOKIE
from api.watch import watched
from reports.definitions import Definition
from reports.press import Press
from reports.rephrasing import Rephraser
from warehouse.clock import Clock
from warehouse.errors import SpoolError
from warehouse.event_fields import Name
from warehouse.metrics import Metric
from warehouse.reader import Reader, StudentReader
from warehouse.rules import Rules
from warehouse.settings import Settings
from warehouse.store.audit import AuditWriter
from warehouse.store.database import Store
from warehouse.store.ingest import Ingest
from warehouse.store.people import SchoolClass
from warehouse.tokens import Role

_ACCESS = "spool.access"
_CREDENTIAL = "spool.credential"
ABOUT = ("student_id", "person_id", "user_id", "parent_id", "educator_id", "admin_id")
OWN_VIEW = frozenset({"person_id", "user_id", "parent_id", "educator_id", "admin_id"})


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes work with, built once by the application's lifespan."""

    settings: Settings
    store: Store
    ingest: Ingest
    reader: Reader
    rules: Rules
    clock: Clock
    audit: AuditWriter
    bars: Bars
    metrics: Mapping[str, Metric]
    definitions: Mapping[str, Definition]
    press: Press
    exporter: Exporter
    imports: Imports
    rephraser: Rephraser | None = None
    answers: AnswerCache = field(default_factory=AnswerCache)
    views: ViewCache = field(default_factory=ViewCache)


class Access(NamedTuple):
    """The bearer, and on whom they may do the operation asked for."""

    principal: Principal
    reach: Reach
    services: Services

    async def require(self, student_id: str) -> None:
        """Refuse a student who is out of reach, in words that tell nothing about them."""
        if self.reach in {Reach.SELF, Reach.ANYONE}:
            self.check(student_id)
        else:
            await run_in_threadpool(self.check, student_id)

    def check(self, student_id: str) -> None:
        """The same in a thread that may wait for the store."""
        if self.reach is not Reach.ANYONE and not self._concerns(student_id):
            raise _not_permitted()

    def require_person(self, person_id: str) -> None:
        """Refuse the own view of anybody else, but to those who may see anyone's."""
        if self.reach is not Reach.ANYONE and person_id != self.principal.subject:
            raise _not_permitted()

    async def require_class(self, class_id: str) -> None:
        """Refuse a class that the bearer does not teach, but to those who may see any."""
        if self.reach is Reach.ANYONE:
            return
        people, now = self.services.store.people, self.services.clock()
        taught = await run_in_threadpool(people.classes_of, self.principal.subject, now)
        if self.reach is not Reach.TAUGHT or class_id not in taught:
            raise _not_permitted()

    def refusal(self) -> NotPermitted:
        """The one refusal for what is out of reach and for what does not exist."""
        return _not_permitted()

    def _concerns(self, student_id: str) -> bool:
        bearer, people = self.principal.subject, self.services.store.people
        if self.reach is Reach.SELF:
            return student_id == bearer
        if self.reach is Reach.CHILDREN:
            return people.guards(bearer, student_id, self.services.clock())
        return people.teaches(bearer, student_id, self.services.clock())


async def authorise(request: Request) -> None:
    """Apply the policy to a request before anything of it is read.

    The application gives this to every route, so a new one is closed until the policy opens it.
    """
    operation, seen = request.scope["route"].name, watched(request.scope)
    seen.operation = operation
    rule = POLICY[operation]
    if rule is PUBLIC or (operation == METRICS and scrapes(request)):
        request.app.state.limiter.public(seen.address)
        return
    credential = await _credential(request, operation)
    principal = credential.principal
    reach = rule.get(principal.role)
    if reach is None:
        raise _not_permitted()
    access = Access(principal, reach, services_of(request))
    named = {name: with_slashes(value) for name, value in request.path_params.items()}
    seen.about = next((named[name] for name in ABOUT if name in named), None)
    if "student_id" in named:
        await access.require(named["student_id"])
        await note_access(request, principal, operation, [named["student_id"]])
    if "class_id" in named:
        await access.require_class(named["class_id"])
    for person in named.keys() & OWN_VIEW:
        access.require_person(named[person])
    request.scope[_ACCESS] = access
    request.scope[_CREDENTIAL] = credential


async def _credential(request: Request, operation: str) -> Credential:
    """The token of the request: valid, of somebody active, within their budget, not forged."""
    seen, limiter = watched(request.scope), cast(Limiter, request.app.state.limiter)
    authenticator: Authenticator = request.app.state.authenticator
    try:
        credential = await authenticator.credential(
            request.headers.get("authorization"), request.cookies.get(COOKIE)
        )
        await services_of(request).bars.check(credential.principal.subject)
    except SpoolError as error:
        # A store that is away is nobody's failure to sign in.
        if reason(error) == NotAuthenticated.kind.slug:
            limiter.failure(seen.address)
        raise
    principal = credential.principal
    seen.role, seen.subject = principal.role.value, principal.subject
    limiter.request(operation, request.method, *principal, seen.address)
    if credential.by_cookie:
        # a file is read only of those who may send one
        uploads = operation in UPLOADS and principal.role in POLICY[operation]
        await request.app.state.csrf.check(request, credential.token, uploads=uploads)
    return credential


def session_of(request: Request) -> Credential:
    """The token of this request, verified by `authorise`."""
    return cast(Credential, request.scope[_CREDENTIAL])


def access_of(request: Request) -> Access:
    """What `authorise` granted to this request."""
    return cast(Access, request.scope[_ACCESS])


def services_of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


def require_known_class(services: Services, class_id: str) -> SchoolClass:
    """Tell those who may see any class that there is none of this id."""
    found = services.store.people.school_class(class_id)
    if found is None:
        raise NotFound(
            f"There is no class {class_id}.", cure="Use the id of a class.", field="class_id"
        )
    return found


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


ClassId = Annotated[
    Name, BeforeValidator(with_slashes), Path(description="The class.", examples=["class-7a"])
]


class StudentRequest(NamedTuple):
    """A read of one student, permitted already."""

    request: Request
    services: Services
    student_id: str

    async def soon(self, query: str, make: Callable[[StudentReader], object]) -> Response:
        """`answer` for routes on the event loop: in a thread only where something must be read.

        Handing a request to a thread and back takes as long as such an answer itself.
        """
        student = self.services.reader.student_at_once(self.student_id)
        if student is not None and student.has_at_hand(query):
            return self._show(student, make, student.version)
        return await run_in_threadpool(self.answer, make)

    def answer(
        self, make: Callable[[StudentReader], object], *, foretold: bool = False
    ) -> Response:
        """Decide which state of the student to show, then show it once per version."""
        student = self.services.reader.student(self.student_id)
        settings = self.services.settings
        version = shown_version(settings, student.version) if foretold else student.version
        return self._show(student, make, version)

    def _show(
        self, student: StudentReader, make: Callable[[StudentReader], object], version: str
    ) -> Response:
        return conditional(
            self.request, self.services.answers, self.role, version, lambda: make(student)
        )

    @property
    def role(self) -> Role:
        """Whose view it is."""
        return access_of(self.request).principal.role

    def foresight(self, student: StudentReader) -> Foresight:
        """The student's predictions, as far as the bearer is shown any."""
        reader = self.services.reader
        return foresight_of(self.services.settings, self.role, student, reader.published())


async def _asked(request: Request, student_id: StudentId) -> StudentRequest:
    return StudentRequest(request, services_of(request), student_id)


Asked = Annotated[StudentRequest, Depends(_asked)]


def meta(student: StudentReader) -> Meta:
    return Meta(**asdict(student.meta))
