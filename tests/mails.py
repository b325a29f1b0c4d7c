"""What a mail says in its two parts, and all that its HTML would fetch or do."""

from __future__ import annotations

from email.message import EmailMessage
from html.parser import HTMLParser


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


class Shown(HTMLParser):
    """The words of HTML, and all that it would fetch or do."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [v or "" for name, v in attrs if name in {"href", "src", "background"}]

    def handle_data(self, data: str) -> None:
        self.words += data.split()
