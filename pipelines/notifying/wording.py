"""A message in words: its title, a line for each thing that it tells, and where to change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import NamedTuple

from pipelines.notifying.summaries import WEEKLY_SUMMARY
from reports.languages import language
from reports.letters import on_one_line
from reports.notices import Names, count, notice
from warehouse.store.pending import Pending


class Words(NamedTuple):
    """A message as a person reads it."""

    title: str
    lines: tuple[str, ...]


def in_words(notifications: Sequence[Pending], names: Names) -> Words:
    """What these notifications say together."""
    told = [notice(asdict(one), names) for one in notifications]
    title = told[0].title if len(told) == 1 else f"{count(len(told), 'piece')} of news"
    return Words(on_one_line(title), tuple(on_one_line(one.body) for one in told))


def other_news(notifications: Sequence[Pending], names: Names, tag: str) -> list[str]:
    """A line for each that is no weekly summary, in the language of the mail about these."""
    others = [one for one in notifications if one.kind != WEEKLY_SUMMARY]
    return [notice(asdict(one), names, language(tag)).body for one in others]


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
