"""Whatever is sent, by whomever: no failure inside, and no answer that the document does not name.

schemathesis makes requests from the OpenAPI document, valid ones and such as break it in one place;
they go over HTTP to a real server with the tokens of every role. `SPOOL_DEEP=1` makes many more.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import hypothesis
import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis import checks as known

from api.main import create_app
from api.policy import POLICY
from reports.views.cover import Cover
from tests.api_school import NOW, bearer, enrol_family, settings_of
from warehouse.tokens import Role

DOCUMENT = create_app(settings_of(Path("unused"))).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    operation.definition.raw["operationId"]: operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations())  # type: ignore[union-attr]
}
# About a minute in all, however many operations there are.
EXAMPLES = 400 if os.environ.get("SPOOL_DEEP") else max(4, 450 // len(OPERATIONS))
BEARERS = (
    ("admin", "head"), ("service", "lms"), ("student", "ada"), ("student", "rob"),
    ("parent", "pat"), ("educator", "eve"), None,
)  # fmt: skip
# Ids that exist, so that a request also gets past the question whether it concerns anybody.
KNOWN_IDS = {
    "student_id": ["ada", "rob"],
    "concept_id": ["light", "fractions/adding"],
    "figure": ["points", "streak", "badge:helper", "concept:light"],
    "file": ["helper.svg"],
    "user_id": ["ada", "pat", "eve", "head"],
    "person_id": ["ada", "pat", "eve", "head"],
    "parent_id": ["pat"],
    "educator_id": ["eve"],
    "admin_id": ["head"],
    "class_id": ["class-1"],
}
# What a valid body still can have wrong: another's student, a zone that is none, the future.
MENDED = {"student_id": "rob", "time_zone": "UTC", "occurred_at": "2026-03-01T10:00:00Z"}
CHECKS = [
    known.not_a_server_error,
    known.status_code_conformance,
    known.content_type_conformance,
    known.response_headers_conformance,
    known.response_schema_conformance,
]


@pytest.fixture(scope="module")
def address(school) -> Iterator[str]:
    """A real server over the published school."""
    enrol_family(school.settings)
    settings = school.settings.model_copy(update={"rate_limits": "failures=5000/minute"})
    app = create_app(settings, clock=lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    # the process that sets documents takes its time to start where the machine is busy
    app.state.services.press.pdf(Cover("en", None, None, None, []))
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_answer_is_documented(address, session, school, name, mode):
    # Those who may do it ask most often; the others only have to be refused as documented.
    permitted = [who for who in BEARERS if who and Role(who[0]) in POLICY[name]]
    senders = [*permitted * 3, *BEARERS]
    headers = [bearer(school.settings, *who) if who else {} for who in senders]

    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                         phases=[hypothesis.Phase.generate],
                         suppress_health_check=list(hypothesis.HealthCheck))  # fmt: skip
    @hypothesis.given(
        case=OPERATIONS[name].as_strategy(generation_mode=mode),
        sender=st.sampled_from(headers),
        mended=st.booleans(),
        known_ids=st.fixed_dictionaries(
            {k: st.sampled_from([*v, None]) for k, v in KNOWN_IDS.items()}
        ),
    )
    def ask(case, sender, known_ids, mended):
        if mended and isinstance(case.body, dict):
            case.body |= {name: MENDED[name] for name in MENDED if name in case.body}
        for parameter in case.path_parameters:
            if known_ids.get(parameter):
                case.path_parameters[parameter] = known_ids[parameter]
        answer = case.call(base_url=address, session=session, headers=sender, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    with suppress(hypothesis.errors.Unsatisfiable):  # nothing of this operation can be broken
        ask()
