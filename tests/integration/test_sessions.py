"""Sign-in by cookie, its CSRF protection, the demo doors, and tokens of an identity provider."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from api import provider
from pipelines.sample.load import load_sample
from tests.api_school import NOW, Api, serving, settings_of
from tests.people_school import publish_people
from warehouse.clock import utc_now
from warehouse.store.database import open_store
from warehouse.store.people import Person

HOUR = timedelta(hours=1)
GOAL = "/api/goals/ada"


@pytest.fixture(scope="module")
def school(tmp_path_factory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("signed-in"))
    publish_people(settings)
    with serving(settings) as api:
        yield api


@pytest.fixture
def browser(school) -> Iterator[Api]:
    yield school
    school.client.cookies.clear()


def sign_in(api: Api, role: str = "parent", sub: str = "pat") -> dict[str, Any]:
    answer = api.client.post("/api/session", headers=api.headers(role, sub))
    assert answer.status_code == 200
    return dict(answer.json())


def test_a_session_is_a_cookie_that_no_script_reads(browser):
    answer = browser.client.post("/api/session", headers=browser.headers("parent", "pat"))
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.client.get("/api/progress/student/ada").status_code == 200
    assert browser.client.get("/api/progress/student/cem").status_code == 403
    assert browser.client.get("/api/session").json()["name"] == "Pat"


@pytest.mark.parametrize(("told", "secure"), [({}, False), ({"X-Forwarded-Proto": "https"}, True)])
def test_behind_https_the_cookie_goes_no_other_way(browser, told, secure):
    answer = browser.client.post("/api/session", headers=browser.headers("parent", "pat") | told)
    assert ("secure" in answer.headers["set-cookie"].lower().split("; ")) == secure


def test_a_change_by_cookie_needs_the_csrf_token(browser):
    session = sign_in(browser)
    forged = browser.client.put(GOAL, json={"concepts": 3})
    wrong = browser.client.put(GOAL, json={"concepts": 3}, headers={"X-CSRF-Token": "0" * 64})
    right = browser.client.put(
        GOAL, json={"concepts": 3}, headers={"X-CSRF-Token": session["csrf_token"]}
    )
    assert (forged.status_code, wrong.status_code, right.status_code) == (403, 403, 200)


def test_the_csrf_token_of_another_session_is_no_good(browser):
    other = sign_in(browser, "parent", "quin")["csrf_token"]
    sign_in(browser)
    answer = browser.client.put(GOAL, json={"concepts": 3}, headers={"X-CSRF-Token": other})
    assert answer.status_code == 403


def test_signing_out_forgets_the_cookie(browser):
    csrf = sign_in(browser)["csrf_token"]
    assert browser.client.delete("/api/session").status_code == 403
    gone = browser.client.delete("/api/session", headers={"X-CSRF-Token": csrf})
    assert gone.status_code == 204
    assert browser.client.get("/api/session").status_code == 401


def test_who_is_set_inactive_is_out(tmp_path, monkeypatch):
    monkeypatch.setattr("api.bars.SECONDS_KEPT", 0)
    settings = settings_of(tmp_path)
    publish_people(settings)
    with serving(settings) as api:
        assert api.get("/api/progress/student/ada", "parent", "pat").status_code == 200
        gone = Person("pat", "Pat", None, None, None, active=False)
        api.app.state.services.store.people.put([gone], source="tests")
        assert api.get("/api/progress/student/ada", "parent", "pat").status_code == 401


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    settings = settings_of(tmp_path_factory.mktemp("sample"))
    with open_store(settings) as store:
        load_sample(settings, store, students=30, days=20, until=NOW)
    return settings


def test_the_doors_of_a_sample_school_open_for_each_role(sample):
    with serving(sample.model_copy(update={"sample": True})) as api:
        page = api.client.get("/demo").text
        assert "everybody here is invented" in page
        for person, role in (
            ("s0001", "student"),
            ("parent-0001", "parent"),
            ("teacher-0001", "educator"),
            ("admin-0001", "admin"),
        ):
            assert f'value="{person}"' in page
            answer = api.client.post("/demo", data={"person_id": person}, follow_redirects=False)
            assert answer.status_code == 303
            assert answer.headers["location"] == f"/{role}/{person}"
            assert api.client.get("/api/session").json()["role"] == role


def test_nobody_else_comes_in_by_them(sample):
    with serving(sample.model_copy(update={"sample": True})) as api:
        for person in ("s0002", "parent-0002", "head", "", "s0001'--"):
            assert api.client.post("/demo", data={"person_id": person}).status_code == 404
        elsewhere = api.client.post(
            "/demo", data={"person_id": "s0001"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert elsewhere.status_code == 404


def test_outside_of_a_sample_school_there_is_no_such_door(sample, school):
    with serving(sample) as api:
        unknown = api.client.get("/nowhere")
        assert api.client.get("/demo").content == unknown.content
        assert api.client.post("/demo", data={"person_id": "s0001"}).status_code == 404


def test_one_real_person_closes_the_doors(sample):
    with serving(sample.model_copy(update={"sample": True})) as api:
        real = Person("real", "Real", None, None, None, active=True)
        api.app.state.services.store.people.put([real], source="oneroster")
        assert api.client.get("/demo").status_code == 404


class Keys:
    """An identity provider: its keys, and how often they were asked for."""

    def __init__(self) -> None:
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ed = ed25519.Ed25519PrivateKey.generate()
        self.published = [self._public("one", self.rsa), self._public("two", self.ed)]
        self.asked = 0
        self.broken = False

    @staticmethod
    def _public(kid: str, key: Any) -> dict[str, Any]:
        named = "EdDSA" if isinstance(key, ed25519.Ed25519PrivateKey) else "RS256"
        algorithm: Any = jwt.get_algorithm_by_name(named)
        shown = json.loads(algorithm.to_jwk(key.public_key()))
        return {**shown, "kid": kid, "use": "sig", "alg": named}

    def token(self, *, kid: str = "one", alg: str = "RS256", key: Any = None, **change: Any) -> str:
        now = utc_now()
        claims = {
            "iss": "https://login.example.org",
            "aud": "spool",
            "sub": "ada",
            "role": "Learner",
            "iat": now,
            "exp": now + HOUR,
        } | change
        return jwt.encode(claims, key or self.rsa, algorithm=alg, headers={"kid": kid})


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def platform(keys, tmp_path) -> Iterator[Api]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            keys.asked += 1
            self.send_response(500 if keys.broken else 200)
            self.end_headers()
            self.wfile.write(json.dumps({"keys": keys.published}).encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = settings_of(
        tmp_path,
        jwks_url=f"http://127.0.0.1:{server.server_port}/jwks",
        jwks_issuer="https://login.example.org",
        jwks_audience="spool",
    )
    with serving(settings) as api:
        yield api
    server.shutdown()
    server.server_close()


def asked_with(api: Api, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return int(api.client.get("/api/progress/student/ada", headers=headers).status_code)


def test_tokens_of_the_platform_are_taken_beside_our_own(platform, keys):
    assert asked_with(platform, keys.token()) == 200
    assert asked_with(platform, keys.token(kid="two", alg="EdDSA", key=keys.ed)) == 200
    assert platform.get("/api/progress/student/ada", "student", "ada").status_code == 200
    assert keys.asked == 1


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://elsewhere.example.org"},
        {"aud": "another"},
        {"exp": 1},
        {"role": "service"},
        {"role": ["Learner", "Teacher"]},
        {"role": None},
        {"sub": ""},
    ],
)
def test_a_token_of_the_platform_that_says_something_wrong_is_refused(platform, keys, change):
    assert asked_with(platform, keys.token(**change)) == 401


def test_nobody_signs_with_a_public_key_or_with_none(platform, keys):
    public = keys.rsa.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = jwt.decode(keys.token(), options={"verify_signature": False})
    body = json.dumps(claims).encode()
    confused = jwt.PyJWS().encode(body, "x" * 32, algorithm="HS256", headers={"kid": "one"})
    unsigned = jwt.PyJWS().encode(body, "", algorithm="none", headers={"kid": "one"})
    other = keys.token(key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    mixed = keys.token(kid="two")
    assert public
    for token in (confused, unsigned, other, mixed, "a.b.c", ""):
        assert asked_with(platform, token) == 401


def test_many_who_come_at_once_wait_for_the_first_keys(platform, keys):
    tokens = [keys.token(jti=str(n)) for n in range(12)]
    with ThreadPoolExecutor(12) as pool:
        statuses = set(pool.map(lambda token: asked_with(platform, token), tokens))
    assert (statuses, keys.asked) == ({200}, 1)


def test_a_key_that_is_taken_back_opens_nothing_more(platform, keys, monkeypatch):
    token = keys.token()
    assert asked_with(platform, token) == 200
    keys.published = keys.published[1:]
    monkeypatch.setattr(provider, "RETRY_SECONDS", 0)
    assert asked_with(platform, keys.token(kid="unknown")) == 401
    assert asked_with(platform, token) == 401


def test_a_new_key_is_fetched_and_old_ones_serve_while_the_platform_is_down(
    platform, keys, monkeypatch
):
    assert asked_with(platform, keys.token()) == 200
    new = ed25519.Ed25519PrivateKey.generate()
    token = keys.token(kid="three", alg="EdDSA", key=new)
    assert asked_with(platform, token) == 401
    keys.published = [*keys.published, Keys._public("three", new)]
    assert asked_with(platform, token) == 401
    assert keys.asked == 1
    monkeypatch.setattr(provider, "RETRY_SECONDS", 0)
    time.sleep(0.01)
    assert asked_with(platform, token) == 200
    keys.broken = True
    monkeypatch.setattr(provider, "FRESH_SECONDS", 0)
    assert asked_with(platform, keys.token(sub="ada", role="student")) == 200
    monkeypatch.setattr(provider, "USABLE_SECONDS", 0)
    assert asked_with(platform, keys.token(jti="another")) == 401
