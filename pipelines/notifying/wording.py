"""A message in words: its title, a line for each thing that it tells, and where to change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from warehouse.store.pending import Pending

_SENTENCES: dict[str, Callable[[Pending], str]] = {
    "badge_earned": lambda n: f"A new badge: {_name(n.badge_id)}.",
    "level_reached": lambda n: f"Level {n.number} reached.",
    "streak_milestone": lambda n: f"{n.number} days of learning in a row.",
    "streak_at_risk": lambda n: f"A streak of {n.number} days ends today without learning.",
    "weekly_goal_met": lambda _: "The goal of this week is met.",
    "subject_mastered": lambda n: f"A whole subject mastered: {_name(n.subject_id)}.",
    "weekly_summary": lambda n: f"The summary of the week from {n.week_start} is there.",
    "needs_attention": lambda n: f"A student may need help: {_name(n.rule)}.",
}


class Words(NamedTuple):
    """A message as a person reads it."""

    title: str
    lines: tuple[str, ...]


def in_words(notifications: Sequence[Pending]) -> Words:
    """What these notifications say together."""
    lines = tuple(sentence(one) for one in notifications)
    title = lines[0] if len(lines) == 1 else f"{len(lines)} news about learning"
    return Words(title, lines)


def sentence(notification: Pending) -> str:
    """What one notification says."""
    say = _SENTENCES.get(notification.kind)
    return say(notification) if say else f"News: {_name(notification.kind)}."


def as_plain(words: Words, public_url: str, unsubscribe_url: str) -> str:
    """The text part of a mail."""
    told = "\n".join(f"- {line}" for line in words.lines)
    return f"{told}\n\n{public_url}\n\nNo more mail of this kind: {unsubscribe_url}\n"


def as_html(words: Words, public_url: str, unsubscribe_url: str) -> str:
    """The HTML part of a mail; whatever is not ours is escaped."""
    told = "".join(f"<li>{escape(line)}</li>" for line in words.lines)
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f"<title>{escape(words.title)}</title></head><body><ul>{told}</ul>"
        f'<p><a href="{escape(public_url)}">Spool Progress</a></p>'
        f'<p><a href="{escape(unsubscribe_url)}">No more mail of this kind</a></p>'
        "</body></html>"
    )


def _name(text: str | None) -> str:
    return (text or "").replace("_", " ").replace("-", " ").strip()
