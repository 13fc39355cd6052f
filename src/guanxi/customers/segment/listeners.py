"""Counts a segment when its rule or its owner changes, whichever way that came in."""

from __future__ import annotations

from guanxi.customers.segment.services import refresh_soon
from guanxi.records.changes import listen
from guanxi.records.models import Change

_MATTERS = {"definition", "owner", "kind"}


@listen("segment")
def count_again(change: Change) -> None:
    """Count after a change that may have changed the members."""
    if change.verb == "restored" or _MATTERS & change.fields.keys():
        refresh_soon(change.record_id)
