"""Previous and next record of the list that the reader came from."""

from __future__ import annotations

from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records import listing
from guanxi.records.declaration import RecordType
from guanxi.records.screens import places
from guanxi.records.screens.asked import PAGE_SIZE, open_listing
from guanxi.records.screens.state import ListState
from guanxi.ui import formats
from guanxi.ui.record_page import Neighbours


def neighbours(record_type: RecordType, record_id: int, actor: Actor, origin: str) -> Neighbours | None:
    """Return the records before and after this one in the list whose address state is ``origin``.

    Walks over the edge of the page into the page before or after. None when the record is no longer in that part of
    the list. Three short queries at most.
    """
    try:
        found = open_listing(record_type, actor, ListState.read(QueryDict(origin)))
        query = replace(found.query, columns=())
        page = listing.read_page(record_type, query, actor)
    except Invalid:
        return None
    ids = [row["id"] for row in page.rows]
    if record_id not in ids:
        return None
    at = ids.index(record_id)
    state = found.state
    before = _step(record_type, ids[at - 1], state) if at else ""
    after = _step(record_type, ids[at + 1], state) if at + 1 < len(ids) else ""
    if not at and state.page > 1:
        earlier = state.previous_page()
        last = listing.read_page(record_type, replace(query, after=earlier.after), actor).rows
        before = _step(record_type, last[-1]["id"], earlier) if last else ""
    if not after and page.next:
        later = state.next_page(page.next)
        first = listing.read_page(record_type, replace(query, after=later.after, limit=1), actor).rows
        after = _step(record_type, first[0]["id"], later) if first else ""
    place = (state.page - 1) * PAGE_SIZE + at + 1
    amount = listing.count(record_type, query, actor)
    of = formats.number(amount.number) if amount.exact else f"{formats.number(listing.COUNT_LIMIT)}+"
    return Neighbours(_("%(place)s of %(count)s") % {"place": formats.number(place), "count": of}, before, after)


def _step(record_type: RecordType, record_id: int, state: ListState) -> str:
    return places.with_origin(places.record_url(record_type, record_id), state.query() or "page=1")
