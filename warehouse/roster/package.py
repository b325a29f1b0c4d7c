"""A OneRoster package: the CSV files of a folder or a ZIP, opened with suspicion.

A ZIP is read where it lies; nothing of it is ever written to disk, so no name in it can point
anywhere. Names that try are refused all the same, since such a package was made to do harm.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from warehouse.errors import UnreadableFile

FILES_MAX = 60
BYTES_MAX = 2 * 1024**3
RATIO_MAX = 200
SMALL_BYTES = 1024**2  # below it any ratio is harmless: a column of zeros packs well


class Package:
    """The files of a package by their names without a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._names: dict[str, str] = {}
        if path.is_dir():
            self._names = {p.name: p.name for p in sorted(path.iterdir()) if p.suffix == ".csv"}
            self._check_links()
        elif path.is_file():
            self._open_zip()
        else:
            raise UnreadableFile(
                f"{path} does not exist.", cure="Name the folder or the ZIP file of the export."
            )

    @property
    def names(self) -> frozenset[str]:
        """The CSV files that there are."""
        return frozenset(self._names)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The bytes of one file; a ZIP that unpacks to more than it says is refused."""
        if self._zip is None:
            with (self.path / self._names[name]).open("rb") as file:
                yield file
            return
        try:
            with self._zip.open(self._names[name]) as packed:
                yield packed
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise UnreadableFile(
                f"{name} in {self.path.name} cannot be unpacked: {error}.",
                cure="Make the ZIP again, without a password.",
            ) from error

    def close(self) -> None:
        """Let go of the ZIP."""
        if self._zip is not None:
            self._zip.close()

    def _check_links(self) -> None:
        for name in self._names:
            if not (self.path / name).is_file() or (self.path / name).is_symlink():
                raise UnreadableFile(
                    f"{self.path / name} is no plain file.", cure="Put the CSV file itself there."
                )

    def _open_zip(self) -> None:
        try:
            self._zip = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise UnreadableFile(
                f"{self.path} is no ZIP file: {error}.",
                cure="Name the folder or the ZIP file of the export.",
            ) from error
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        self._check_entries(entries)
        folders = {str(PurePosixPath(entry.filename).parent) for entry in entries}
        if len(folders) > 1:
            self._refuse(f"its files lie in {len(folders)} folders", "Put all into one.")
        self._names = {
            PurePosixPath(entry.filename).name: entry.filename
            for entry in entries
            if entry.filename.endswith(".csv")
        }
        if len({name.lower() for name in self._names}) < len(self._names):
            self._refuse("two files have the same name", "Keep one of each.")

    def _check_entries(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > FILES_MAX:
            self._refuse(f"it holds {len(entries)} files", f"An export has at most {FILES_MAX}.")
        for entry in entries:
            path = PurePosixPath(entry.filename)
            if path.is_absolute() or ".." in path.parts or set("\\:\x00") & set(entry.filename):
                self._refuse(f"the name {entry.filename!r} points out of it", "Do not trust it.")
            if stat.S_ISLNK(entry.external_attr >> 16):
                self._refuse(f"{entry.filename} is a link", "Put the CSV file itself there.")
        size = sum(entry.file_size for entry in entries)
        packed = max(1, sum(entry.compress_size for entry in entries))
        if size > BYTES_MAX or (size > SMALL_BYTES and size / packed > RATIO_MAX):
            self._refuse(
                f"it unpacks from {packed} to {size} bytes",
                "No export does that; ask who made it, or give the unpacked folder.",
            )

    def _refuse(self, what: str, cure: str) -> None:
        self.close()
        raise UnreadableFile(f"{self.path} is not taken: {what}.", cure=cure)
