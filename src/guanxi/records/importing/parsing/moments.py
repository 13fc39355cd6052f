"""Dates and moments, in ISO form or as people of different countries write them."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

import polars as pl

from guanxi.records.importing.parsing.spec import DateOrder, FieldSpec, Outcome, codes_where, first_codes, refused
from guanxi.records.importing.parsing.texts import ascii_forms

_LONGEST = 60
_TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S%.f")
_ORDERS = {"ymd": "%Y-%m-%d", "dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y"}
_MONTH_FIRST_REGIONS = frozenset({"US", "PH", "FM", "PW", "MH"})
_NUMBERS = r"^(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*日?[T\s]*([\d:.]*)$"
_OFFSET = (
    r"^([12]\d{3}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?)"
    r"(?:[Zz]|([+-])([01]\d|2[0-3]):?([0-5]\d))$"
)
_SHORT = re.compile(
    r"(\d{1,4})[-/.年 ]+(\d{1,2}|[a-z]{3,9}\.?)[-/.月, ]+(\d{1,4})\s*日?(?:[t, ]+(.*)|(\d.*))?", re.IGNORECASE
)
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[t, ]+(.*))?", re.IGNORECASE)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_CLOCK = re.compile(
    r"(?:(am|pm|上午|下午|晚上|中午)\s*)?(\d{1,2})[:时點点](\d{1,2})?分?(?:[:]?(\d{1,2})秒?)?(?:\.(\d{1,6})\d*)?"
    r"\s*(am|pm)?\s*"
    r"(z|utc|gmt|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - serial days of a sheet have no time zone


def date_order_of(cells: pl.Series) -> DateOrder:
    """Tell whether days or months come first, by the cells that leave no doubt; ``""`` if none does."""
    parts = ascii_forms(cells).str.extract_groups(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ]\d{2,4}").struct.unnest()
    first, second = parts.to_series(0).cast(pl.Int32), parts.to_series(1).cast(pl.Int32)
    if first.null_count() == len(cells):
        return "ymd"
    day_first, month_first = int((first > 12).sum()), int((second > 12).sum())
    if day_first == month_first:
        return ""
    return "dmy" if day_first > month_first else "mdy"


def usual_order(region: str) -> DateOrder:
    """Return the order that people of a region write day and month in, for columns that leave it open."""
    return "mdy" if region in _MONTH_FIRST_REGIONS else "dmy"


def parse_date(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read calendar dates; the time of a moment is dropped."""
    local, utc = _moments(cells, spec.date_order or usual_order(spec.region))
    here = utc.dt.convert_time_zone(spec.time_zone).dt.replace_time_zone(None)
    values = local.fill_null(here).dt.date() if here.null_count() < len(here) else local.dt.date()
    return refused(cells, values, "bad_date")


