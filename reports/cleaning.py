"""Texts of views made fit to be shown outside of pages: on paper and in mails."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from reports.letters import UNPRINTABLE

View = TypeVar("View")


def printable(view: View) -> View:
    """The same view, its texts without characters that cannot be printed."""
    cleaned: View = _printable(view)
    return cleaned


def _printable(part: Any) -> Any:
    if isinstance(part, str):
        return UNPRINTABLE.sub("", part)
    if isinstance(part, list | tuple):
        return type(part)(_printable(one) for one in part)
    if isinstance(part, dict):
        return {key: _printable(value) for key, value in part.items()}
    if is_dataclass(part) and not isinstance(part, type):
        changed = {field.name: _printable(getattr(part, field.name)) for field in fields(part)}
        return replace(part, **changed)
    return part
