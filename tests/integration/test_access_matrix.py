"""Every operation of the API, asked by everybody about everybody, against a table of its own.

The operations come from the OpenAPI document of the running application; who may what comes from
`tests/access_table.py`, who is related to whom from `tests/access_school.py`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
import pytest
from fastapi import FastAPI

from api.main import create_app
from tests.access_credentials import (
    FOR_US,
    PLATFORM,
    Platform,
    Sender,
    nobodies,
    publishing,
    somebodies,
)
from tests.access_school import (
    ATTENDS,
    CHILDREN,
    CLASSES,
    PERSONS,
    STUDENTS,
    TAUGHT,
    TEACHES,
    publish_everybody,
)
from tests.access_table import ANY, CHILD, LINES, OWN, PUBLIC, Line
from tests.api_school import NOW, REQUEST_ID, settings_of
from warehouse.store import transactions

FEWEST_CELLS = 5_000
SECONDS_MAX = 150  # of the processor; a core shared with others counts double
AT_ONCE = 8
OWN_VIEWS = ("person_id", "user_id", "parent_id", "educator_id", "admin_id")
TARGETS = {"student": STUDENTS, "class": CLASSES, "person": PERSONS, "nobody": ("",)}
FEW = {"student": ("ada", "nobody"), "class": ("7a", "nowhere"), "person": ("pat", "nobody")}
OK = {200, 201, 204, 404}
HEADERS = [(k.lower().encode(), v.encode()) for k, v in REQUEST_ID.items()]
GIVEN, REFUSED, UNKNOWN, FORGED = "given", "not permitted", "not authenticated", "forged"
KINDS = {"not-permitted": REFUSED, "not-authenticated": UNKNOWN, "csrf": FORGED}


class Operation(NamedTuple):
    """One operation of the document with its line in the table."""

    name: str
    method: str
    path: str
    line: Line
    about: str


class Cell(NamedTuple):
    """One request, what it should come to, and what it came to."""

    operation: str
    sender: str
    whom: str
    expected: str
    found: str
    status: int
    shown: str  # all that the sender gets to see


class School(NamedTuple):
    """The application over the school, and what only the school knows."""

    app: FastAPI
    platform: Platform
    interventions: Mapping[str, str]


@pytest.fixture(scope="module")
def school(tmp_path_factory) -> Iterator[School]:
    platform = Platform()
    with publishing(platform) as address, pytest.MonkeyPatch.context() as patch:
        # nobody cuts its power, and the disk is what most of the answers would wait for
        pragmas = [p.replace("= FULL", "= OFF") for p in transactions.SQLITE_PRAGMAS]
        patch.setattr(transactions, "SQLITE_PRAGMAS", pragmas)
        settings = settings_of(
            tmp_path_factory.mktemp("matrix"),
            rate_limits="off",
            jwks_url=address,
            jwks_issuer=PLATFORM,
            jwks_audience=FOR_US,
        )
        interventions = publish_everybody(settings)
        yield School(create_app(settings, clock=lambda: NOW), platform, interventions)


@pytest.fixture(scope="module")
def document(school) -> dict[str, tuple[str, str]]:
    """Method and path of every documented operation."""
    paths = school.app.openapi()["paths"]
    return {o["operationId"]: (m, p) for p, of in paths.items() for m, o in of.items()}


@pytest.fixture(scope="module")
def cells(school, document) -> list[Cell]:
    """All answers, of the application itself: a server would only add the time of the network."""
    operations = [
        Operation(name, method, path, LINES[name], _about(path, LINES[name]))
        for name, (method, path) in document.items()
        if name in LINES
    ]
    # of this process alone: others may be busy on the same machine
    started = time.process_time()
    cells = asyncio.run(_ask_all(school, operations))
    assert time.process_time() - started < SECONDS_MAX
    return cells


def test_every_operation_has_a_line_in_the_table(document):
    missing, unserved = document.keys() - LINES.keys(), LINES.keys() - document.keys()
    assert not missing, f"add a line to tests/access_table.py for {sorted(missing)}"
    assert not unserved, f"tests/access_table.py has lines for {sorted(unserved)}"


def test_everybody_gets_what_the_table_says_and_nothing_else(cells):
    wrong = [cell for cell in cells if cell.found != cell.expected]
    by_operation = Counter((c.operation, c.expected, c.found) for c in wrong)
    assert not wrong, f"{len(wrong)} of {len(cells)} cells: {by_operation}; {wrong[:5]}"
    assert len(cells) >= FEWEST_CELLS


def test_the_matrix_has_enough_of_each_answer(cells):
    counts = Counter(cell.expected for cell in cells)
    assert min(counts[GIVEN], counts[REFUSED], counts[UNKNOWN]) >= 1_000
    assert counts[FORGED] >= 100


def test_what_is_forbidden_and_what_does_not_exist_look_the_same(cells):
    """Whoever asks, whatever for and about whomever: one answer, header by header."""
    shown = {cell.shown for cell in cells if cell.expected == REFUSED and "_batch" not in cell[0]}
    assert len(shown) == 1
    inside = {cell.shown for cell in cells if cell.expected == REFUSED and "_batch" in cell[0]}
    assert len(inside) <= 2  # of the request as a whole, and of an entry in it


def test_who_is_nobody_learns_nothing_about_anybody(cells):
    shown = defaultdict(set)
    for cell in cells:
        if cell.expected == UNKNOWN:
            shown[cell.sender].add(cell.shown)
    assert {sender: len(answers) for sender, answers in shown.items() if len(answers) > 1} == {}


def _about(path: str, line: Line) -> str:
    filled = path + line.query + json.dumps(line.body)
    if any(named in filled for named in ("{student_id}", "{student}", "{intervention_id}")):
        return "student"
    if "{class_id}" in filled or "{class}" in filled:
        return "class"
    return "person" if any(f"{{{name}}}" in path for name in OWN_VIEWS) else "nobody"


async def _ask_all(school: School, operations: list[Operation]) -> list[Cell]:
    asking = (
        (somebodies(school.platform), TARGETS),
        (nobodies(school.platform), TARGETS | FEW),
    )
    todo = [
        (operation, sender, whom)
        for operation in operations
        for senders, targets in asking
        for sender in senders
        for whom in targets[operation.about]
    ]
    waiting = iter(todo)
    cells: list[Cell] = []

    async def ask_some() -> None:
        for operation, sender, whom in waiting:
            cells.append(await _ask(school, operation, sender, whom))

    async with school.app.router.lifespan_context(school.app):
        await asyncio.gather(*(ask_some() for _ in range(AT_ONCE)))
    return cells


async def _ask(school: School, operation: Operation, sender: Sender, whom: str) -> Cell:
    line, path = operation.line, operation.path
    values = dict.fromkeys(("student_id", "class_id", *OWN_VIEWS), quote(whom)) | dict(line.rest)
    if "{intervention_id}" in path:
        values["intervention_id"] = school.interventions.get(whom, "none")
    body = None if line.body is None else _filled(json.dumps(line.body), whom).encode()
    status, headers, content = await _answer(
        school.app, operation.method, path.format_map(values), _filled(line.query, whom),
        sender.headers, body,
    )  # fmt: skip
    found, entry = _seen(line, status, content)
    return Cell(
        operation.name,
        sender.name,
        whom,
        _expected(operation, sender, whom),
        found,
        status,
        entry or f"{status} {sorted(headers)} {content!r}",
    )


async def _answer(
    app: FastAPI, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes | None
) -> tuple[int, list[Any], bytes]:
    """Straight through the application: clients keep cookies, and take longer than it."""
    sent = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
    if body is not None:
        sent += [
            (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))
        ]  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": method.upper(), "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(), "headers": HEADERS + sent, "client": ("127.0.0.1", 1),
        "server": ("spool", 80), "state": {},
    }  # fmt: skip
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await app(scope, receive, send)
    return told[0]["status"], told[0]["headers"], b"".join(m.get("body", b"") for m in told)


def _filled(text: str, whom: str) -> str:
    return text.replace("{student}", whom).replace("{class}", whom).replace("{person}", whom)


def _seen(line: Line, status: int, content: bytes) -> tuple[str, str]:
    """What an answer comes to; for one judged entry by entry, what became of the entry."""
    if line.each and status == 200:  # it rejects at most the one entry
        for rejected in orjson.loads(content)["rejected"]:
            problem = rejected["problem"]
            return KINDS.get(_kind(problem), f"rejected {problem}"), json.dumps(problem)
    if status in OK or status in line.also:
        return GIVEN, ""
    problem = orjson.loads(content)
    return KINDS.get(_kind(problem), f"{status} {problem}"), ""


def _kind(problem: dict[str, Any]) -> str:
    if problem.get("field") == "X-CSRF-Token":
        return "csrf"
    return str(problem.get("type")).rpartition("problem-")[2]


def _expected(operation: Operation, sender: Sender, whom: str) -> str:
    who = operation.line.who
    if who is PUBLIC:
        return GIVEN
    if sender.role is None:
        return UNKNOWN
    if sender.forged and operation.method not in {"get", "head"}:
        return FORGED
    reach = who.get(sender.role)
    if reach is None:
        return REFUSED
    return GIVEN if _reaches(reach, operation.about, sender, whom) else REFUSED


def _reaches(reach: str, about: str, sender: Sender, whom: str) -> bool:
    if reach == ANY or about == "nobody":
        return True
    if about == "person":
        return sender.subject == whom
    if about == "class":
        return whom in (ATTENDS if reach == OWN else TEACHES).get(sender.subject, set())
    if reach == OWN:
        return sender.subject == whom
    return whom in (CHILDREN if reach == CHILD else TAUGHT).get(sender.subject, set())
