"""Statements in words: their figures, both levels, and what a rephrasing may not do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reports import rephrasing
from reports.insights import Statement, statement
from reports.rephrasing import Rephraser, same_figures
from tests.rephrasing_endpoint import Endpoint, serving

COMPARED = {"score": 0.816, "other_score": 0.734, "tries": 310, "other_tries": 402}
FOUND: list[tuple[str, dict[str, Any], float]] = [
    ("time_of_day", {**COMPARED, "period": "evening"}, 8.2),
    ("session_length",
     {"minutes": 30, "early_score": 0.8, "late_score": 0.71, "sessions": 14}, 9.0),
    ("session_length",
     {"minutes": 15, "early_score": 0.7, "late_score": 0.79, "sessions": 14}, -9.0),
    ("subject_trend", {**COMPARED, "subject": "maths"}, 8.2),
    ("subject_trend", {**COMPARED, "subject": "maths"}, -8.2),
    ("comeback", {**COMPARED, "breaks": 3}, 8.2),
    ("comeback", {**COMPARED, "breaks": 3}, -8.2),
    ("perseverance", {"began_wrong": 20, "ended_right": 15}, 0.75),
    ("steady_pace", {"weeks": 12, "least_days": 3, "most_days": 4, "days": 44}, 0.1),
    ("spacing", COMPARED, 8.2),
]  # fmt: skip
EVENING = statement(*FOUND[0], "plain", ["maths", "physics"])


@pytest.mark.parametrize("level", ["plain", "simple"])
@pytest.mark.parametrize(("kind", "figures", "size"), FOUND)
def test_a_statement_is_whole_sentences_with_its_figures(kind, figures, size, level):
    text = statement(kind, figures, size, level).text
    told = {100 * f if 0 < f < 1 else f for f in figures.values() if not isinstance(f, str)}
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    assert text.endswith(".")
    assert numbers
    assert set(numbers) <= {round(figure) for figure in told} | {100, 28, 12, 3}
    assert bool(re.search(r"\byour?\b", text, re.IGNORECASE)) == (level == "simple")


def test_simple_sentences_are_shorter():
    for kind, figures, size in FOUND:
        plain, simple = (
            statement(kind, figures, size, level).text for level in ("plain", "simple")
        )
        longest = max(len(sentence.split()) for sentence in re.split(r"[.!:] ", simple))
        assert len(simple) < len(plain) + 20
        assert longest <= 18


def test_one_day_a_week_is_one_day():
    figures = {"weeks": 9, "least_days": 1, "most_days": 1, "days": 9}
    assert "on 1 day in each" in statement("steady_pace", figures, 0.1, "plain").text


def test_other_words_with_the_same_figures_are_taken():
    other = (
        "The evenings go best: on average 82 of 100 in the evening and only 73 of 100 at other"
        " times of the day, with the difficulty of the concepts allowed for."
    )
    assert same_figures(EVENING, other.replace("The evenings", "Evenings"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("82", "83"),
        ("82 of 100", "nearly all"),
        ("of the day", "of the day since 3 March"),
        ("of the day", "of the day in physics"),
        ("best", "worst"),
        ("in the evening", "in the morning"),
        ("go best", "do not go best"),
        ("a mean score", "twice a mean score"),
        ("the day", "the day https://example.org"),
        ("the day", "the day\n"),
    ],
)
def test_other_words_that_change_a_figure_are_not(old, new):
    assert same_figures(EVENING, EVENING.text)
    assert not same_figures(EVENING, EVENING.text.replace(old, new))


def test_the_name_of_a_subject_must_stay():
    said = statement("subject_trend", {**COMPARED, "subject": "maths"}, 8.2, "plain", ["art"])
    assert not same_figures(said, said.text.replace("maths", "mathematics").replace("maths", ""))
    assert not same_figures(said, said.text.replace("maths", "art"))


@pytest.fixture
def endpoint():
    return Endpoint()


@pytest.fixture
def rephraser(endpoint):
    with serving(endpoint) as url:
        made = Rephraser(url, "small-model", "a key")
        yield made
        made.close()


SAID = [Statement("Now 82 of 100."), Statement("Learning on 3 days.")]


def test_sentences_are_shown_in_other_words_and_asked_for_once(endpoint, rephraser):
    endpoint.answer = lambda text: text.replace("Now", "Today it is")

    assert rephraser.rephrased(SAID, "plain") == ["Today it is 82 of 100.", "Learning on 3 days."]
    assert rephraser.rephrased(SAID, "plain")[0] == "Today it is 82 of 100."
    (asked,) = endpoint.asked
    assert (asked["path"], asked["model"]) == ("/v1/chat/completions", "small-model")
    assert endpoint.headers == ["Bearer a key"]


def test_a_changed_figure_is_rejected_and_the_others_stay(endpoint, rephraser):
    endpoint.answer = lambda text: text.replace("82", "95").replace("Learning", "You learn")

    assert rephraser.rephrased(SAID, "plain") == ["Now 82 of 100.", "You learn on 3 days."]


@pytest.mark.parametrize("content", ["nonsense", "{}", "[1, 2]", '["only one"]', "null"])
def test_an_answer_of_another_form_changes_nothing(endpoint, rephraser, content):
    endpoint.answer = str
    endpoint.content = lambda _texts: content

    assert rephraser.rephrased(SAID, "plain") == [one.text for one in SAID]


def test_an_endpoint_that_fails_is_left_alone_for_a_while(endpoint, rephraser):
    endpoint.answer, endpoint.status = str, 500

    for _ in range(3):
        assert rephraser.rephrased(SAID, "plain") == [one.text for one in SAID]
    assert len(endpoint.asked) == 1


def test_nobody_waits_long_for_a_slow_endpoint(endpoint, monkeypatch):
    monkeypatch.setattr(rephrasing, "TIMEOUT_SECONDS", 0.1)
    with serving(endpoint) as url:
        slow = Rephraser(url, "small-model")
        assert slow.rephrased(SAID, "simple") == [one.text for one in SAID]
        slow.close()


def test_an_endpoint_that_is_away_changes_nothing():
    away = Rephraser("http://127.0.0.1:9/v1", "small-model")
    assert away.rephrased(SAID, "plain") == [one.text for one in SAID]
    away.close()
