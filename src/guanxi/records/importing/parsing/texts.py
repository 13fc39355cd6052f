"""Text cells: cleaned of what cannot be seen, and held to their length."""

from __future__ import annotations

import polars as pl

from guanxi.records.importing.parsing.spec import FieldSpec, Outcome, codes_where

# Control characters, marks of direction, zero-width and byte order marks; newline and tab are blanks.
_UNSEEN = r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
# The apostrophe that exports write before text that a spreadsheet would run, and the text that follows it.
_MARKED = r"^'([\s\"']*[=+\-@\uff1d\uff0b\u2212\uff0d\ufe63\ufe62\uff20\ufe6b\u207a\u207b])"
_UNUSUAL = _UNSEEN + r"|[\t\n\x0b\x0c\r\x85\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|  "


def raw_cells(series: pl.Series) -> pl.Series:
    """Return cells as text without blanks around them and without the apostrophe before =, +, - and @; empty ones null.

    Typed columns are written in the form that the parsers read: floats with the 15 digits that they carry, moments with
    a time zone in UTC with their offset.
    """
    dtype = series.dtype
    if dtype.is_float():
        text = series.round_sig_figs(15).cast(pl.String).str.replace(r"\.0$", "")
        series = text.set(text.is_in(["NaN", "inf", "-inf"]), None)
    elif isinstance(dtype, pl.Datetime):
        moments = series.dt.convert_time_zone("UTC") if dtype.time_zone else series
        series = moments.dt.to_string("%Y-%m-%d %H:%M:%S" + ("+00:00" if dtype.time_zone else ""))
    elif dtype == pl.Date:
        series = series.dt.to_string("%Y-%m-%d")
    elif dtype != pl.String:
        series = series.cast(pl.String)
    stripped = series.str.strip_chars()
    marked = stripped.str.starts_with("'").arg_true()
    if marked.len():
        stripped = stripped.scatter(marked, stripped.gather(marked).str.replace(_MARKED, "$1").str.strip_chars())
    empty = stripped.str.len_bytes() == 0
    return stripped.set(empty, None) if empty.any() else stripped


def ascii_forms(cells: pl.Series) -> pl.Series:
    """Write full-width digits, letters and punctuation in their usual width, where there are any."""
    wide = cells.str.len_bytes() != cells.str.len_chars()
    return cells.str.normalize("NFKC").str.strip_chars() if wide.any() else cells


def parse_text(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Remove what cannot be seen and make runs of blanks one (keeping the lines of a long text); compose accents."""
    values = cells
    unusual = cells.str.contains(_UNUSUAL).arg_true()
    if unusual.len():
        values = values.scatter(unusual, _cleaned(values.gather(unusual), spec.kind == "long_text"))
    foreign = (values.str.len_bytes() != values.str.len_chars()).arg_true()
    if foreign.len():
        values = values.scatter(foreign, values.gather(foreign).str.normalize("NFC"))
    if spec.max_length is None:
        return Outcome(values, None)
    long = values.str.len_chars() > spec.max_length
    return Outcome(values.set(long, None), codes_where(long, "too_long")) if long.any() else Outcome(values, None)


def _cleaned(cells: pl.Series, has_lines: bool) -> pl.Series:
    seen = cells.str.replace_all(_UNSEEN, "")
    if has_lines:
        seen = seen.str.replace_all(r"\r\n?", "\n").str.replace_all(r"[^\S\n]+(\n|$)", "$1")
    else:
        seen = seen.str.replace_all(r"\s+", " ")
    seen = seen.str.strip_chars()
    return seen.set(seen.str.len_bytes() == 0, None)


def parse_tags(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Split cells at commas, semicolons and bars of either width into distinct tags."""
    cleaned = parse_text(cells.str.replace_all(r"[;|、，；\n]", ","), FieldSpec("text")).values
    tags = (
        cleaned.str.split(",")
        .to_frame("tags")
        .select(
            pl.col("tags")
            .list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != ""))
            .list.unique(maintain_order=True)
        )["tags"]
    )
    if spec.max_length is None:
        return Outcome(tags, None)
    long = tags.list.eval(pl.element().str.len_chars() > spec.max_length).list.any()
    return Outcome(tags.set(long, None), codes_where(long, "too_long")) if long.any() else Outcome(tags, None)
