"""Tokens: what is signed is what is read, and what is remembered is forgotten in time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from api import auth
from api.auth import Authenticator, Principal
from api.errors import NotAuthenticated
from warehouse.clock import utc_now
from warehouse.errors import InvalidSettings
from warehouse.settings import Settings, load_settings
from warehouse.tokens import InvalidToken, Role, make_token, read_token, signing_secret

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("role", Role)
def test_a_token_says_who_and_as_what(settings, role):
    token = make_token(settings, role, "ada lovelace", HOUR, now=utc_now())

    claims = read_token(signing_secret(settings), token)

    assert (claims.role, claims.subject) == (role, "ada lovelace")


def test_two_tokens_are_never_the_same(settings):
    now = utc_now()

    assert make_token(settings, Role.ADMIN, "head", HOUR, now=now) != make_token(
        settings, Role.ADMIN, "head", HOUR, now=now
    )


@pytest.mark.parametrize("sub", ["", " ada", "a\nb", "x" * 129])
def test_a_sub_is_an_id(settings, sub):
    with pytest.raises(InvalidToken, match="sub"):
        make_token(settings, Role.STUDENT, sub, HOUR, now=utc_now())


def test_an_expired_token_is_told_to_be_so(settings):
    token = make_token(settings, Role.STUDENT, "ada", HOUR, now=utc_now() - 2 * HOUR)

    with pytest.raises(InvalidToken, match="expired"):
        read_token(signing_secret(settings), token)


def test_without_a_secret_nothing_is_signed(own_home):
    with pytest.raises(InvalidSettings, match="JWT_SECRET"):
        make_token(load_settings(), Role.ADMIN, "head", HOUR, now=utc_now())


def test_a_short_secret_is_refused_however_it_came_in(own_home):
    unchecked = Settings.model_construct(jwt_secret=None)

    with pytest.raises(InvalidSettings, match="32 bytes"):
        signing_secret(unchecked)
    with pytest.raises(InvalidSettings, match="JWT_SECRET"):
        load_settings(jwt_secret="x" * 31)


def test_errors_never_repeat_the_token(settings):
    token = make_token(settings, Role.ADMIN, "head", HOUR, now=utc_now())

    with pytest.raises(InvalidToken) as caught:
        read_token("another secret, also of 32 bytes and more", token)

    assert token not in str(caught.value)


def principal(authenticator: Authenticator, header: str | None) -> Principal:
    return asyncio.run(authenticator.credential(header)).principal


def test_a_remembered_token_still_expires(settings):
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC), tick=False) as traveller:
        token = make_token(settings, Role.STUDENT, "ada", HOUR, now=utc_now())
        authenticator = Authenticator(signing_secret(settings), utc_now)
        assert principal(authenticator, f"Bearer {token}").subject == "ada"

        traveller.shift(HOUR)

        with pytest.raises(InvalidToken, match="expired"):
            principal(authenticator, f"Bearer {token}")


def test_only_so_many_tokens_are_remembered(settings, monkeypatch):
    monkeypatch.setattr(auth, "CACHED_TOKENS_MAX", 2)
    authenticator = Authenticator(signing_secret(settings), utc_now)
    tokens = [make_token(settings, Role.STUDENT, s, HOUR, now=utc_now()) for s in "abc"]

    for token in tokens:
        principal(authenticator, f"Bearer {token}")

    assert list(authenticator._verified) == tokens[1:]


def test_what_is_not_valid_is_not_remembered(settings):
    authenticator = Authenticator(signing_secret(settings), utc_now)

    with pytest.raises(InvalidToken):
        principal(authenticator, "Bearer a.b.c")
    with pytest.raises(NotAuthenticated):
        principal(authenticator, None)

    assert not authenticator._verified


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(settings, scheme):
    token = make_token(settings, Role.SERVICE, "lms", HOUR, now=utc_now())
    authenticator = Authenticator(signing_secret(settings), utc_now)

    assert principal(authenticator, f"{scheme} {token}").role is Role.SERVICE
