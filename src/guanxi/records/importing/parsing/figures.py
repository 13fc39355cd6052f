"""Numbers and amounts of money, in the many ways people and programs write them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache

import polars as pl
from babel.numbers import list_currencies

from guanxi.records.importing.parsing.spec import DecimalMark, FieldSpec, Outcome, codes_where, first_codes, refused
from guanxi.records.importing.parsing.texts import ascii_forms

_PLAIN = r"^-?[0-9]{1,28}(\.[0-9]+)?$"
_GROUPED = r"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
_COMMA_DECIMAL = r"^\D*\d+,(\d{1,2}|\d{4,})\D*$|\d[.' ]\d{3},\d"
_POINT_DECIMAL = r"^\D*\d+\.(\d{1,2}|\d{4,})\D*$|\d,\d{3}\.\d"
_LONGEST = 60
_SCALES = {"十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8, "k": 3, "m": 6}
_SCALED = re.compile(r"(.*?\d)\s*((?:[十百千]?[万萬亿億])|[十百千km])$", re.IGNORECASE)
_GROUPS = {
    ".": re.compile(r"\d{1,3}(?:,\d{2,4})*,\d{3}|\d{1,4}(?:,\d{4})+"),
    ",": re.compile(r"\d{1,3}(?:\.\d{3})+"),
}
_AROUND = re.compile(r"^\s*[¥$€£₩₹]?\s*(?=[-+(\d])|\s*[¥$€£₩₹元円]?\s*$")
_SYMBOLS = {
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "A$": "AUD", "C$": "CAD", "S$": "SGD", "R$": "BRL", "€": "EUR",
    "£": "GBP", "₩": "KRW", "₹": "INR", "₽": "RUB", "฿": "THB", "₫": "VND", "₺": "TRY", "RMB": "CNY",
    "人民币": "CNY", "人民幣": "CNY", "美元": "USD", "美金": "USD", "港币": "HKD", "港元": "HKD", "港幣": "HKD",
    "新台币": "TWD", "新臺幣": "TWD", "台币": "TWD", "欧元": "EUR", "歐元": "EUR", "英镑": "GBP", "英鎊": "GBP",
    "日元": "JPY", "日圆": "JPY", "韩元": "KRW",
}  # fmt: skip
_SHARED_SYMBOLS = {
    "$": ("USD", ("USD", "HKD", "TWD", "AUD", "CAD", "SGD", "NZD", "MXN")),
    "¥": ("CNY", ("CNY", "JPY")),
    "元": ("CNY", ("CNY", "HKD", "TWD")),
    "円": ("JPY", ("JPY",)),
}
_CURRENCY = re.compile("|".join([*map(re.escape, _SYMBOLS), "[A-Za-z]{3}(?![A-Za-z])", r"[$¥元円]"]), re.IGNORECASE)


def decimal_mark_of(cells: pl.Series) -> DecimalMark:
    """Tell by the cells that leave no doubt whether a comma or a point stands before the decimals."""
    commas = int(cells.str.contains(_COMMA_DECIMAL).sum())
    return "," if commas and commas > int(cells.str.contains(_POINT_DECIMAL).sum()) else "."


def plain_numbers(cells: pl.Series, mark: DecimalMark) -> pl.Series:
    """Write numbers as ``-1234.56``; null for what is none."""
    if cells.str.contains(_PLAIN).all() and mark != ",":
        return cells
    forms = ascii_forms(cells)
    frame = forms.to_frame("cell")
    plain, grouped = pl.col("cell").str.contains(_PLAIN), pl.col("cell").str.contains(_GROUPED)
    if mark == ",":
        # A point may stand between thousands then: only whole numbers are beyond doubt.
        plain, grouped = pl.col("cell").str.contains(r"^-?[0-9]{1,28}$"), pl.lit(False)
    written = pl.when(plain).then("cell").when(grouped).then(pl.col("cell").str.replace_all(",", "", literal=True))
    values = frame.select(written.alias("value"))["value"]
    odd = (values.is_null() & forms.is_not_null()).arg_true()
    if not odd.len():
        return values
    return values.scatter(odd, [number_of(cell, mark) for cell in forms.gather(odd).to_list()])


def number_of(text: str, mark: DecimalMark) -> str | None:
    """Read one number, also ``1'234``, ``￥5``, ``3.5万``, ``1.2E+03``, negative ``(5)`` and ``5-``; else ``None``."""
    if len(text) > _LONGEST:
        return None
    text = _AROUND.sub("", text.replace("−", "-").replace("–", "-"))
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if negative else text
    if text[:1] in ("-", "+"):
        negative ^= text[0] == "-"
        text = text[1:].strip()
    elif text[-1:] == "-":
        negative = not negative
        text = text[:-1].strip()
    power = 0
    if scaled := _SCALED.fullmatch(text):
        text, power = scaled[1], sum(_SCALES[char] for char in scaled[2].lower())
    digits = _ungrouped(re.sub(r"(?<=\d)[ '’_\u202f](?=\d{3})", "", text), mark)
    if digits is None:
        return None
    try:
        number = Decimal(digits).scaleb(power)
    except (InvalidOperation, ValueError):
        return None
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return None
    return f"{-number if negative else number:f}"


