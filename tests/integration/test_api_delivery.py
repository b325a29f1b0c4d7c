"""Where notifications may be sent: one's own browsers, and no more mail by one click."""

from __future__ import annotations

import stat

import pytest

from api.schemas.delivery import SUBSCRIPTION_EXAMPLE
from tests.api_school import SECRET
from tests.integration.page_reading import HTML, Page
from warehouse.pushing import KEY_FILE, endpoint_problem, vapid_keys
from warehouse.unsubscribing import unsubscribe_token

BROWSERS = "/api/notifications/push-subscriptions"
MOZILLA = SUBSCRIPTION_EXAMPLE["endpoint"]


def put(api, person, body, role="student", sub=None):
    return api.client.put(
        f"{BROWSERS}/{person}", json=body, headers=api.headers(role, sub or person)
    )


def test_the_key_is_made_once_and_nobody_else_can_read_it(api):
    first = api.client.get(BROWSERS).json()["public_key"]
    assert api.client.get(BROWSERS).json()["public_key"] == first
    file = api.settings.home / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert vapid_keys(api.settings.home).public == first
    assert len(first) == 87


def test_a_browser_subscribes_and_leaves_again(api):
    assert put(api, "ada", SUBSCRIPTION_EXAMPLE).json()["subscriptions"] == 1
    assert put(api, "ada", SUBSCRIPTION_EXAMPLE).json()["subscriptions"] == 1
    other = SUBSCRIPTION_EXAMPLE | {"endpoint": f"{MOZILLA}2", "expirationTime": None}
    assert put(api, "ada", other).json()["subscriptions"] == 2
    # The next who signs in at the same browser takes it over.
    assert put(api, "bob", other).json()["subscriptions"] == 1
    headers = api.headers("student", "ada")
    left = api.client.delete(
        f"{BROWSERS}/ada", params={"endpoint": other["endpoint"]}, headers=headers
    )
    assert left.json() == {"user_id": "ada", "subscriptions": 1}
    left = api.client.delete(f"{BROWSERS}/ada", headers=headers)
    assert left.json() == {"user_id": "ada", "subscriptions": 0}


@pytest.mark.parametrize("role", ["student", "parent", "educator", "admin", "service"])
def test_nobody_subscribes_for_somebody_else(api, role):
    assert put(api, "ada", SUBSCRIPTION_EXAMPLE, role, "rob").status_code == 403
    answer = api.client.delete(f"{BROWSERS}/ada", headers=api.headers(role, "rob"))
    assert answer.status_code == 403
    own = put(api, "rob", SUBSCRIPTION_EXAMPLE, role, "rob").status_code
    assert own == (403 if role == "service" else 200)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/a",
        "https://fcm.googleapis.com.evil.example/a",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/a",
        "https://fcm.googleapis.com:8080/a",
        "https://notify.windows.com.evil.example/a",
        "https://169.254.169.254/latest",
        "https://localhost/a",
        "https://[::1/a",
        "https://fcm.googleapis.com/a\nHost: evil.example",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_push_services_are_called(api, endpoint):
    assert endpoint_problem(endpoint)
    answer = put(api, "ada", SUBSCRIPTION_EXAMPLE | {"endpoint": endpoint})
    assert (answer.status_code, answer.json()["field"]) == (422, "endpoint")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/a:b",
        "https://updates.push.services.mozilla.com/wpush/v2/a",
        "https://wns2-par02p.notify.windows.com/w/?token=a",
        "https://web.push.apple.com/a",
    ],
)
def test_the_services_of_all_browsers_are_known(endpoint):
    assert endpoint_problem(endpoint) is None


def test_more_push_services_can_be_named():
    endpoint = "https://a.push.example:8443/x"
    assert endpoint_problem(endpoint, "*.push.example:8443") is None
    assert endpoint_problem(endpoint, "*.push.example")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"endpoint": MOZILLA},
        SUBSCRIPTION_EXAMPLE | {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        SUBSCRIPTION_EXAMPLE | {"more": 1},
    ],
)
def test_a_wrong_subscription_is_refused(api, body):
    assert put(api, "ada", body).status_code == 422


def test_one_click_ends_the_mail_and_looking_does_not(api):
    store = api.app.state.services.store
    path = f"/api/notifications/unsubscribe?token={unsubscribe_token(SECRET, 'mum')}"
    page = api.client.get(path)
    assert page.status_code == 200
    assert "form" in page.text
    assert store.preferences.of("mum").wants("badge_earned", "email")

    one_click = {"List-Unsubscribe": "One-Click"}
    answer = api.client.post(path, data=one_click)
    assert (answer.status_code, answer.json()) == (200, {"unsubscribed": True})
    assert api.client.post(path, data=one_click).status_code == 200
    assert not store.preferences.of("mum").wants("badge_earned", "email")
    assert store.preferences.of("mum").wants("badge_earned", "push")
    assert store.preferences.of("dad").wants("badge_earned", "email")


@pytest.mark.parametrize(
    ("tag", "asked", "ended"),
    [
        ("en", "Should no more mail come to you?", "No more mail will come to you"),
        ("de", "Sollen keine E-Mails mehr kommen?", "Es kommen keine E-Mails mehr"),
    ],
)
def test_people_are_shown_a_page_in_their_language_that_works_without_scripts(
    api, tag, asked, ended
):
    person, headers = f"mum-{tag}", {**HTML, "Accept-Language": tag}
    link = f"/api/notifications/unsubscribe?token={unsubscribe_token(SECRET, person)}"
    answer = api.client.get(link, headers=headers)
    page = Page(answer.text)

    assert f'<html lang="{tag}"' in answer.text
    assert "/static/spool.css" in answer.text
    assert "<script" not in answer.text
    assert asked in page.text
    sent = api.client.post(
        "/unsubscribe", data=page.form("/unsubscribe"), headers=headers, follow_redirects=False
    )
    assert sent.status_code == 303
    assert not api.app.state.services.store.preferences.of(person).wants("badge_earned", "email")
    for path in (sent.headers["location"], link):
        assert ended in Page(api.client.get(path, headers=headers).text).text


def test_a_link_that_is_none_says_so_on_a_page(api):
    for call, data in ((api.client.get, {}), (api.client.post, {"data": {"token": "none"}})):
        answer = call("/unsubscribe?token=none", headers=HTML, **data)
        assert answer.status_code == 422
        assert "Use the link of the mail as it is." in Page(answer.text).text


@pytest.mark.parametrize("token", ["", "x.y.z", "bearer"])
def test_only_the_link_of_a_mail_unsubscribes(api, token):
    if token == "bearer":
        token = api.headers("student", "ada")["Authorization"].removeprefix("Bearer ")
    for call in (api.client.get, api.client.post):
        answer = call("/api/notifications/unsubscribe", params={"token": token})
        assert (answer.status_code, answer.json()["field"]) == (422, "token")


def test_the_token_of_a_link_opens_nothing_else(api):
    token = unsubscribe_token(SECRET, "ada")
    headers = {"Authorization": f"Bearer {token}"}
    assert api.client.get("/api/gamification/points/ada", headers=headers).status_code == 401
