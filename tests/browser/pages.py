"""The pages of each role in the sample school, and how wide a page is."""

from __future__ import annotations

from tests.api_school import SECRET
from warehouse.unsubscribing import unsubscribe_token

STUDENT = "/student/s0001"
CLASS = "/educator/teacher-0001/class/class-01"
MAIL = f"/unsubscribe?token={unsubscribe_token(SECRET, 'nobody')}"
PAGES: dict[str | None, tuple[str, ...]] = {
    None: ("/sign-in", "/demo", "/glossary", "/docs", "/nowhere", MAIL),
    "student": (
        STUDENT,
        f"{STUDENT}/path",
        f"{STUDENT}/badges",
        f"{STUDENT}/points",
        f"{STUDENT}/report",
        f"{STUDENT}/goals",
        f"{STUDENT}/leaderboard",
        f"{STUDENT}/settings",
        "/notifications",
        "/preferences",
        "/student/s0002",
    ),
    "parent": (
        "/parent/parent-0001",
        "/parent/parent-0001/week",
        f"{STUDENT}/privacy",
        "/notifications",
    ),
    "educator": (
        CLASS,
        f"{CLASS}/concepts",
        f"{CLASS}/roster?sort=reasons",
        f"{CLASS}/report",
        f"{STUDENT}/support",
    ),
    "admin": ("/admin/admin-0001", "/admin/admin-0001/people", "/admin/admin-0001/audit"),
}
REFUSED = {"/nowhere": 404, "/student/s0002": 403}
# The browser tells of a page that is answered with 403 or 404, which is what we ask for there.
EXPECTED = "the server responded with a status of 40"
WIDE = """() => {
  const most = document.documentElement.clientWidth + 1;
  if (document.documentElement.scrollWidth <= most) return [];
  return [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > most && !e.closest(".scroll"))
    .slice(0, 5).map(e => e.outerHTML.slice(0, 160));
}"""