def _ungrouped(text: str, mark: DecimalMark) -> str | None:
    """Remove the marks between thousands and make the decimal mark a point."""
    if re.fullmatch(r"\d+(\.\d+)?[eE][+-]?\d{1,2}", text):
        return text
    if not re.fullmatch(r"[\d.,]*\d[\d.,]*", text):
        return None
    if "." in text and "," in text:
        mark = "." if text.rfind(".") > text.rfind(",") else ","
    whole, point, fraction = text.partition(mark or ".")
    other = "." if mark == "," else ","
    if other in fraction:
        return None
    if other in whole or (point and (mark or ".") in fraction):
        source, pattern_mark = (whole, mark or ".") if other in whole else (text, other)
        if not _GROUPS[pattern_mark].fullmatch(source):
            return None
        if source is text:
            whole, fraction = text, ""
    digits = re.sub(r"[.,]", "", whole)
    return f"{digits or '0'}.{fraction}" if fraction else digits or None


def _decimals(numbers: pl.Series, spec: FieldSpec) -> Outcome:
    """Make decimals of plain numbers; too many places or digits are refused rather than rounded."""
    point = numbers.str.find(".", literal=True)
    fine = (numbers.str.len_bytes() - point > spec.decimals + 1).fill_null(False)
    if fine.any():
        fine = (numbers.str.extract(r"\.(\d*?)0*$", 1).str.len_bytes() > spec.decimals).fill_null(False)
    values = numbers.cast(pl.Decimal(38, spec.decimals), strict=False)
    values = values.set(fine, None) if fine.any() else values
    whole_digits = spec.max_digits - spec.decimals
    large = (point.fill_null(numbers.str.len_bytes()) > whole_digits).fill_null(False)
    if large.any():
        large = (numbers.str.extract(r"^-?0*(\d*)", 1).str.len_bytes() > whole_digits).fill_null(False)
    codes = first_codes(
        codes_where(large, "out_of_range") if large.any() else None,
        codes_where(fine, "too_many_decimals") if fine.any() else None,
    )
    return Outcome(values.set(large, None) if large.any() else values, codes)


def parse_integer(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read whole numbers of 64 bits; ``12.0`` is one."""
    numbers = plain_numbers(cells, spec.decimal_mark or ".")
    whole = numbers.str.extract(r"^(-?[0-9]+)(?:\.0*)?$", 1)
    values = whole.cast(pl.Int64, strict=False)
    beyond = values.is_null() & whole.is_not_null()
    codes = codes_where(beyond, "out_of_range") if beyond.any() else None
    return Outcome(values, first_codes(codes, refused(cells, values, "bad_integer").codes))


def parse_decimal(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read exact decimals; a percentage may carry its sign."""
    if spec.kind == "percent":
        cells = ascii_forms(cells).str.replace(r"\s*%$", "")
    numbers = plain_numbers(cells, spec.decimal_mark or ".")
    values, codes = _decimals(numbers, spec)
    return Outcome(values, first_codes(codes, refused(cells, numbers, "bad_number").codes))


def parse_money(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read amounts with a currency symbol, code or name on either side, or none."""
    plain = cells.str.contains(_PLAIN)
    if plain.all() and spec.decimal_mark != ",":
        amounts, codes = _decimals(cells, spec)
        return Outcome(_with_currency(amounts, pl.lit(spec.currency or None, dtype=pl.String)), codes)
    currencies = pl.Series("currency", [spec.currency or None], dtype=pl.String).new_from_index(0, len(cells))
    unknown: pl.Series | None = None
    if not plain.all():
        forms = ascii_forms(cells)
        odd = (~plain).fill_null(False).arg_true()
        split = [_split_currency(cell, spec.currency) for cell in forms.gather(odd).to_list()]
        currencies = currencies.scatter(odd, [currency or spec.currency or None for _, currency in split])
        cells = forms.scatter(odd, [amount for amount, _ in split])
        known = {*_known_currencies(), None}
        foreign = ~currencies.is_in(list(known), nulls_equal=True)
        unknown = codes_where(foreign, "unknown_currency") if foreign.any() else None
    numbers = plain_numbers(cells, spec.decimal_mark or ".")
    amounts, codes = _decimals(numbers, spec)
    codes = first_codes(refused(cells, numbers, "bad_money").codes, unknown, codes)
    amounts = amounts if unknown is None else amounts.set(unknown.is_not_null(), None)
    return Outcome(_with_currency(amounts, currencies), codes)


def _with_currency(amounts: pl.Series, currencies: pl.Series | pl.Expr) -> pl.Series:
    frame = amounts.to_frame("amount").with_columns(currencies.alias("currency"))
    given = pl.when(pl.col("amount").is_not_null()).then(pl.struct("amount", "currency"))
    return frame.select(given.alias("value"))["value"]


def _split_currency(text: str, usual: str) -> tuple[str, str]:
    """Part an amount from its currency; a symbol of several currencies is taken for the usual one if that uses it."""
    found = _CURRENCY.search(text) if len(text) <= _LONGEST else None
    if found is None:
        return text, ""
    amount = f"{text[: found.start()]} {text[found.end() :]}".strip().strip("元").strip()
    if not re.search(r"\d", amount):
        return text, ""
    name = found[0].upper()
    if name in _SHARED_SYMBOLS:
        first, all_of_it = _SHARED_SYMBOLS[name]
        return amount, usual if usual in all_of_it else first
    return amount, _SYMBOLS.get(name, name)


@cache
def _known_currencies() -> frozenset[str]:
    return frozenset(list_currencies())
