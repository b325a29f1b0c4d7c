"""Badges taken out: what they say, that anybody can verify them, and who may take them out."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
import time_machine
from openbadgeslib.ob3 import OB3Verifier

from reports.badges import KEY_FILE, badge_issuer
from tests.api_school import NOW, Api, serving, settings_of
from tests.badges import DID, HELPER, HOST, payload, taken, verified
from tests.integration.page_reading import Browser
from warehouse.errors import InvalidSettings
from warehouse.pushing import vapid_keys
from warehouse.store.people import Person

EARNED = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def api(two_classes_home: Path) -> Iterator[Api]:
    with serving(settings_of(two_classes_home, public_url=HOST)) as api:
        yield api


def test_a_badge_is_verified_by_who_knows_only_the_issuer(api):
    found = verified(api, taken(api))

    assert (found.issuer.id, found.issuer.url) == (DID, HOST)
    assert found.issuance_date == EARNED
    assert found.achievement.name == "Helper"
    assert found.achievement.criteria_narrative == "Help another student."
    assert found.achievement.image_url == f"{HOST}/static/badges/helper.svg"
    said = api.client.get(found.achievement.id.removeprefix(HOST)).json()
    assert said["name"] == "Helper"
    assert said["id"] == found.achievement.id


def test_a_badge_is_verified_without_the_library(api):
    token = taken(api)
    (key,) = api.client.get("/.well-known/jwks.json").json()["keys"]
    with time_machine.travel(NOW):
        claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"])

    assert jwt.get_unverified_header(token)["jwk"]["n"] == key["n"]
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert claims["validFrom"] == "2026-03-04T10:00:00Z"
    assert (claims["iss"], claims["jti"]) == (claims["issuer"]["id"], claims["id"])
    assert "d" not in key
    did = api.client.get("/.well-known/did.json").json()
    assert did["verificationMethod"][0]["publicKeyJwk"]["n"] == key["n"]
    profile = api.client.get("/badges/issuer").json()
    assert {name: profile[name] for name in claims["issuer"]} == claims["issuer"]


def test_the_same_badge_is_the_same_text_in_each_form(api):
    token = taken(api)
    assert taken(api, role="parent", sub="kim") == token
    assert taken(api, "?format=json").count(token) == 1
    document = json.loads(taken(api, "?format=json"))
    assert document["id"] == f"data:application/vc+jwt,{token}"
    assert document["type"] == "EnvelopedVerifiableCredential"
    answer = api.get(f"{HELPER}?format=svg", "student", "ada")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-disposition"] == 'attachment; filename="badge-helper.svg"'
    assert OB3Verifier.extract_token_from_svg(answer.content) == token
    assert b"<title" in answer.content


def test_it_names_nobody_unless_the_family_asks(api):
    api.app.state.services.store.people.put(
        [Person("ada", "Ada Lovelace", "ada@learn.example", None, None, active=True)],
        source="tests",
    )
    plain, email, name = (taken(api, more) for more in ("", "?identity=email", "?identity=name"))
    by_school = payload(plain)["credentialSubject"]["identifier"]
    # as a word: three of the many random hexadecimal digits may well be these letters
    assert not re.search(r"\bada\b|lovelace", json.dumps(payload(plain)).lower())
    (one,) = by_school
    digest = hashlib.sha256(f"ada{one['salt']}".encode()).hexdigest()
    assert (one["identityHash"], one["identityType"]) == (f"sha256${digest}", "identifier")

    mail = payload(email)["credentialSubject"]["identifier"][1]
    digest = hashlib.sha256(f"ada@learn.example{mail['salt']}".encode()).hexdigest()
    assert (mail["identityHash"], mail["hashed"]) == (f"sha256${digest}", True)
    assert "Lovelace" not in json.dumps(payload(email))
    told = payload(name)["credentialSubject"]["identifier"][1]
    assert (told["identityHash"], told["hashed"]) == ("Ada Lovelace", False)
    for token in (plain, email, name):
        assert verified(api, token).recipient_id == payload(plain)["sub"]
    assert api.get(f"{HELPER}?identity=email", "parent", "kim").status_code == 200


def test_what_is_not_known_cannot_be_in_it(api):
    answer = api.get(f"{HELPER}?identity=email", "student", "ada")
    assert (answer.status_code, answer.json()["field"]) == (422, "identity")
    assert api.app.state.services.store.badge_credentials.of_student("ada") == []


def test_only_the_family_takes_badges_out_and_that_is_noted(api):
    taken(api, role="parent", sub="kim")
    for role, sub in (
        ("student", "bob"), ("parent", "pat"), ("educator", "lee"), ("admin", "head"),
        ("service", "lms"),
    ):  # fmt: skip
        assert api.get(HELPER, role, sub).status_code == 403
    rows = api.get("/api/audit/student/ada", "parent", "kim").json()["entries"]
    assert ("kim", "badge_credential") in {(row["actor"], row["operation"]) for row in rows}


@pytest.mark.parametrize("path", ["explorer", "nothing", "helper?subject_id=maths", "%20"])
def test_what_was_not_earned_cannot_be_taken_out(api, path):
    name, _, query = path.partition("?")
    answer = api.get(f"/api/gamification/badges/ada/{name}/credential?{query}", "student", "ada")
    assert answer.status_code in {404, 422}
    assert api.app.state.services.store.badge_credentials.of_student("ada") == []


def test_what_is_public_names_nobody(api):
    token = taken(api)
    listed = payload(token)["credentialStatus"]["statusListCredential"].removeprefix(HOST)
    for path in (
        "/badges/issuer", "/badges/achievements/helper", "/.well-known/jwks.json",
        "/.well-known/did.json", listed,
    ):  # fmt: skip
        answer = api.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        assert path == listed or "ada" not in answer.text.lower()
    assert "ada" not in json.dumps(payload(api.client.get(listed).text)["credentialSubject"]["id"])
    for path in ("/badges/status/2", "/badges/achievements/nothing"):
        assert api.client.get(path).status_code == 404


def test_without_https_the_issuer_is_an_address(two_classes_home):
    with serving(settings_of(two_classes_home)) as api:
        token = taken(api)
        assert payload(token)["iss"] == "http://localhost:8004/badges/issuer"
        assert api.client.get("/.well-known/did.json").status_code == 404
        (key,) = api.client.get("/.well-known/jwks.json").json()["keys"]
        with time_machine.travel(NOW):
            assert OB3Verifier(jwt.PyJWK(key).key).verify(token).achievement.name == "Helper"


def test_the_key_is_made_once_and_only_its_owner_reads_it(api, tmp_path):
    taken(api)
    file = api.settings.home / KEY_FILE
    before = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    badge_issuer.cache_clear()
    taken(api)
    assert file.read_bytes() == before
    for content in (b"", b"no key", vapid_keys(tmp_path).private_pem.encode()):
        (tmp_path / "broken").mkdir(exist_ok=True)
        (tmp_path / "broken" / KEY_FILE).write_bytes(content)
        with pytest.raises(InvalidSettings, match=KEY_FILE):
            badge_issuer(tmp_path / "broken", HOST)


def test_the_wall_of_badges_leads_to_them(api):
    link = f"{HELPER}?format=svg"
    for role, sub, shown in (("student", "ada", True), ("parent", "kim", True),
                             ("educator", "lee", False), ("admin", "head", False)):  # fmt: skip
        browser = Browser(api, role, sub)
        assert (link in browser.page("/student/ada/badges").links) == shown
        if shown:
            assert browser.get(link).headers["content-type"] == "image/svg+xml"
