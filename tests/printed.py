"""Reading what was printed: the text of a PDF and what else is in it."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
import zlib
from pathlib import Path


def text_of(pdf: bytes, *options: str) -> str:
    """Its text in the order in which it was set, or as `options` of pdftotext say."""
    return _ran("pdftotext", pdf, *(options or ("-raw",)), output="-")


def info_of(pdf: bytes, *options: str) -> str:
    """What pdfinfo says of it."""
    return _ran("pdfinfo", pdf, *options)


def fonts_of(pdf: bytes) -> list[str]:
    """A line for each font."""
    return _ran("pdffonts", pdf).splitlines()[2:]


def objects_of(pdf: bytes) -> bytes:
    """Its bytes with every stream unpacked: objects hide in packed ones."""
    found = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompress(packed))
    return b"\n".join(found)


def squeezed(text: str) -> str:
    """Without blanks and hyphens at line ends: a cell breaks lines where it must."""
    return "".join(text.split())


def _ran(program: str, pdf: bytes, *options: str, output: str | None = None) -> str:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "it.pdf"
        file.write_bytes(pdf)
        command = [program, *options, str(file), *([output] if output else [])]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
