"""The sentence of every code that reading and parsing a file may give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text

_FILE: dict[str, type_text] = {
    "empty_file": _("This file is empty."),
    "no_rows": _("No rows were found in this file."),
    "file_too_large": _("This file is larger than allowed (%(limit)s bytes). Split it into several files."),
    "unsupported_format": _("This kind of file can't be read. Save it as CSV, XLSX, JSON lines or Parquet."),
    "encrypted_file": _("This file is protected by a password. Save it without one."),
    "damaged_file": _("This file is damaged or not complete."),
    "binary_file": _("This file holds binary data, not text."),
    "nul_bytes": _("The text holds a zero byte near byte %(position)s, so it can't be read as text."),
    "undecodable": _(
        "The text isn't valid %(encoding)s at byte %(position)s. Choose another encoding, or save the file as UTF-8."
    ),
    "row_too_long": _("Row %(row)s is longer than allowed (%(limit)s bytes)."),
    "unclosed_quote": _("A quotation mark that opens in row %(row)s is never closed. Choose another quote."),
    "unreadable_rows": _("The rows after row %(row)s can't be told apart. Choose the delimiter and the quote."),
    "too_many_rows": _("This file has more rows than allowed (%(limit)s). Split it into several files."),
    "too_many_columns": _("This file has more columns than allowed (%(limit)s)."),
    "too_many_entries": _("This file is packed from more parts than allowed (%(limit)s)."),
    "too_many_strings": _("This workbook holds more texts than allowed (%(limit)s). Save the sheet as CSV."),
    "unpacks_too_large": _("This file would unpack to more than allowed (%(limit)s bytes). Save the sheet as CSV."),
    "hostile_xml": _("This workbook holds declarations that no spreadsheet program writes, so it was refused."),
    "no_such_sheet": _("There is no sheet “%(name)s” in this file."),
    "broken_json": _("The JSON text ends or breaks after row %(row)s."),
    "unknown_encoding": _("The encoding “%(encoding)s” is not known."),
}

_ROW: dict[str, type_text] = {
    "wrong_cell_count": _("This row has %(found)s cells instead of %(expected)s."),
    "bad_json": _("This line isn't a JSON object."),
    "unknown_column": _("The column “%(name)s” doesn't occur at the beginning of the file."),
}

_VALUE: dict[str, type_text] = {
    "required": _("A value is missing."),
    "too_long": _("This text is longer than %(limit)s characters."),
    "bad_integer": _("“%(value)s” isn't a whole number."),
    "bad_number": _("“%(value)s” isn't a number."),
    "out_of_range": _("“%(value)s” is beyond the range of this field."),
    "too_many_decimals": _("“%(value)s” has more than %(limit)s decimal places."),
    "bad_money": _("“%(value)s” isn't an amount of money."),
    "unknown_currency": _("“%(value)s” names a currency that is not known."),
    "bad_date": _("“%(value)s” isn't a date. Use YYYY-MM-DD, for example 2026-11-21."),
    "bad_datetime": _("“%(value)s” isn't a date and time. Use YYYY-MM-DD HH:MM, for example 2026-11-21 14:05."),
    "no_such_time": _("“%(value)s” doesn't exist in %(limit)s: clocks were put forward."),
    "bad_boolean": _("“%(value)s” is neither yes nor no."),
    "unknown_choice": _("“%(value)s” isn't one of the choices of this field."),
    "bad_email": _("“%(value)s” isn't an e-mail address."),
    "bad_phone": _("“%(value)s” isn't a phone number that can be called."),
    "bad_url": _("“%(value)s” isn't a web address."),
}

_SENTENCES = {**_FILE, **_ROW, **_VALUE}


def codes() -> frozenset[str]:
    """Return every code that has a sentence."""
    return frozenset(_SENTENCES)


def sentence_of(code: str) -> type_text:
    """Return the sentence of a code with its ``%(name)s`` places open; it is translated when it is shown."""
    return _SENTENCES[code]


def explain(code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence of a code in the language of the current reader, with its places filled."""
    return str(_SENTENCES[code]) % params
