"""The issuer of badges: hostile words stay words, and addresses stay addresses."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from reports.badges import badge_issuer
from tests.hostile import PAYLOADS
from warehouse.rules import load_rules

SUBJECT_MASTER = next(badge for badge in load_rules().badges if badge.id == "subject_master")


def test_the_subject_of_a_badge_stays_in_its_place(tmp_path):
    issuer = badge_issuer(tmp_path, "https://learn.example")
    for subject in PAYLOADS:
        found = issuer.achievement(SUBJECT_MASTER, subject)
        address = urlsplit(found.id)
        assert address.path == "/badges/achievements/subject_master"
        assert (address.fragment, parse_qs(address.query)) == ("", {"subject_id": [subject]})
        assert found.name.startswith("Subject Master")
        assert not {"\u202e", "\u2066", "\x07", "\n"} & set(found.name)


@pytest.mark.parametrize(
    ("public_url", "issuer"),
    [
        ("https://learn.example", "did:web:learn.example"),
        ("https://learn.example/", "did:web:learn.example"),
        ("https://learn.example:8443", "did:web:learn.example%3A8443"),
        ("https://school.example/learn", "https://school.example/learn/badges/issuer"),
        ("http://localhost:8004", "http://localhost:8004/badges/issuer"),
    ],
)
def test_an_installation_is_known_by_its_host(tmp_path, public_url, issuer):
    assert badge_issuer(tmp_path, public_url).profile.id == issuer


def test_every_badge_of_the_rules_has_an_achievement(tmp_path):
    issuer = badge_issuer(tmp_path, "https://learn.example")
    for badge in load_rules().badges:
        told = issuer.achievement(badge, None).to_dict()
        assert told["criteria"]["narrative"].rstrip(".") == badge.description
        assert told["image"]["id"].startswith("https://learn.example/static/badges/")


def test_the_key_has_the_name_of_its_thumbprint(tmp_path):
    (key,) = badge_issuer(tmp_path, "https://learn.example").keys()["keys"]
    assert jwt.PyJWK(key).key.key_size == 2048
    assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()
    assert len(key["kid"]) == 43
