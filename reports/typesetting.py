"""From HTML to PDF: tagged, with our own fonts, the same bytes for the same text.

Nothing is fetched: not from the network, not from a file. Pictures stand in the text as `data:`,
the font is handed over by name, and every other address is refused and remembered, so that tests
can see that no text of a user became one. Fonts and style are read once; a process sets one
document after the other, since the libraries underneath share what they know about fonts.
"""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from threading import Lock

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# Not the variable font of the pages: to take one weight out of it anew costs each document 60 ms.
FONT_FILES = "static/node_modules/@fontsource/atkinson-hyperlegible-next/files"
FONTS = {
    f"spool:{letters}-{weight}": f"atkinson-hyperlegible-next-{letters}-{weight}-normal.woff2"
    for letters in ("latin", "latin-ext")
    for weight in (400, 700)
}
STYLE = "templates/documents/document.css"
VARIANT = "pdf/ua-1"


class Fetcher(URLFetcher):  # type: ignore[misc]  # it ships no types
    """Gives out our fonts and what stands in the text itself."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """What an address stands for.

        Raises:
            ValueError: it is neither a font of ours nor `data:`.
        """
        if url in FONTS:
            font = files("reports").joinpath(FONT_FILES, FONTS[url]).read_bytes()
            return URLFetcherResponse(url, font, {"Content-Type": "font/woff2"})
        if not url.startswith("data:"):
            self.refused.append(url)
            raise ValueError(f"A document fetches nothing: {url}")
        found: URLFetcherResponse = super().fetch(url, headers)
        return found


class Typesetter:
    """Sets documents, one at a time."""

    def __init__(self) -> None:
        # a font that is unpacked would else carry the time of that moment
        os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
        self.fetcher = Fetcher()
        self._lock = Lock()
        self._fonts = FontConfiguration()
        style = files("reports").joinpath(STYLE).read_text(encoding="utf-8")
        self._css = CSS(string=style, url_fetcher=self.fetcher, font_config=self._fonts)

    def pdf(self, html: str) -> bytes:
        """The document as PDF/UA."""
        identifier = hashlib.sha256(html.encode("utf-8", "replace")).hexdigest()[:32].encode()
        with self._lock:
            source = HTML(string=html, url_fetcher=self.fetcher, base_url=None)
            made: bytes = source.write_pdf(
                stylesheets=[self._css],
                font_config=self._fonts,
                pdf_variant=VARIANT,
                pdf_identifier=identifier,
            )
        return made
