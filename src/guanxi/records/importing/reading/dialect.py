"""Finds delimiter, quote and header row of delimited text from its beginning."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

DELIMITERS = (",", "\t", ";", "|")
_SNIFFED_RECORDS = 200
_DATA_LIKE = re.compile(
    r"""[-+(]?[¥￥$€£]?\s*[\d.,'\s]*\d[\d.,'\s]*\)?%?          # number, amount, phone in digits
    | [+(]?\d[\d\s().-]{5,}\d                                    # phone
    | [^@\s]+@[^@\s]+\.\w+                                      # e-mail
    | \d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[T\s].*)?         # date
    | true | false
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How the cells of a text file are told apart.

    ``spaced`` says that quotes follow a space after the delimiter. ``newline`` is ``"\r"`` for files without ``\n``.
    """

    delimiter: str
    quote: str
    spaced: bool = False
    newline: str = "\r\n"


def sniff_dialect(text: str, delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """Find the dialect of a sample that ends with a whole record, as far as it is not given."""
    newline = "\r" if "\r" in text and "\n" not in text else "\r\n"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if quote is None:
        quote = "'" if _opens(text, "'") > 2 * _opens(text, '"') + 2 else '"'
    declared = re.match(r"sep=(.)\n", text, re.IGNORECASE)
    if delimiter is None:
        delimiter = declared[1] if declared else max(DELIMITERS, key=lambda item: _fit(text, item, quote))
    cell = re.escape(delimiter)
    spaced = bool(quote) and len(re.findall(f"{cell} +{re.escape(quote)}", text)) > text.count(delimiter + quote)
    return Dialect(delimiter, quote, spaced, newline)


def _opens(text: str, quote: str) -> int:
    """Count where a quote both opens at the start of a cell and closes at the end of one."""
    return len(re.findall(rf"(?:^|[,;\t|]) ?{quote}[^{quote}\n]{{0,200}}{quote}(?=[,;\t|\n]|$)", text, re.MULTILINE))


def _fit(text: str, delimiter: str, quote: str) -> float:
    """Say how well a delimiter cuts the sample into rows of one width."""
    widths = [len(record) for record in records_of(text, Dialect(delimiter, quote)) if record]
    if not widths:
        return 0.0
    width, _ = Counter(widths).most_common(1)[0]
    if width == 1:
        # Title lines may outnumber the rows of a short file.
        width = max(widths)
    share = widths.count(width) / len(widths)
    return float(share**4 * (width - 1) ** 0.5)


def records_of(text: str, dialect: Dialect) -> list[list[str]]:
    """Cut a sample into records of cells; at most as many as detection needs."""
    reader = csv.reader(
        io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="\n"),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        skipinitialspace=dialect.spaced,
    )
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
            if len(records) == _SNIFFED_RECORDS:
                break
    except csv.Error:
        # A cell beyond the limit of the csv module: judge by what came before it.
        pass
    return records


def find_header(records: list[list[str]]) -> int:
    """Return the number (from 1) of the record that holds the column names, 0 if there is none.

    Title lines before it have fewer cells filled than the rows have. A header names most columns, repeats few names and
    holds nothing that looks like a number, date, phone or e-mail address.
    """
    widths = Counter(_width(record) for record in records if _filled(record))
    if not widths:
        return 0
    usual = max(widths, key=lambda width: (widths[width] * width, width))
    for number, record in enumerate(records[:50], start=1):
        if _filled(record) < max(1, 0.6 * usual):
            continue
        return number if _names_columns(record) else 0
    return 0


def _width(record: list[str]) -> int:
    width = len(record)
    while width and not record[width - 1].strip():
        width -= 1
    return width


def _filled(record: list[str]) -> int:
    return sum(1 for cell in record if cell.strip())


def _names_columns(record: list[str]) -> bool:
    names = [cell.strip() for cell in record if cell.strip()]
    if len({name.casefold() for name in names}) < 0.6 * len(names):
        return False
    return not any(_DATA_LIKE.fullmatch(name) or len(name) > 120 for name in names)
