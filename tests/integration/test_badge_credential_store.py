"""What is kept of badges that were taken out: one row a badge, a place of its own for each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from warehouse.errors import InvalidEvent, StoreUnavailable
from warehouse.store import badge_credentials


def test_who_takes_a_badge_out_again_gets_the_same(store):
    kept = store.badge_credentials
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: kept.take_out("ada", "helper", None), range(24)))
    assert len(found) == 1
    assert list(found) == kept.of_student("ada") == kept.of_list(1)
    others = [kept.take_out("ada", "helper", "maths"), kept.take_out("bob", "helper", None)]
    every = [*found, *others]
    for name in ("credential_id", "salt", "list_index"):
        assert len({getattr(one, name) for one in every}) == 3


def test_a_place_that_is_taken_is_not_given_twice(store, monkeypatch):
    places = iter([7, 7, 7, 8])
    monkeypatch.setattr(
        "warehouse.store.badge_credentials.secrets.randbelow", lambda _: next(places)
    )
    kept = store.badge_credentials
    first, second = (kept.take_out(who, "helper", None) for who in ("ada", "bob"))
    assert (first.list_index, second.list_index) == (7, 8)
    monkeypatch.setattr("warehouse.store.badge_credentials.secrets.randbelow", lambda _: 7)
    with pytest.raises(StoreUnavailable, match="No place"):
        kept.take_out("cem", "helper", None)


def test_a_list_that_is_half_full_is_followed_by_another(store, monkeypatch):
    monkeypatch.setattr(badge_credentials, "LIST_FULL", 2)
    taken = [store.badge_credentials.take_out(f"s{n}", "helper", None) for n in range(5)]
    assert [one.list_number for one in taken] == [1, 1, 2, 2, 3]


def test_what_is_revoked_stays_as_it_was_revoked(store, clock):
    kept = store.badge_credentials
    one = kept.take_out("ada", "helper", None)
    assert not kept.revoke("bob", one.credential_id, "head", "not theirs")
    assert not kept.revoke("ada", "none", "head", "no such one")
    assert kept.revoke("ada", one.credential_id, "head", "by mistake")
    clock.advance(hours=1)
    assert kept.revoke("ada", one.credential_id, "other", "again")
    (found,) = kept.of_student("ada")
    assert (found.reason, found.revoked_at) == ("by mistake", one.issued_at)
    assert (kept.mark(1), kept.mark(2)) == ((1, 1), (0, 0))
    with pytest.raises(InvalidEvent, match="reason"):
        kept.revoke("ada", one.credential_id, "head", "two\nlines")
