"""Badges that were changed, forged, taken back or lost: whoever verifies them finds out."""

from __future__ import annotations

import gzip
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3Verifier

from tests.api_school import NOW, Api, serving, settings_of
from tests.badges import DID, HELPER, HOST, payload, taken, verified
from tests.integration.page_reading import Browser
from warehouse.build import run_build
from warehouse.rules import DEFAULT_RULES
from warehouse.store.database import open_store


@pytest.fixture
def api(two_classes_home: Path) -> Iterator[Api]:
    with serving(settings_of(two_classes_home, public_url=HOST)) as api:
        yield api


def _same(at: datetime) -> datetime:
    return at


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_changed_badge_is_found(api, place):
    parts = taken(api).split(".")
    middle = len(parts[place]) // 2
    other = "A" if parts[place][middle] != "A" else "B"
    parts[place] = parts[place][:middle] + other + parts[place][middle + 1 :]
    with pytest.raises(LibOpenBadgesException):
        verified(api, ".".join(parts))


def test_a_badge_that_somebody_else_signed_is_found(api):
    token = taken(api)
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(payload(token), stranger, algorithm="RS256")
    unsigned = ".".join(
        (urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode(), token.split(".")[1], "")
    )
    confused = jwt.encode(payload(token), "x" * 64, algorithm="HS256")
    for one in (forged, unsigned, confused):
        with pytest.raises(LibOpenBadgesException):
            verified(api, one)


def test_an_admin_takes_a_badge_back_for_good(api):
    token, listing = taken(api), "/api/gamification/badges/ada/credentials"
    (one,) = api.get(listing, "parent", "kim").json()["credentials"]
    assert payload(token)["id"] == f"urn:uuid:{one['credential_id']}"
    assert (one["state"], one["badge_id"]) == ("good", "helper")
    revoke, body = f"{listing}/{one['credential_id']}/revoke", {"reason": "by mistake"}
    for role, sub in (("student", "ada"), ("parent", "kim"), ("educator", "lee")):
        assert api.post(revoke, body, role=role, sub=sub).status_code == 403
    assert api.post(revoke, {}, role="admin", sub="head").status_code == 422
    verified(api, token)
    answer = api.post(revoke, body, role="admin", sub="head")
    (said,) = answer.json()["credentials"]
    assert (said["state"], said["reason"]) == ("revoked", "by mistake")

    with pytest.raises(LibOpenBadgesException, match="revocation"):
        verified(api, token)
    again = api.get(HELPER, "student", "ada")
    assert (again.status_code, "taken this badge back" in again.text) == (404, True)
    repeated = api.post(revoke, {"reason": "again"}, role="admin", sub="head")
    assert repeated.json() == answer.json()
    elsewhere = revoke.replace("/ada/", "/bob/")
    assert api.post(elsewhere, body, role="admin", sub="head").status_code == 404


def test_an_admin_takes_a_badge_back_on_its_page_and_the_family_reads_why(api):
    where, token = "/student/ada/badges", taken(api)
    head, reason = Browser(api, "admin", "head"), "<b>by mistake</b>"
    action = next(to for to, _ in head.page(where).forms if to.endswith("/revoke"))
    assert head.send(where, action, reason=" ").status_code == 422
    assert "holds" in Browser(api, "student", "ada").page(where).text
    assert head.send(where, action, reason=reason).headers["location"] == where
    with pytest.raises(LibOpenBadgesException, match="revocation"):
        verified(api, token)
    for role, sub, seen in (
        ("student", "ada", True), ("parent", "kim", True), ("educator", "lee", False),
    ):  # fmt: skip
        page = Browser(api, role, sub).page(where)
        assert (f"taken back by the school: {reason}" in page.text) == seen
        assert not [to for to, _ in page.forms if to.endswith("/revoke")]
    assert not [to for to, _ in head.page(where).forms if to.endswith("/revoke")]


def test_the_list_is_read_without_the_library(api):
    entry = payload(taken(api))["credentialStatus"]
    index, path = int(entry["statusListIndex"]), entry["statusListCredential"].removeprefix(HOST)
    (one,) = api.get("/api/gamification/badges/ada/credentials").json()["credentials"]
    for revoked in (False, True):
        subject = payload(api.client.get(path).text)["credentialSubject"]
        packed = subject["encodedList"].removeprefix("u")
        bits = gzip.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        assert (len(bits) * 8, subject["statusPurpose"]) == (131_072, "revocation")
        set_ = {n * 8 + bit for n, byte in enumerate(bits) for bit in range(8) if byte << bit & 128}
        assert set_ == ({index} if revoked else set())
        revoke = f"/api/gamification/badges/ada/credentials/{one['credential_id']}/revoke"
        api.post(revoke, {"reason": "by mistake"}, role="admin", sub="head")


def test_a_badge_that_a_correction_took_away_is_told_as_revoked(api, tmp_path):
    token = taken(api)
    rules = tmp_path / "rules.toml"
    text = DEFAULT_RULES.read_text()
    rules.write_text(text.replace('metric = "helped"\nwindow = "all"\nthreshold = 1',
                                  'metric = "helped"\nwindow = "all"\nthreshold = 2'))  # fmt: skip
    assert rules.read_text() != text
    for given, at, state in ((rules, 1, "lost"), (None, 2, "good")):
        later = NOW + timedelta(hours=at)
        settings = api.settings.model_copy(update={"rules": given})
        with open_store(settings, clock=partial(_same, later)) as store:
            run_build(settings, store, now=later)
        with serving(settings, later) as now:
            listed = now.get("/api/gamification/badges/ada/credentials").json()["credentials"]
            assert [one["state"] for one in listed] == [state]
            if state == "good":
                verified(now, token)
                continue
            with pytest.raises(LibOpenBadgesException, match="revocation"):
                verified(now, token)
            assert now.get(HELPER, "student", "ada").status_code == 404


def test_a_badge_earned_a_moment_ago_is_good_before_the_next_build(api):
    with serving(api.settings, NOW + timedelta(minutes=5)) as later:
        later.track(
            student_id="bob",
            event_type="helped",
            helped_student_id="ada",
            occurred_at=(NOW + timedelta(minutes=1)).isoformat(),
        )
        where = "/api/gamification/badges/bob/helper/credential"
        token = later.get(where, "student", "bob").text
        assert verified(later, token).achievement.name == "Helper"


def test_a_copy_of_the_list_is_good_for_a_day_only(api):
    token = taken(api)
    listed = payload(token)["credentialStatus"]["statusListCredential"].removeprefix(HOST)
    paths = ("/.well-known/did.json", listed)
    copies = {f"{HOST}{path}": api.client.get(path).content for path in paths}
    verifier = OB3Verifier.for_issuer_did(DID, copies.__getitem__)
    for days, good in ((0.9, True), (2, False)):
        with (
            time_machine.travel(NOW + timedelta(days=days)),
            nullcontext() if good else pytest.raises(LibOpenBadgesException, match="expired"),
        ):
            verifier.verify(token, check_status=True, download=copies.__getitem__)
