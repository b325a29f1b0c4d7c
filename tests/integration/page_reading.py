"""Reading pages as a person does: words, links, and forms that are filled in and sent."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from tests.api_school import Api

HTML = {"Accept": "text/html"}


class Page(HTMLParser):
    """The words of a page, its links, and its forms with their fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = [("", {})]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if tag == "input" and given.get("name"):
            chosen = given.get("type") not in {"checkbox", "radio"} or "checked" in given
            if chosen:
                self.forms[-1][1][given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def form(self, action: str) -> dict[str, str]:
        """The fields of the first form that goes there, as they stand."""
        return next(dict(fields) for to, fields in self.forms if to.endswith(action))


class Browser:
    """Somebody signed in by the session's cookie."""

    def __init__(self, api: Api, role: str, person: str) -> None:
        token = api.headers(role, person)["Authorization"].removeprefix("Bearer ")
        self._client, self._cookie = api.client, {**HTML, "Cookie": f"spool_session={token}"}

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(path, headers=self._cookie | headers, follow_redirects=False)

    def page(self, path: str, **headers: str) -> Page:
        answer = self.get(path, **headers)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return Page(answer.text)

    def send(self, path: str, action: str = "", **fields: str) -> Any:
        """Fill in the form of a page and send it."""
        action = action or path
        data = self.page(path).form(action) | fields
        return self.post(action, data)

    def post(self, path: str, data: dict[str, str], **more: Any) -> Any:
        return self._client.post(
            path, data=data, headers=self._cookie, follow_redirects=False, **more
        )
