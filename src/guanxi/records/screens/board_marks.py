"""What is planned next for the records on a board: a sign on each card, a warning where something should be planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.next_steps import next_steps_of
from guanxi.records.registry import find_record_type
from guanxi.records.screens import places
from guanxi.ui import formats
from guanxi.ui.list_page import Card


def marked(record_type: RecordType, actor: Actor, cards: Sequence[Card]) -> tuple[Card, ...]:
    """Return ``cards`` with the sign of what is planned next for their records; one query for all of them."""
    steps = next_steps_of(record_type.name)
    target = find_record_type(steps.made_as[0]) if steps else None
    if steps is None or target is None or not cards or not actor.may("view", target.name):
        return tuple(cards)
    planned = steps.read(actor, [int(card.id) for card in cards])
    if planned is None:
        return tuple(cards)
    add = ""
    if actor.may("create", target.name) and actor.edits_field(*steps.made_as):
        add = f"{places.page_url(target, 'quick')}?stay=list&{steps.made_as[1]}="
    return tuple(_marked(card, planned, add) for card in cards)


def expects_next(record_type: RecordType, row: Mapping[str, Any]) -> bool:
    """Say whether something should be planned for the record of a row."""
    steps = next_steps_of(record_type.name)
    return steps is not None and row.get(steps.expected[0]) in steps.expected[1]


def _marked(card: Card, planned: Mapping[int, datetime | None], add: str) -> Card:
    if int(card.id) in planned:
        return _planned(card, planned[int(card.id)])
    if not card.needs_next:
        return card
    return replace(card, next_icon="triangle-alert", next_tone="due", next_label=_("Nothing is planned"),
                   next_url=f"{add}{card.id}" if add else "")  # fmt: skip


def _planned(card: Card, due: datetime | None) -> Card:
    if due is None:
        return replace(card, next_icon="square-check", next_label=_("Planned without a date"))
    label = _("Next: %(when)s") % {"when": formats.moment(due)}
    if due < timezone.now():
        return replace(card, next_icon="clock", next_tone="late", next_label=f"{label} · {_('late')}")
    is_today = timezone.localtime(due).date() == timezone.localdate()
    return replace(card, next_icon="square-check", next_tone="due" if is_today else "", next_label=label)
