"""Calendar feeds as a calendar program reads them."""

from __future__ import annotations

from typing import Any

import icalendar

from tests.api_school import Api


def made(api: Api, student: str, role: str = "student", sub: str = "") -> str:
    """The path of a new feed."""
    answer = api.post(f"/api/students/{student}/calendar", role=role, sub=sub or student)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"].removeprefix("https://learn.example"))


def events(body: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


def read(api: Api, path: str) -> list[Any]:
    answer = api.client.get(path)
    assert answer.status_code == 200, answer.text
    return events(answer.text)


def summaries(found: list[Any]) -> list[str]:
    return [str(event["SUMMARY"]) for event in found]