def parse_datetime(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read moments as UTC. Without an offset they are those of the spec's time zone, the earlier one where a clock hour
    comes twice; an hour that the clocks leave out is refused."""
    local, utc = _moments(cells, spec.date_order or usual_order(spec.region))
    placed = local.dt.replace_time_zone(spec.time_zone, ambiguous="earliest", non_existent="null")
    left_out = placed.is_null() & local.is_not_null()
    values = placed.dt.convert_time_zone("UTC").fill_null(utc)
    codes = codes_where(left_out, "no_such_time") if left_out.any() else None
    return Outcome(values, first_codes(codes, refused(cells, values, "bad_datetime").codes))


def _moments(cells: pl.Series, order: DateOrder) -> tuple[pl.Series, pl.Series]:
    """Return ``(local, utc)``: moments without and with an offset. The regular forms are read column-wise."""
    utc = _moments_with_offset(cells)
    read = utc.is_not_null()
    if read.all():
        return pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(cells)), utc
    local, others = _moments_as_written(cells.set(read, None) if read.any() else cells, order)
    return local, utc.fill_null(others)


def _moments_with_offset(cells: pl.Series) -> pl.Series:
    """Read the ISO form with seconds and an offset, which programs write; null for all other cells."""
    if not cells.str.contains(_OFFSET).any():
        return pl.Series([None], dtype=pl.Datetime("us", "UTC")).new_from_index(0, len(cells))
    parts = cells.to_frame("cell").select(
        pl.col("cell").str.extract(_OFFSET, number).alias(name)
        for number, name in enumerate(("day", "clock", "sign", "hours", "minutes"), 1)
    )
    local = pl.concat_str("day", pl.lit(" "), "clock").str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"
    )
    hours, minutes = (pl.col(name).cast(pl.Int64).fill_null(0) for name in ("hours", "minutes"))
    away = pl.duration(hours=hours, minutes=minutes)
    moment = pl.when(pl.col("sign") == "-").then(local + away).otherwise(local - away)
    return parts.select(moment.dt.replace_time_zone("UTC").cast(pl.Datetime("us", "UTC")).alias("utc"))["utc"]


def _moments_as_written(cells: pl.Series, order: DateOrder) -> tuple[pl.Series, pl.Series]:
    values = cells.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    utc = pl.Series([None], dtype=pl.Datetime("us", "UTC")).new_from_index(0, len(cells))
    if values.null_count() == cells.null_count():
        return values, utc
    uniform = ascii_forms(cells).str.replace(_NUMBERS, "$1-$2-$3 $4").str.strip_chars_end()
    dates = [_ORDERS["ymd"]] if order == "ymd" else [_ORDERS["ymd"], _ORDERS[order]]
    for pattern in [date + time for date in dates for time in _TIMES]:
        read = uniform.str.to_datetime(pattern, strict=False, time_unit="us")
        # A year of two digits would be read as one of the first century.
        values = values.fill_null(read.set((read.dt.year() < 1000).fill_null(False), None))
        if values.null_count() == cells.null_count():
            return values, utc
    odd = (values.is_null() & cells.is_not_null()).arg_true()
    found = [moment_of(cell, order) for cell in ascii_forms(cells.gather(odd)).to_list()]
    values = values.scatter(odd, [moment if moment and moment.tzinfo is None else None for moment in found])
    return values, utc.scatter(odd, [moment if moment and moment.tzinfo else None for moment in found])


def moment_of(text: str, order: DateOrder) -> datetime | None:
    """Read a moment of a less regular form: offset, name of a month, year of two digits, ``下午3:05``, serial day."""
    if len(text) > _LONGEST:
        return None
    try:
        if _SERIAL.fullmatch(text):
            return _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
        if compact := _COMPACT.fullmatch(text):
            return datetime(*[int(part or 0) for part in compact.groups()])  # type: ignore[arg-type] # noqa: DTZ001
        if named := _MONTH_FIRST.fullmatch(text):
            return _assembled(named[3], named[1], named[2], named[4])
        if parts := _SHORT.fullmatch(text):
            first, second, third = parts[1], parts[2], parts[3]
            if len(first) > 2:
                return _assembled(first, second, third, parts[4] or parts[5])
            day, month = (second, first) if order == "mdy" and second.isdigit() else (first, second)
            return _assembled(third, month, day, parts[4] or parts[5])
    except (ValueError, OverflowError, KeyError):
        return None
    return None


def _assembled(year: str, month: str, day: str, clock: str | None) -> datetime | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number > 69 else 2000
    if number < 1000:
        return None
    in_year = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    moment = datetime(number, in_year, int(day))  # noqa: DTZ001
    return moment if not clock else _with_clock(moment, clock.strip())


def _with_clock(moment: datetime, clock: str) -> datetime | None:
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    half = (found[1] or found[6] or "").lower()
    hour = int(found[2])
    if half in ("pm", "下午", "晚上", "中午") and hour < 12:
        hour += 12
    elif half in ("am", "上午") and hour == 12:
        hour = 0
    moment = moment.replace(hour=hour, minute=int(found[3] or 0), second=int(found[4] or 0))
    moment = moment.replace(microsecond=int((found[5] or "0").ljust(6, "0")))
    offset = (found[7] or "").lower()
    if not offset:
        return moment
    if offset[0] in "zug":
        return moment.replace(tzinfo=UTC)
    sign = -1 if offset[0] == "-" else 1
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return (moment - sign * away).replace(tzinfo=UTC)
