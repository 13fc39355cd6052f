"""Layouts: which fields stand where on pages, forms, lists and boards, as an administrator arranged them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.records.declaration import RecordType, Section, is_writable
from guanxi.records.registry import CUSTOM
from guanxi.records.shaping.words import in_language

PLACES = ("columns", "highlights", "quick", "board_card")
MORE = "more"
_LONG = ("long_text", "json")


def laid_out(record_type: RecordType, added: Sequence[str], plan: Mapping[str, Any]) -> RecordType:
    """Return the declaration as ``plan`` arranges it; custom fields that no section names stand in one of their own.

    Names that the record type no longer has are left out, so that a layout outlives the fields it names.
    """
    changes: dict[str, Any] = {}
    for place in PLACES:
        if place in plan:
            changes[place] = _known(record_type, plan[place])
    if "board" in plan and (not plan["board"] or _is_board(record_type, plan["board"])):
        changes["board"] = plan["board"]
    if record_type.nav_group == CUSTOM:
        changes = {**_usual(record_type, added), **changes}
    sections = _sections(record_type, plan) if "sections" in plan else record_type.sections
    named = {name for section in sections for name in section.fields}
    named |= set(plan.get("left", ()))  # laid aside on purpose; what was added since stands on the page
    left = tuple(name for name in added if name not in named)
    if left and sections and record_type.nav_group == CUSTOM:
        sections = (replace(sections[0], fields=(*sections[0].fields, *left)), *sections[1:])
    elif left:
        sections = (*sections, Section(MORE, _("More"), left))
    return replace(record_type, sections=sections, _by_name={}, **changes)


def _usual(record_type: RecordType, added: Sequence[str]) -> dict[str, Any]:
    """Return where the fields of a custom record type stand while nobody has arranged them."""
    items = [record_type[name] for name in added]
    short = tuple(item.name for item in items if item.kind not in _LONG and not item.name.endswith("_currency"))
    entered = tuple(item.name for item in items if item.name in short and is_writable(item))
    board = next((item.name for item in items if item.kind == "choice"), "")
    return {
        "columns": ("name", *short[:6], "owner", *(() if short else ("created_at",))),
        "highlights": (*short[:5], "owner"), "quick": ("name", *entered[:4], "owner"), "board": board,
        "board_card": tuple(name for name in short if name != board)[:3],
    }  # fmt: skip


def _sections(record_type: RecordType, plan: Mapping[str, Any]) -> tuple[Section, ...]:
    declared = {section.key: section for section in record_type.sections}
    made: list[Section] = []
    for part in plan["sections"]:
        known = declared.get(part["key"])
        label = in_language(part["labels"]) if any(part.get("labels", {}).values()) else known.label if known else ""
        made.append(Section(part["key"], label, _known(record_type, part["fields"]), known.only if known else None))
    return tuple(made)


def _known(record_type: RecordType, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if record_type.get(name) is not None)


def _is_board(record_type: RecordType, name: str) -> bool:
    item = record_type.get(name)
    return item is not None and item.kind == "choice"
