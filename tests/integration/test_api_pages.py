"""Long lists come in pages, and the pages join to the whole."""

from __future__ import annotations

from urllib.parse import quote

import pytest


@pytest.mark.parametrize("size", [1, 2, 3, 2000])
def test_pages_of_concepts_and_of_events_join_to_the_whole(api, size):
    for path, rows, following, parameter in (
        ("/api/progress/student/ada", "concepts", "next_cursor", "cursor"),
        ("/api/progress/student/ada/why/points", "events", "next_offset", "offset"),
    ):
        whole = api.get(path).json()
        pages, query = [], f"limit={size}"
        while query:
            answer = api.get(f"{path}?{query}").json()
            assert len(answer[rows]) <= size
            pages += answer[rows]
            place = answer[following]
            query = f"limit={size}&{parameter}={quote(str(place), safe='')}" if place else ""

        assert whole[following] is None
        assert pages == whole[rows]


@pytest.mark.parametrize("query", ["limit=0", "limit=2001", "limit=all"])
@pytest.mark.parametrize("path", ["student/ada", "student/ada/why/points"])
def test_a_page_has_a_largest_size(api, path, query):
    answer = api.get(f"/api/progress/{path}?{query}")

    assert (answer.status_code, answer.json()["field"]) == (422, "limit")
