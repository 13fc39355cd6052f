"""The groups of a list: their heads with counts and sums, and the rows of those that are open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from guanxi.records import listing
from guanxi.records.fields import Field
from guanxi.records.group_keys import Grouping, grouping_of
from guanxi.records.screens.asked import PAGE_SIZE, Listing
from guanxi.records.screens.group_words import group_color, group_words
from guanxi.records.screens.rows import rows_of
from guanxi.records.screens.sums import figure_words
from guanxi.records.summing import (
    ASKED_S,
    UNASKED_S,
    Figure,
    Group,
    TakesTooLong,
    added,
    read_group_list,
)
from guanxi.ui import formats
from guanxi.ui.list_page import Column, GroupHead

AT_ONCE = 6
"""Open groups whose rows come with the page; those below are asked for when they come into sight."""


@dataclass(frozen=True, slots=True)
class Groups:
    """A list in groups: their heads, how many rows they hold and how many came along, and sums where known."""

    heads: tuple[GroupHead, ...] = ()
    count: int = 0
    drawn: int = 0
    figures: dict[str, Figure] | None = None
    notice: str = ""


def read_grouped(found: Listing, heads: Sequence[Column], items: Sequence[Field], *, selectable: bool) -> Groups | None:
    """Return the groups of a list, or None where grouping its rows takes too long.

    One query for the groups, one to see whether sums are affordable, and one for each open group near the top.
    """
    grouping = grouping_of(found.record_type, found.look.group, found.actor)
    query = replace(found.query, after="")
    few = listing.count(found.record_type, query, found.actor).exact
    summed = items if few or found.state.full else []
    try:
        groups, is_cut = read_group_list(
            found.record_type, query, found.actor, grouping, summed, seconds=ASKED_S if found.state.full else UNASKED_S
        )
    except TakesTooLong:
        return None
    drawn, out, open_ones = 0, [], 0
    for group in groups:
        head = _head(found, group, grouping, heads, summed)
        if head.is_open and open_ones < AT_ONCE and drawn < PAGE_SIZE:
            head, number = _read_rows(found, head, group.key, heads, "", selectable=selectable)
            drawn, open_ones = drawn + number, open_ones + 1
        out.append(head)
    notice = _("The %(count)s largest groups are shown.") % {"count": formats.number(len(groups))} if is_cut else ""
    figures = {item.name: added([group.figures[item.name] for group in groups]) for item in summed} if summed else None
    return Groups(tuple(out), sum(group.count for group in groups), drawn, None if is_cut else figures, notice)


def group_rows(found: Listing, heads: Sequence[Column], key: str, after: str, *, selectable: bool) -> GroupHead:
    """Return the rows of one group after a cursor, with the address of those that follow."""
    head = GroupHead(key, "", "", (), rows_url=_rows_url(found, key))
    return _read_rows(found, head, key, heads, after, selectable=selectable)[0]


def _read_rows(
    found: Listing, head: GroupHead, key: str, heads: Sequence[Column], after: str, *, selectable: bool
) -> tuple[GroupHead, int]:
    query = replace(found.query, within=(found.look.group, key), after=after)
    page = listing.read_page(found.record_type, query, found.actor)
    more = f"{head.rows_url}&{urlencode({'next': page.next})}" if page.next else ""
    html = rows_of(found, page, heads, selectable=selectable)
    return replace(head, rows_html=html, more_url=more), len(page.rows)


def _head(
    found: Listing, group: Group, grouping: Grouping, heads: Sequence[Column], items: Sequence[Field]
) -> GroupHead:
    by_name = {item.name: item for item in items}
    return GroupHead(
        group.key, group_words(group, grouping), formats.number(group.count),
        tuple(_figures(group, heads, by_name)), group_color(group, grouping.field),
        group.key not in found.state.shut, rows_url=_rows_url(found, group.key),
    )  # fmt: skip


def _figures(group: Group, heads: Sequence[Column], items: dict[str, Field]) -> Iterator[tuple[str, str, str]]:
    for head in heads[1:]:
        item = items.get(head.name)
        yield figure_words(item, group.figures[head.name]) if item else ("", "", "")


def _rows_url(found: Listing, key: str) -> str:
    state = replace(found.state.first_page(), shut=())
    return f"{found.base}group?{urlencode([('key', key), *state.pairs()])}"
