"""Reports on paper: the same figures as everywhere, the same bytes again, and nothing but text."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from reports import tabular
from reports.cleaning import printable
from reports.dashboards.parts import Attention, ConceptName, ViewMeta
from reports.documents import student_html, typesetter
from reports.languages import PSEUDO, language
from reports.templating import environment
from reports.views import reading
from reports.views import student as views
from reports.views.period import Span
from reports.views.rows import Figure, figures
from tests.api_school import CURRICULUM, NOW, Api, serving, settings_of
from tests.factories import received
from tests.hostile import PAYLOADS
from tests.integration.page_reading import Browser
from tests.printed import fonts_of, info_of, objects_of, squeezed, text_of
from warehouse.build import run_build
from warehouse.lake import Lake, new_batch
from warehouse.store.database import open_store
from warehouse.store.people import Person

REPORT = "/api/analytics/report/"
STUDENTS = ("ada", "bob", "cleo")
KINDS = ("started", "attempted", "attempted", "attempted", "completed", "mastered")
SIGNS = set("=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212")


def made_up(chance: random.Random) -> Iterator[Any]:
    for student in STUDENTS:
        for _ in range(150):
            at = NOW - timedelta(minutes=chance.randrange(90 * 24 * 60))
            kind = chance.choice(KINDS)
            score = None if kind == "started" else chance.randrange(11) / 10
            concept = chance.choice(CURRICULUM).concept_id
            spent = chance.randrange(900)
            yield received(student, kind, concept, at, score=score, time_spent=spent)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("printed"))
    with open_store(settings, clock=lambda: NOW - timedelta(days=100)) as store:
        store.curriculum.merge(CURRICULUM)
        people = [Person(s, s.title(), None, None, None, active=True) for s in STUDENTS]
        store.people.put(people=people, source="tests")
        Lake(settings.lake_dir).write(new_batch(NOW), list(made_up(random.Random(7))))
        run_build(settings, store, now=NOW)
    with serving(settings) as api:
        yield api


def ranges() -> Iterator[tuple[str, str]]:
    chance = random.Random(11)
    for student in STUDENTS:
        for _ in range(2):
            start = (NOW - timedelta(days=chance.randrange(5, 95))).date()
            end = start + timedelta(days=chance.randrange(1, 60))
            yield student, f"start_date={start}&end_date={end}"


@pytest.mark.parametrize(("student", "days"), list(ranges()))
@pytest.mark.parametrize("tag", ["en", "de"])
def test_page_table_and_paper_say_the_same(api, student, days, tag):
    query = f"{REPORT}{student}?{days}&language={tag}"
    shown = api.get(query).json()
    table = api.get(f"{query}&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    paper = squeezed(text_of(api.get(f"{query}&format=pdf").content))

    numbers = {n: v for n, v in shown["metrics"].items() if isinstance(v, int | float)}
    assert in_table(rows, "metrics") | {"scored_count": numbers["scored_count"]} == numbers
    weeks = [row for row in rows if row["section"] == "week"]
    concepts = {c["concept_id"]: c for c in shown["concepts"]}
    for name in ("started", "completed", "mastered", "total_time_spent", "points"):
        assert [int(row["value"]) for row in weeks if row["metric"] == name] == [
            week[name] for week in shown["trends"]["weekly_progress"]
        ]
    for row in rows:
        if row["section"] == "concept" and row["value"]:
            assert float(row["value"]) == concepts[row["concept_id"]][row["metric"]]
    browser = Browser(api, "student", student)
    screen = squeezed(browser.page(page_of(student, days), **{"Accept-Language": tag}).text)
    for said in expected(shown, tag):
        assert squeezed(said) in paper, said
    shown = api.get(query, "student", student).json()
    for said in expected(shown, tag):
        assert squeezed(said) in screen, said


def page_of(student: str, days: str) -> str:
    """The page about the same days, of which people name the last one."""
    start, end = (part.partition("=")[2] for part in days.split("&"))
    last = date.fromisoformat(end) - timedelta(days=1)
    return f"/student/{student}/report?first_day={start}&last_day={last}"


def in_table(rows: list[dict[str, str]], section: str) -> dict[str, float]:
    found = {r["metric"]: r for r in rows if r["section"] == section and r["value"]}
    return {name: float(row["value"]) for name, row in found.items()}


def expected(shown: dict[str, Any], tag: str) -> Iterator[str]:
    """Each figure of the view as the language writes it, beside what it is a figure of."""
    if shown["range"]["state"] == "empty":
        return
    write = environment(tag).filters
    said = language(tag).translations.gettext

    def score(mean: float | None) -> str:
        return "\u2013" if mean is None else write["percent"](mean, 1)

    metrics, labels = shown["metrics"], shown["definitions"]
    yield write["duration"](metrics["total_time_spent"]) + labels["total_time_spent"]["label"]
    for name in ("active_days", "concepts_mastered", "concepts_completed", "points"):
        yield write["number"](metrics[name]) + labels[name]["label"]
    yield score(metrics["average_score"]) + labels["average_score"]["label"]
    for week in shown["trends"]["weekly_progress"]:
        counts = (week["started"], week["completed"], week["mastered"])
        yield (
            f"{write['date'](date.fromisoformat(week['week_start']))}{week['active_days']}"
            f"{write['duration'](week['total_time_spent'])}{''.join(map(str, counts))}"
            f"{score(week['average_score'])}{week['scored_count']}"
            f"{write['number'](week['points'])}"
        )
    for subject in shown["trends"]["subject_distribution"]:
        yield (
            f"{subject['subject_id']}{write['number'](subject['event_count'])}"
            f"{write['duration'](subject['time_spent'])}{score(subject['time_share'])}"
            f"{score(subject['average_score'])}{subject['scored_count']}"
        )
    for concept in shown["concepts"]:
        status = said(concept["status"].replace("_", " "))
        yield (
            f"{concept['name']}{status}{concept['attempts']}"
            f"{write['duration'](concept['total_time_spent'])}"
            f"{score(concept['average_score'])}{concept['scored_count']}"
        )
    yield from shown["words"]


def test_a_document_is_tagged_named_and_the_same_again(api):
    query = f"{REPORT}ada?start_date=2026-01-01&end_date=2026-03-01&format=pdf&language=de"
    answer = api.get(query)
    info = info_of(answer.content)

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="progress-ada-2026-01-01-2026-03-01.pdf"'
    )
    assert "Tagged:          yes" in info
    assert "Title:           Lernbericht: Ada" in info
    assert "JavaScript:      no" in info
    assert b"/Lang (de)" in objects_of(answer.content)
    fonts = fonts_of(answer.content)
    assert fonts
    assert [line for line in fonts if "Atkinson" not in line or line.split()[-5] != "yes"] == []
    assert answer.content == api.get(f"{query}&").content
    pages = [page for page in text_of(answer.content).split("\f") if page.strip()]
    for number, page in enumerate(pages, 1):
        assert f"Seite {number} von {len(pages)}" in page
        assert "Stand: 4 M" in page
        assert "Quelle: Datenstand" in page


def test_an_empty_range_is_one_honest_page(api):
    answer = api.get(f"{REPORT}ada?start_date=2020-01-01&end_date=2020-02-01&format=pdf")
    text = text_of(answer.content)

    assert "Page 1 of 1" in text
    assert "There is nothing to report about these days." in text


@pytest.fixture(scope="module")
def hostile() -> views.StudentReport:
    """A report in which every text that somebody could have written is a payload."""
    texts = iter([*PAYLOADS, *PAYLOADS[:60]])
    moment = datetime(2026, 3, 4, tzinfo=UTC)
    day = date(2026, 3, 4)
    some = [next(texts) for _ in range(6)]
    return views.StudentReport(
        student_id=some[0],
        name=some[1],
        audience="educator",
        language="en",
        range=views.Range(date(2026, 2, 1), date(2026, 3, 1), 28, day, "complete"),
        words=[next(texts) for _ in range(20)],
        metrics=views.Metrics(1, 1, 1, 600, 0.5, 40, 1.0, 2, 60, 3, 4.0, -5, some[2:4], some[4:6]),
        before=None,
        trends=views.Trends(
            [views.Week(date(2026, 2, 2), True, 1, 1, 1, 1, 600, 0.5, 4, -5, None)],
            [
                views.Subject(next(texts), 2, 600 + n, 0.05, 0.05, 0.5, 2)
                for n in range(20)
            ],
            views.TimePatterns([views.Slot(n, n, 60 * n, None, 0) for n in range(24)], []),
            [],
        ),
        concepts=[
            views.Concept(
                text, text, text, "mastered", 1, 1, 60, 0.5, 0.5, 1, day, day, day
            )
            for text in texts
        ],
        points=[views.PointsPart(text, 1, -5) for text in some],
        badges=[views.Badge(text, text, text, moment, day) for text in some],
        standing=views.Standing(-5, 1, some[0], 5, 1, 2, day),
        attention=[
            Attention("stuck", ConceptName(text, text, text), 4, 4, moment, text)
            for text in some
        ],
        definitions={
            name: views.Definition(name, some[1], some[2])
            for name in (
                "total_time_spent", "active_days", "concepts_mastered", "concepts_completed",
                "points", "average_score", "learning_velocity", "concepts_started",
            )
        },
        meta=ViewMeta(some[3], moment, live=False, pending_events=0),
    )  # fmt: skip


def test_on_paper_every_text_stays_text_and_nothing_is_fetched(hostile):
    refused = len(typesetter().fetcher.refused)
    pdf = typesetter().pdf(student_html(hostile))
    text = squeezed(text_of(pdf))

    assert typesetter().fetcher.refused[refused:] == []
    assert info_of(pdf, "-url").splitlines()[1:] == []
    assert "JavaScript:      no" in info_of(pdf)
    for name in (b"/EmbeddedFile", b"/URI", b"/Launch", b"/JavaScript", b"/GoToR"):
        assert name not in objects_of(pdf)
    shown = [squeezed(concept.name) for concept in printable(hostile).concepts]
    plain = [name for name in shown if name.isascii()]
    assert len(plain) > 200
    assert [name for name in plain if name not in text] == []


def test_in_the_table_no_text_becomes_a_formula(hostile):
    content = tabular.header(Figure._fields) + "".join(tabular.lines(figures(hostile)))

    for delimiter in (",", ";", "\t"):
        for row in csv.reader(
            io.StringIO(content.removeprefix("\ufeff"), newline=""), delimiter=delimiter
        ):
            for cell in row:
                begins = printable(cell).lstrip("\"' \u00a0\u3000\u00ad")[:1]
                guarded = "'" in cell[: len(cell) - len(cell.lstrip("\"' \u00a0\u3000")) + 8]
                assert begins not in SIGNS or is_number(cell) or guarded, cell
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))
    assert {row["metric"] for row in rows if row["value"] == "-5"} == {"points", "total_points"}


def is_number(cell: str) -> bool:
    try:
        float(cell.split(",", maxsplit=1)[0] or "x")
    except ValueError:
        return False
    return True


def test_no_text_of_a_document_is_without_translation(api):
    services = api.app.state.services
    asked = reading.Reading("parent", language=PSEUDO)
    report = reading.student(services.reader, services.metrics, "ada", Span(), asked).make()
    own = {"", "Ada", "maths", "physics", "Spool Progress", "\u00b7", *(c.name for c in CURRICULUM)}
    texts = re.sub(r"(?s)<head>.*</head>|<[^>]+>", "\n", student_html(report)).splitlines()

    told = {text.strip() for text in texts} - own
    assert {text for text in told if re.search("[a-z]{3}", text) and "[" not in text} <= {
        badge.name for badge in services.rules.badges
    } | {level.name for level in services.rules.levels}
