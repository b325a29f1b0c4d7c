"""What people come for, done in a real browser: with news, by keyboard alone, without scripts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import TIMEOUT, Site
from tests.oneroster import school as roster
from tests.oneroster import zipped
from warehouse.build import run_build
from warehouse.clock import utc_now
from warehouse.store.database import open_store

CLASS = "/educator/teacher-0001/class/class-01"


def test_who_learns_sees_points_streak_and_badge_move_without_a_reload(visit, site: Site):
    nova = visit("student", "nova")
    nova.open("/student/nova")
    assert nova.page.inner_text("#points") == "0"
    assert nova.page.inner_text("#streak").startswith("0")
    nova.page.evaluate("window.since = 'opened'")

    # news of what comes while the stream is still being opened would be no news to it
    nova.page.wait_for_timeout(1_500)
    site.track(student_id="nova", concept_id="phys-light", event_type="mastered", time_spent=60)
    site.track(student_id="nova", event_type="helped", helped_student_id="s0002")
    expect(nova.page.locator("#points")).to_have_text("55", timeout=TIMEOUT)
    expect(nova.page.locator("#streak")).to_contain_text("1", timeout=TIMEOUT)
    expect(nova.page.get_by_text("Badge: Helper")).to_be_visible()

    assert nova.page.evaluate("window.since") == "opened"


def test_a_new_snapshot_reaches_an_open_page(visit, site: Site):
    teacher = visit("educator")
    teacher.open(CLASS)
    before = teacher.page.inner_text(".asof")
    teacher.page.wait_for_timeout(1_500)
    with open_store(site.settings) as store:
        run_build(site.settings, store, now=utc_now())
    teacher.page.evaluate("before => { window.before = before; }", before)
    teacher.page.wait_for_event("response", lambda answer: CLASS in answer.url)

    assert teacher.page.evaluate("window.before") == before


def test_a_parent_sets_a_goal_by_keyboard_alone(visit):
    parent = visit("parent")
    parent.open("/parent/parent-0001")
    keys = parent.page.keyboard
    keys.press("Tab")
    assert parent.page.evaluate("document.activeElement.className") == "skip"
    keys.press("Enter")
    _tab_to(parent.page, "Set a goal")
    keys.press("Enter")
    parent.page.wait_for_url("**/goals")
    _tab_to(parent.page, "concepts", "name")
    keys.press("Control+A")
    keys.type("7")
    keys.press("Enter")
    parent.page.wait_for_load_state("load")

    assert parent.page.input_value("input[name=concepts]") == "7"


def test_without_scripts_an_educator_takes_the_report_finds_who_needs_help_and_takes_it_on(visit):
    teacher = visit("educator", java_script_enabled=False)
    teacher.open(CLASS)
    page = teacher.page
    page.click("nav a[href$='/report']")
    with page.expect_download() as report:
        page.click("a:has-text('PDF')")
    assert report.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as table:
        page.click("a[href$='table=students']")
    assert table.value.path().read_bytes().count(b"\r\n") > 2
    teacher.open(CLASS)
    page.click("a[href$='/support'] >> nth=0")
    reason = page.inner_text("section li.card p >> nth=0")
    page.fill("input[name=note] >> nth=0", "Ask how it goes")
    page.click("text=Take it on >> nth=0")

    assert reason
    assert "Ask how it goes" in page.inner_text("main")
    assert page.query_selector("text=taken on") is not None


def test_without_scripts_an_admin_imports_a_roster_and_reads_the_report(visit, tmp_path: Path):
    package = zipped(tmp_path / "export.zip", roster("1.1", students=2))
    admin = visit("admin", java_script_enabled=False)
    admin.open("/admin/admin-0001/people")
    admin.page.set_input_files("input[type=file]", package)
    admin.page.click("button:has-text('Import')")

    assert "The roster was imported." in admin.page.inner_text("main")


def test_without_scripts_one_comes_in_by_the_door_and_leaves(visit, site: Site):
    guest = visit(java_script_enabled=False)
    guest.open("/")
    guest.page.fill("textarea[name=token]", site.token("student"))
    guest.page.click("form[action='/sign-in'] button")
    assert guest.page.url.endswith("/student/s0001")
    guest.page.click("button:has-text('Deutsch')")
    assert guest.page.inner_text("h1").startswith("Hallo")
    guest.page.click("button:has-text('Abmelden')")
    assert guest.page.url.endswith("/sign-in")


def _tab_to(page, wanted: str, attribute: str = "innerText") -> None:
    """Press the tabulator until an element of this text or name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.{attribute}") == wanted:
            return
    raise AssertionError(f"the tabulator never comes to {wanted}")
