"""Addresses of the generated pages. Rows need thousands of them, so they are put together from one looked-up base."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse

from guanxi.records.declaration import RecordType

_PLACEHOLDER = 918_273_645


def list_url(record_type: RecordType) -> str:
    """Return the address of the list of a record type."""
    return _base(record_type.name)


def record_url(record_type: RecordType, record_id: int) -> str:
    """Return the address of one record."""
    return f"{_base(record_type.name)}{record_id}"


def part_url(record_type: RecordType, record_id: int, part: str) -> str:
    """Return the address of a part of one record: ``edit``, ``peek``, ``field/<name>`` …"""
    return f"{_base(record_type.name)}{record_id}/{part}"


def page_url(record_type: RecordType, page: str) -> str:
    """Return the address of another page of the type: ``new``, ``board``, ``export`` …"""
    return f"{_base(record_type.name)}{page}"


def with_origin(url: str, origin: str) -> str:
    """Return ``url`` with the list state that the reader comes from, so that previous and next follow that list."""
    return f"{url}?from={quote(origin, safe='')}" if origin else url


@lru_cache(maxsize=256)
def figure_url(figure: str) -> tuple[str, str] | None:
    """Return what stands before and after the customer's id in the address of the rows behind a figure.

    None where this installation has no such page.
    """
    try:
        before, _sep, after = reverse("figure.rows", args=(figure, _PLACEHOLDER)).partition(str(_PLACEHOLDER))
    except NoReverseMatch:
        return None
    return before, after


@lru_cache(maxsize=256)
def _base(name: str) -> str:
    return reverse(f"{name}.list")
