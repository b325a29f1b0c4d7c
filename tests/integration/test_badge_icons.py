"""Every badge has a picture that browsers may keep and that tells its meaning to everybody."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from api.routes.static import DEFAULT_ICON, ICONS, icons
from tests.api_school import serving, settings_of
from warehouse.rules import DEFAULT_RULES, load_rules

SVG = "{http://www.w3.org/2000/svg}"


def test_every_icon_of_the_rules_is_there_without_a_token(api):
    for badge in load_rules().badges:
        answer = api.client.get(badge.icon_url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert answer.content != icons()[DEFAULT_ICON].content
        assert ET.fromstring(answer.content).findtext(f"{SVG}title") == badge.name


def test_a_browser_that_has_it_gets_no_second_copy(api):
    address = load_rules().badges[0].icon_url
    etag = api.client.get(address).headers["etag"]
    again = api.client.get(address, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_a_badge_without_a_picture_gets_one_that_fits_all(tmp_path):
    rules = tmp_path / "rules.toml"
    text = DEFAULT_RULES.read_text().replace("badges/helper.svg", "badges/our_own.svg")
    rules.write_text(text)
    with serving(settings_of(tmp_path / "home", rules=rules)) as api:
        answer = api.client.get(f"{ICONS}our_own.svg")
        stranger = api.client.get(f"{ICONS}another.svg")

    assert answer.content == icons()[DEFAULT_ICON].content
    assert stranger.status_code == 404


@pytest.mark.parametrize(
    "file", ["..%2f..%2fmain.py", "..", "%2e%2e/policy.py", "helper.svg%00", "helper", "", "a/b"]
)
def test_no_other_file_can_be_reached(api, file):
    answer = api.client.get(f"{ICONS}{file}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", sorted(icons()))
def test_an_icon_is_small_plain_and_labelled(name):
    content = icons()[name].content
    root = ET.fromstring(content)
    identities = {element.get("id") for element in root.iter()}

    assert len(content) < 2_000
    assert root.get("role") == "img"
    assert set(root.get("aria-labelledby", "").split()) <= identities
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    assert b"<script" not in content
    assert b"href" not in content
    assert b"<style" not in content  # a strict content policy forbids it, and an <img> obeys
