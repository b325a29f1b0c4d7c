"""Kept answers: as many bytes as allowed, the longest unused go first."""

from __future__ import annotations

from api import caching
from api.caching import AnswerCache


def test_the_answer_used_longest_ago_goes_first():
    cache = AnswerCache(bytes_max=3)
    for key in "abc":
        cache.put((key,), b"x")
    cache.get(("a",))
    cache.put(("d",), b"x")

    assert [cache.get((key,)) for key in "abcd"] == [b"x", None, b"x", b"x"]


def test_replacing_an_answer_counts_it_once():
    cache = AnswerCache(bytes_max=4)
    for _ in range(10):
        cache.put(("a",), b"xx")
    cache.put(("b",), b"xx")

    assert cache.get(("a",)) == cache.get(("b",)) == b"xx"


def test_a_very_large_answer_is_not_kept(monkeypatch):
    monkeypatch.setattr(caching, "ANSWER_BYTES_MAX", 3)
    cache = AnswerCache()
    cache.put(("a",), b"xxxx")

    assert cache.get(("a",)) is None
