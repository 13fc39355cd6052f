"""The related lists on the right side of a record."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.text import capfirst

from guanxi.core.actor import Actor
from guanxi.records.columns import Row
from guanxi.records.declaration import RecordType, Related
from guanxi.records.fields import Field
from guanxi.records.related import RelatedRows, read_related
from guanxi.records.screens import cells, places
from guanxi.records.screens.quick_text import quick_text
from guanxi.records.screens.reading import title_text
from guanxi.records.screens.state import ListState
from guanxi.ui import formats
from guanxi.ui.parts import Chip
from guanxi.ui.record_page import RelatedItem, SideCard


def related_cards(
    record_type: RecordType, record_id: int, actor: Actor, limit: int = 5, drawn: Collection[str] = ()
) -> Iterator[SideCard]:
    """Yield a card for each declared related list whose type the actor may see; one or two queries each.

    A list whose key is in ``drawn`` is drawn by somebody else: its card has the head and no items.
    """
    for relation in record_type.related:
        found = read_related(relation, record_id, actor, limit)
        if found is not None:
            yield _card(relation, record_id, found, actor, is_drawn=relation.key in drawn)


def related_url(relation: Related, target: RecordType, record_id: int) -> str:
    """Return the address of the whole related list: the list of its type, filtered by the reference."""
    view = target.views[0].key if target.views else ""
    return ListState(view=view, conditions=(f"{relation.through}:in:{record_id}",), tree="").url(
        places.list_url(target)
    )


def _card(relation: Related, record_id: int, found: RelatedRows, actor: Actor, *, is_drawn: bool) -> SideCard:
    target = found.record_type
    create = ""
    if target.creatable and actor.may("create", target.name) and actor.edits_field(target.name, relation.through):
        create = f"{places.page_url(target, 'quick')}?{relation.through}={record_id}&stay=1"
    more = found.count > len(found.rows)
    count = f"{formats.number(found.count)}{'' if found.counted_all else '+'}" if found.count else ""
    items = () if is_drawn else tuple(_item(target, found, row) for row in found.rows)
    return SideCard(
        capfirst(str(relation.label)), relation.key, items, count,
        all_url=related_url(relation, target, record_id) if more else "", create_url=create, icon=target.icon,
    )  # fmt: skip


def _item(target: RecordType, found: RelatedRows, row: Row) -> RelatedItem:
    """Show the title, the first picklist value as a chip, and the first other value at the end of the line."""
    chip: Chip | None = None
    metas: list[str] = []
    label = title_text(target, row)
    for item in found.columns:
        if item.name == target.title or row.get(item.name) in (None, "", []):
            continue
        if item.kind == "choice" and chip is None:
            chip = cells.chip_of(item, str(row[item.name]))
        elif _is_name(item):
            label = str(row[item.name]["label"] or label)
        elif len(metas) < 2:
            metas.append(quick_text(item, row[item.name]))
    return RelatedItem(label, places.record_url(target, row["id"]), target.icon, meta=" · ".join(metas), chip=chip,
                       peek_url=places.part_url(target, row["id"], "peek"))  # fmt: skip


def _is_name(item: Field) -> bool:
    """The other end of a relationship says more than its kind."""
    return item.kind == "reference" and item.name == "other"
