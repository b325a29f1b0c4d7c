"""A school of hostile texts on every page: text stays text, for every role, in every part."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import quote

import pytest

from api.policy import POLICY
from tests.api_school import Api, serving, settings_of
from tests.crawling import Seen, crawl, operations
from tests.hostile import PAYLOADS
from tests.hostile_school import (
    ADMIN,
    CLASSES,
    CURRICULUM,
    EDUCATOR,
    MASTERED,
    NAMES,
    NOTES,
    PARENT,
    PURPOSES,
    STUDENT,
    TAKEN_BACK,
    WHO,
    publish_hostile_school,
)
from tests.integration.page_reading import Browser
from tests.strict_html import Reading, read, squeezed

ATTACHMENT = re.compile(r'attachment; filename="[A-Za-z0-9._-]+"')
RIGHT_TO_LEFT = re.compile("[\u061c\u0590-\u08ff\u200e\u200f]")
# Pages that nobody comes to by a link, or that hold no text of anybody.
ELSEWHERE = {"sign_in_page", "demo_page", "docs_page", "unsubscribe_page"}
Walks = dict[str, dict[str, Seen]]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("hostile"))
    publish_hostile_school(settings)
    with serving(settings) as api:
        yield api


@pytest.fixture(scope="module")
def walks(api: Api) -> Walks:
    """What each role saw: every address with its answer."""
    return {role: dict(crawl(api, role, person)) for role, person in WHO.items()}


@pytest.fixture(scope="module")
def pages(walks: Walks) -> dict[str, Reading]:
    return {
        f"{role} {address}": seen.page
        for role, walk in walks.items()
        for address, seen in walk.items()
        if seen.page
    }


def test_every_link_leads_somewhere_and_every_page_was_seen(api, walks):
    seen = set.union(*(operations(api, walk) for walk in walks.values()))
    wrong = {
        f"{role} {address}": seen.answer.status_code
        for role, walk in walks.items()
        for address, seen in walk.items()
        if seen.answer.status_code not in {200, 303}
    }

    assert wrong == {}
    assert {name for name in POLICY if name.endswith("_page")} - ELSEWHERE <= seen


def test_no_page_holds_anything_but_what_its_template_writes(pages):
    assert len(pages) > 100
    wrong = {place: page.wrong[:3] for place, page in pages.items() if page.wrong}
    assert wrong == {}


def test_every_payload_is_on_a_page_as_text_of_its_own(pages):
    isolated = set.union(*(page.isolated for page in pages.values()))
    written = (
        *PAYLOADS,
        *NAMES,
        *NOTES,
        *PURPOSES,
        *(concept.name for concept in CURRICULUM),
        *(concept.subject_id for concept in CURRICULUM),
    )
    missing = {squeezed(text) for text in written} - isolated
    assert missing == set()


def test_why_badges_were_taken_back_is_told_as_it_was_written(pages):
    seen = pages[f"student /student/{quote(STUDENT, safe='')}/badges"]
    assert {squeezed(reason) for reason in TAKEN_BACK} <= seen.isolated


def test_a_text_from_right_to_left_never_stands_bare(pages):
    names = {squeezed(text) for text in PAYLOADS if RIGHT_TO_LEFT.search(text)}
    bare = {place: names & set(page.loose) for place, page in pages.items()}
    assert {place: found for place, found in bare.items() if found} == {}


def test_a_page_that_looks_again_gets_the_same(api, walks):
    wrong = {}
    for role, walk in walks.items():
        browser, kinds = Browser(api, role, WHO[role]), set()
        for address in walk:
            kind = tuple(address.partition("?")[0].split("/")[1::2])
            if kind not in kinds and not address.startswith("/api/"):
                kinds.add(kind)
                wrong[role, address] = read(
                    browser.get(address, **{"HX-Request": "true"}).text
                ).wrong
    assert len(wrong) > 20
    assert {place: found for place, found in wrong.items() if found} == {}


def test_files_have_a_plain_name_and_no_formula(walks):
    found = 0
    for walk in walks.values():
        for address, seen in walk.items():
            answer, kind = seen.answer, seen.answer.headers.get("content-type", "")
            if kind.startswith("text/csv"):
                found += 1
                assert ATTACHMENT.fullmatch(answer.headers["content-disposition"]), address
                table = answer.content.decode("utf-8-sig")
                for row in csv.reader(io.StringIO(table, newline="")):
                    assert not [cell for cell in row if _is_formula(cell)], address
    assert found


def _is_formula(cell: str) -> bool:
    return cell[:1] in set("=+-@\t\r\uff1d\uff0b\uff0d\uff20\u2212") and not re.fullmatch(
        r"-?[0-9.]+(e-?[0-9]+)?", cell
    )


def test_every_answer_of_the_api_is_whole(api):
    """Ids are hostile in every address, texts in every answer; nothing gets into a header."""
    fill = {
        "student_id": STUDENT,
        "class_id": CLASSES[0],
        "concept_id": CURRICULUM[MASTERED].concept_id,
        "user_id": STUDENT,
        "person_id": STUDENT,
        "parent_id": PARENT,
        "educator_id": EDUCATOR,
        "admin_id": ADMIN,
        "figure": f"concept:{CURRICULUM[MASTERED].concept_id}",
    }
    asked, told = 0, ""
    for path, methods in api.app.openapi()["paths"].items():
        names = re.findall(r"{(\w+)}", path)
        if "get" not in methods or not path.startswith("/api/") or set(names) - fill.keys():
            continue
        address = path.format(**{name: quote(fill[name], safe="") for name in names})
        answer = api.get(address, "admin", ADMIN)
        if answer.headers["content-type"] == "application/json":
            asked += 1
            assert answer.status_code == 200, (path, answer.text)
            told += json.dumps(answer.json(), ensure_ascii=False)
        for name, value in answer.headers.items():
            assert (name + value).isprintable(), (path, name)
            assert value.isascii(), (path, name)
    assert asked > 20
    assert [text for text in NAMES if json.dumps(text, ensure_ascii=False)[1:-1] not in told] == []


PLACES = (
    "/{}",
    "/student/{}",
    "/student/{}/points?cursor={}",
    "/admin/{admin}/audit?actor={}&before={}",
    "/admin/{admin}/audit?actor={}",
    "/educator/{admin}/class/{class_id}/roster?sort={}",
    "/educator/{admin}/class/{class_id}/concepts?subject={}",
    "/student/{student}/leaderboard?scope={}&scope_id={}",
    "/sign-in?next={}",
    "/glossary?{}={}",
    "/notifications?cursor={}",
    "/api/notifications/unsubscribe?token={}",
)


def test_hostile_addresses_get_pages_of_ours(api):
    """As somebody types them, as they are sent by a link, and as no browser would send them."""
    known = {"admin": ADMIN, "student": STUDENT, "class_id": CLASSES[0]}
    ours = {name: quote(known_id, safe="") for name, known_id in known.items()}
    browser = Browser(api, "admin", ADMIN)
    statuses: set[int] = set()
    spellings = cycle(("", "/<>\"'=;()|^`,@+ "))
    for place, payload, safe in zip(cycle(PLACES), PAYLOADS, spellings, strict=False):
        address = place.replace("{}", quote(payload, safe=safe)).format_map(ours)
        answer = browser.get(address)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (address, answer.text)
        assert read(answer.text).wrong == [], address
        assert all(value.isascii() and value.isprintable() for value in answer.headers.values())
    assert statuses >= {200, 404, 422}


@pytest.mark.parametrize(
    "header",
    ["Accept-Language", "Cookie", "X-Request-ID", "X-Forwarded-Proto", "X-Forwarded-For", "Host",
     "Referer", "User-Agent", "HX-Request", "HX-Target", "If-None-Match", "X-Purpose"],
)  # fmt: skip
def test_hostile_headers_change_nothing_of_a_page(api, header):
    for payload in PAYLOADS[::8]:
        value = f"spool_language={payload}; spool_session={payload}" * (header == "Cookie")
        sent = {header.encode(): (value or payload).encode(), b"Accept": b"text/html"}
        answer = api.client.get("/glossary", headers=sent)
        assert answer.status_code == 200, (payload, answer.text)
        assert read(answer.text).wrong == []
        assert all(told.isascii() and told.isprintable() for told in answer.headers.values())
