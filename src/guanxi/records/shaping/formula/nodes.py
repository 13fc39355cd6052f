"""What a formula consists of once it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Type = Literal["number", "text", "date", "datetime", "boolean", "blank"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, truth value or nothing, as it is written."""

    value: Decimal | str | bool | date | None


@dataclass(frozen=True, slots=True)
class Name:
    """A field of the record, by its name or label as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator with what it is applied to."""

    name: str
    parts: tuple[Node, ...]


Node = Constant | Name | Call


def names_in(node: Node) -> Iterator[str]:
    """Yield the fields that a formula names."""
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Name):
            yield part.text
        elif isinstance(part, Call):
            waiting.extend(part.parts)
