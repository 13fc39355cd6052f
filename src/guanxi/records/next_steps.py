"""What is planned next for records of a type, as a feature above knows it: boards mark their cards by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guanxi.core.actor import Actor


@dataclass(frozen=True, slots=True)
class NextSteps:
    """Knows what is planned next for records of a type, and in which of their states something should be.

    ``read`` takes the actor and ids of records; it returns when the next thing is planned, or None where that has no
    date, for those records that have one; nothing at all where the actor may not know. ``expected`` names a choice
    field and the values in which a record without any is marked. ``made_as`` names the record type of such things and
    its reference to the record.
    """

    read: Callable[[Actor, Sequence[int]], Mapping[int, datetime | None] | None]
    expected: tuple[str, frozenset[str]]
    made_as: tuple[str, str]


_KNOWN: dict[str, NextSteps] = {}


def add_next_steps(type_name: str, steps: NextSteps) -> None:
    """Mark the cards of ``type_name`` by what is planned next."""
    _KNOWN[type_name] = steps


def next_steps_of(type_name: str) -> NextSteps | None:
    """Return what knows the next steps of a record type, or None."""
    return _KNOWN.get(type_name)
