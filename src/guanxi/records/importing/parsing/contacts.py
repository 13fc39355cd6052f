"""E-mail addresses, phone numbers and web addresses in their canonical forms."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers
import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberFormat

from guanxi.records.importing.parsing.spec import FieldSpec, Outcome, refused
from guanxi.records.importing.parsing.texts import ascii_forms

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = rf"^{_LOCAL}@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}})$"
_NAMED_EMAIL = re.compile(r"(?:[^<>]*<|mailto:)?\s*([^<>\s]+@[^<>\s]+?)\s*>?", re.IGNORECASE)
_URL = rf"^https?://(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9](?::\d{{1,5}})?(?:[/?#]\S*)?$"
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機)\s*[:：]?\s*")
_PLANS = 20
_URL_LENGTH = 2_000
_EMAIL_LENGTH = 254


def parse_email(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read e-mail addresses in lower case; ``Name <address>`` gives the address, foreign domains their ASCII form."""
    forms = ascii_forms(cells).str.to_lowercase()
    values = forms.set(~_is_email(forms), None)
    odd = (values.is_null() & cells.is_not_null()).arg_true()
    if odd.len():
        found = pl.Series("email", [_email_within(cell) for cell in forms.gather(odd).to_list()], dtype=pl.String)
        values = values.scatter(odd, found.set(~_is_email(found), None))
    return refused(cells, values, "bad_email")


def _is_email(forms: pl.Series) -> pl.Series:
    # An address has at most 254 characters, 64 of them before the sign (RFC 5321).
    fits = (forms.str.len_bytes() <= _EMAIL_LENGTH) & (forms.str.find("@", literal=True) <= 64)
    return (forms.str.contains(_EMAIL) & fits).fill_null(False)


def _email_within(text: str) -> str | None:
    named = _NAMED_EMAIL.fullmatch(text) if len(text) <= 2 * _EMAIL_LENGTH else None
    if named is None:
        return None
    local, _, domain = named[1].rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return None


def parse_phone(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read phone numbers as E.164.

    Numbers that are valid in the spec's region and written plainly are recognised by the patterns of phonenumbers'
    own metadata, column-wise; the others are parsed one by one, and refused unless their length is possible.
    """
    forms = ascii_forms(cells)
    values = _regular_numbers(forms, spec.region)
    odd = (values.is_null() & cells.is_not_null()).arg_true()
    if odd.len():
        values = values.scatter(odd, [phone_of(cell, spec.region) for cell in forms.gather(odd).to_list()])
    return refused(cells, values, "bad_phone")


def phone_of(text: str, region: str) -> str | None:
    """Read one phone number; ``None`` if it cannot be one. An extension is left out."""
    # Floats of a spreadsheet end in .0, and the library would take the zero for a digit.
    text = _EXTENSION.sub(" ext. ", text.removesuffix(".0"))
    if len(text) > 60:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _regular_numbers(forms: pl.Series, region: str) -> pl.Series:
    """Read valid numbers written plainly: those of the region, and those of other countries with their code."""
    cell = pl.col("cell")
    plain = pl.when(cell.str.contains(r"^\+?[0-9][0-9 ().-]*$")).then(cell.str.replace_all(r"[ ().-]", ""))
    frame = forms.to_frame("cell").select(plain.alias("plain"))
    found = pl.Series("phone", [None], dtype=pl.String).new_from_index(0, len(forms))
    for plan in _plans_of(frame["plain"], region):
        country, prefix, pattern = plan
        own = plan == _plan(region)
        national = pl.when(pl.col("plain").str.starts_with(f"+{country}")).then(
            pl.col("plain").str.slice(len(country) + 1)
        )
        if own:
            written = pl.col("plain").str.strip_prefix(prefix)
            national = national.when(~pl.col("plain").str.starts_with("+")).then(written)  # type: ignore[assignment]
        whole = pl.concat_str(pl.lit(f"+{country}"), "national")
        read = frame.select(national.alias("national")).select(
            pl.when(pl.col("national").str.contains(pattern)).then(whole).alias("phone")
        )["phone"]
        found = found.fill_null(read)
        if found.null_count() == forms.null_count():
            break
    return found


def _plans_of(plain: pl.Series, region: str) -> list[tuple[str, str, str]]:
    """Return the numbering plan of the region, then those of the few country codes that begin numbers here."""
    begins = plain.str.extract(r"^\+([0-9]{1,3})", 1).drop_nulls().value_counts(sort=True).head(_PLANS)
    codes = dict.fromkeys(text[:size] for text in begins.to_series(0).to_list() for size in (1, 2, 3))
    regions = [COUNTRY_CODE_TO_REGION_CODE[int(code)][0] for code in codes if int(code) in COUNTRY_CODE_TO_REGION_CODE]
    plans = [_plan(each) for each in (region, *regions)]
    return list(dict.fromkeys(plan for plan in plans if plan is not None))


@cache
def _plan(region: str) -> tuple[str, str, str] | None:
    """Country code, digits dialled before national numbers, and the pattern of valid ones, of a region."""
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        return None
    kinds = (metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.voip)
    patterns = [kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern]
    prefix = metadata.national_prefix or ""
    alternatives = (metadata.national_prefix_for_parsing or "").replace("(", "|").replace(")", "|").split("|")
    if metadata.national_prefix_transform_rule or (prefix and prefix not in alternatives):
        prefix = ""
    pattern = re.sub(r"\s+", "", f"^(?:{'|'.join(patterns)})$")
    return str(metadata.country_code), prefix, pattern


def parse_url(cells: pl.Series, spec: FieldSpec) -> Outcome:
    """Read web addresses (http and https only, the latter where none is given); the host is in lower case."""
    forms = ascii_forms(cells).str.replace(r"^(?i)(https?)://", "$1://")
    with_scheme = forms.to_frame("url").select(
        pl.when(pl.col("url").str.contains(r"^(?i)[a-z][a-z0-9+.-]*:(//|[^\d])"))
        .then("url")
        .otherwise(pl.lit("https://") + pl.col("url").str.strip_prefix("//"))
        .alias("url")
    )["url"]
    host = with_scheme.str.extract(r"^([^/]*//[^/?#]*)", 1)
    frame = pl.DataFrame({"url": with_scheme, "host": host})
    lowered = frame.select(
        (pl.col("host").str.to_lowercase() + pl.col("url").str.slice(pl.col("host").str.len_chars())).alias("url")
    )["url"]
    good = (lowered.str.contains(_URL) & (lowered.str.len_chars() <= _URL_LENGTH)).fill_null(False)
    return refused(cells, lowered.set(~good, None), "bad_url")
