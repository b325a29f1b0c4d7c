"""Tables as LibreOffice opens them: what became of each cell."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# Separators by their code, the quote, UTF-8, from line 1; dates are found, formulas are computed.
AS_CSV = "44,34,76,1,,0,false,true,false,false,false,-1,true"
AS_PARTS = "59/9,34,76,1,,0,false,true,false,false,false,-1,true"
_BLANKS = {f"{TEXT}s": " ", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}


class Cell(NamedTuple):
    """A cell of an opened table."""

    kind: str
    text: str
    formula: str | None


Sheet = list[list[Cell]]


def opened(tables: Mapping[str, bytes], options: str | None = None) -> dict[str, Sheet]:
    """Each table as a user sees it who opens the file; `options` are those of the import."""
    program = shutil.which("soffice")
    if program is None:
        why = "LibreOffice is missing; `make test-office` installs it."
        (pytest.fail if os.environ.get("SPOOL_DEEP") else pytest.skip)(why)
    with tempfile.TemporaryDirectory(prefix="spool-office-") as home:
        files = [Path(home) / f"{name}.csv" for name in tables]
        for file, content in zip(files, tables.values(), strict=True):
            file.write_bytes(content)
        command = [
            program,
            f"-env:UserInstallation=file://{home}/profile",
            "--headless",
            *([f"--infilter=Text - txt - csv (StarCalc):{options}"] if options else []),
            *("--convert-to", "fods", "--outdir", f"{home}/out"),
            *map(str, files),
        ]
        spoken = os.environ | {"HOME": home, "LC_ALL": "C.UTF-8"}
        subprocess.run(command, check=True, capture_output=True, timeout=120, env=spoken)
        return {file.stem: _sheet(Path(home) / "out" / f"{file.stem}.fods") for file in files}


def _sheet(path: Path) -> Sheet:
    root = ET.parse(path).getroot()
    return [list(_cells(row)) for row in root.iter(f"{TABLE}table-row")]


def _cells(row: ET.Element) -> Iterator[Cell]:
    for cell in row.iter(f"{TABLE}table-cell"):
        kind = cell.get(f"{OFFICE}value-type", "")
        text = "\n".join("".join(_letters(part)) for part in cell.findall(f"{TEXT}p"))
        times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        if times < 1_000:  # else the empty rest of the sheet
            yield from [Cell(kind, text, cell.get(f"{TABLE}formula"))] * times


def _letters(part: ET.Element) -> Iterator[str]:
    yield part.text or ""
    for child in part:
        if child.tag in _BLANKS:
            yield _BLANKS[child.tag] * int(child.get(f"{TEXT}c", "1"))
        else:
            yield from _letters(child)
        yield child.tail or ""
