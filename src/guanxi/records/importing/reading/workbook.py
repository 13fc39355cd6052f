"""The parts of an XLSX file that its sheets refer to, read as a stream and within limits.

An own reader on expat, because the streaming mode of openpyxl keeps the emptied element of every row, and one hostile
row or style table as a whole, in memory. What numbers mean as dates is openpyxl's knowledge and is used from there.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from guanxi.records.importing.reading.limits import ImportRefused, Limits

_CHUNK = 64 << 10
_SMALL = 1 << 20
_DEPTH = 64

type_start = Callable[[str, dict[str, str]], None]
type_end = Callable[[str], None]
type_text = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the sheets need: their parts by name, shared strings, which cell styles are dates, and the date system."""

    sheets: dict[str, str]
    strings: list[str]
    date_styles: frozenset[int]
    epoch_1904: bool


def open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    """Open the zip after checking its directory: number of entries, unpacked size, ratio, encryption."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise ImportRefused("damaged_file") from error
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise ImportRefused("too_many_entries", limit=limits.entries, found=len(entries))
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes:
        raise ImportRefused("unpacks_too_large", limit=limits.unpacked_bytes, found=total)
    for entry in entries:
        if entry.flag_bits & 1:
            raise ImportRefused("encrypted_file")
        if entry.file_size > _SMALL and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            raise ImportRefused("unpacks_too_large", limit=limits.unpacked_bytes, found=entry.file_size)
    if "[Content_Types].xml" not in archive.namelist():
        raise ImportRefused("unsupported_format")
    return archive


def feed(
    file: IO[bytes], start: type_start, end: type_end | None = None, text: type_text | None = None
) -> Iterator[int]:
    """Parse XML piece by piece, calling the handlers with names free of prefixes; yields the bytes read so far.

    Document type declarations, and with them entities, are refused; so are elements nested deeper than any workbook's.
    """
    parser = _parser(start, end, text)
    done = 0
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            done += len(chunk)
            yield done
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise ImportRefused("damaged_file") from error
    yield done


def _parser(start: type_start, end: type_end | None, text: type_text | None) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def open_element(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise ImportRefused("hostile_xml")
        start(name[name.rfind(" ") + 1 :], attributes)

    def close_element(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name[name.rfind(" ") + 1 :])

    def refuse(*_: object) -> int:
        raise ImportRefused("hostile_xml")

    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    if text is not None:
        parser.CharacterDataHandler = text
        parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


def read_workbook(archive: zipfile.ZipFile, limits: Limits) -> Workbook:
    """Read everything but the sheets themselves."""
    targets = _relations(archive, "xl/_rels/workbook.xml.rels")
    sheets: dict[str, str] = {}
    epoch: list[bool] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and len(sheets) < limits.entries:
            relation = next((value for key, value in attributes.items() if key.endswith(" id") or key == "r:id"), "")
            if relation in targets:
                sheets[attributes.get("name", "")] = targets[relation]
        elif name == "workbookPr":
            epoch.append(attributes.get("date1904") in ("1", "true"))

    _run(archive, "xl/workbook.xml", start)
    if not sheets:
        raise ImportRefused("unsupported_format")
    names = set(archive.namelist())
    strings = _shared_strings(archive, limits) if "xl/sharedStrings.xml" in names else []
    styles = _date_styles(archive) if "xl/styles.xml" in names else frozenset()
    return Workbook(sheets, strings, styles, any(epoch))


def _run(
    archive: zipfile.ZipFile,
    part: str,
    start: type_start,
    end: type_end | None = None,
    text: type_text | None = None,
) -> None:
    try:
        file = archive.open(part)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ImportRefused("damaged_file") from error
    with file:
        for _ in feed(file, start, end, text):
            pass


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            inside = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[attributes.get("Id", "")] = inside

    _run(archive, part, start)
    return targets


def _shared_strings(archive: zipfile.ZipFile, limits: Limits) -> list[str]:
    """Read the string table; phonetic readings (``rPh``) are no part of a cell's text."""
    strings: list[str] = []
    pieces: list[str] = []
    inside = {"t": False, "rPh": False}
    size = 0

    def start(name: str, _: dict[str, str]) -> None:
        if name in inside:
            inside[name] = True

    def end(name: str) -> None:
        nonlocal size
        if name in inside:
            inside[name] = False
        elif name == "si":
            strings.append("".join(pieces))
            size += len(strings[-1])
            pieces.clear()
            if len(strings) > limits.shared_strings or size > limits.shared_bytes:
                raise ImportRefused("too_many_strings", limit=limits.shared_strings)

    def text(piece: str) -> None:
        if inside["t"] and not inside["rPh"]:
            pieces.append(piece)

    _run(archive, "xl/sharedStrings.xml", start, end, text)
    return strings


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Return the numbers of the cell styles that show a number as a date or time."""
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    dates: set[int] = set()
    state = {"in_cells": False, "count": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")[:200]
        elif name == "cellXfs":
            state["in_cells"] = True
        elif name == "xf" and state["in_cells"]:
            code = codes.get(int(attributes.get("numFmtId", 0)), "")
            if is_date_format(code):
                dates.add(state["count"])
            state["count"] += 1

    def end(name: str) -> None:
        if name == "cellXfs":
            state["in_cells"] = False

    _run(archive, "xl/styles.xml", start, end)
    return frozenset(dates)
