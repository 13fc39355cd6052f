"""Views of the past: a record and a list as of an instant, and two instants compared. They only read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, Invalid
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.listing import COUNT_LIMIT, Amount, Page
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer, frame_record
from guanxi.records.screens.asked import PAGE_SIZE, Listing, open_listing
from guanxi.records.screens.list_page import amount_text
from guanxi.records.screens.reading import title_text
from guanxi.records.screens.state import ListState
from guanxi.records.summing import summed_columns
from guanxi.records.time_machine.answerable import sentence_of, split_kept, unkept_in_filter
from guanxi.records.time_machine.comparing import compare_lists, compare_record, counts_days
from guanxi.records.time_machine.lists import count_as_of, figures_as_of, past_sort, read_page_as_of
from guanxi.records.time_machine.moments import PARAMETER, input_value, parse_moment
from guanxi.records.time_machine.past import looking_back
from guanxi.records.time_machine.past_pages import (
    compared,
    control,
    difference_fields,
    past_list,
    past_record_page,
    shown_names,
)
from guanxi.records.time_machine.records import read_record_as_of
from guanxi.ui import formats
from guanxi.ui.shell import Crumb


def asked_moment(request: HttpRequest, name: str, actor: Actor, usual: datetime) -> tuple[datetime, str]:
    """Return the instant in the address, or ``usual`` with a sentence where it can't be read."""
    text = request.GET.get(name, "")
    if not text:
        return usual, ""
    try:
        return parse_moment(text, actor.time_zone, name), ""
    except Invalid as refusal:
        return usual, " ".join(word for words in refusal.errors.values() for word in words)


def show_record_as_of(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Show a record as it stood; the address names the instant."""
    actor = actor_of(request)
    at, refusal = asked_moment(request, PARAMETER, actor, datetime.now(UTC))
    found = read_record_as_of(record_type, record_id, shown_names(record_type, actor), actor, at)
    page = past_record_page(record_type, record_id, found, at, actor)
    url = places.record_url(record_type, record_id)
    lost = [item.title() for item in record_type.visible_fields(actor)
            if item.name not in shown_names(record_type, actor) and item.kind != "json"]  # fmt: skip
    context = {
        "record": page, "control": control(url, at, actor, (), "" if found.deleted_at else url, f"{url}/compare"),
        "found": found, "refusal": refusal, "at": at, "lost": sentence_of(lost) if lost else "",
    }  # fmt: skip
    frame_record(request, record_type, page.title)
    return answer(request, "time_machine/record.html", context)


@signed_in
@require_GET
def show_list_as_of(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show a list as it stood: the state of the list in the address, and the instant."""
    actor = actor_of(request)
    at, refusal = asked_moment(request, PARAMETER, actor, datetime.now(UTC))
    found = open_listing(record_type, actor, ListState.read(request.GET))
    base = places.page_url(record_type, "as-of")
    state = found.state.first_page()
    pairs = tuple(state.pairs())
    back = state.url(places.list_url(record_type))
    context = {
        "control": control(base, at, actor, pairs, back, places.page_url(record_type, "compare")), "refusal": refusal,
        "record_type": record_type, "title": found.view.label, "at": at, "list": None, "without_filter": "",
    }  # fmt: skip
    frame_record(request, record_type, _("As of %(when)s") % {"when": formats.moment(at)})
    try:
        found, notes = _answerable(found)
        with looking_back(at, actor):
            page = _page(found, at)
            amount = count_as_of(record_type, found.query, actor, at) if page.next or state.page > 1 else None
            few = amount is None or amount.exact
            summed = summed_columns(page.columns) if few and page.rows else []
            figures = figures_as_of(record_type, found.query, actor, at, summed)
        count = _count_text(record_type, amount or Amount(len(page.rows), exact=True))
        context["list"] = past_list(found, page, count, notes, at, base, figures)
    except DomainError as sentence:
        context["refusal"] = _sentence(sentence)
        context["without_filter"] = f"{base}?f=&{PARAMETER}={input_value(at, actor.time_zone)}"
        return answer(request, "time_machine/list.html", context, 422)
    return answer(request, "time_machine/list.html", context)


def _count_text(record_type: RecordType, amount: Amount) -> str:
    """Return the exact number, or the limit of counting: the planner can only guess at what was."""
    if amount.exact:
        return amount_text(record_type, amount)
    words = {"number": formats.number(COUNT_LIMIT), "records": record_type.plural}
    return _("more than %(number)s %(records)s") % words


def _sentence(refusal: DomainError) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(word for words in refusal.errors.values() for word in words)
    return str(refusal)


def _answerable(found: Listing) -> tuple[Listing, list[str]]:
    """Return the list with what the past can show of it, and sentences on what was left out; raises ``Invalid``."""
    record_type, actor, look = found.record_type, found.actor, found.look
    lost = unkept_in_filter(record_type, look.filter, actor)
    if lost:
        raise Invalid({"filter": [sentence_of(lost)]})
    columns, left_out = split_kept(record_type, look.columns, actor)
    title = split_kept(record_type, (record_type.title,), actor)[0]
    extra = tuple(
        name for name in record_type.columns if name in split_kept(record_type, record_type.columns, actor)[0]
    )
    columns = tuple(dict.fromkeys((*title, *columns, *extra)))
    notes = [sentence_of(record_type[name].title() for name in left_out)] if left_out else []
    shown = replace(look, columns=columns, sort=past_sort(record_type, actor, look.sort))
    return replace(found, look=shown), notes


def _page(found: Listing, at: datetime) -> Page:
    query = replace(found.query, limit=PAGE_SIZE)
    return read_page_as_of(found.record_type, query, found.actor, at)


@signed_in
@require_GET
def show_list_comparison(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show what came into a list, went out of it and changed between two instants."""
    actor = actor_of(request)
    now = datetime.now(UTC)
    first, wrong = asked_moment(request, "from", actor, now - timedelta(days=7))
    second, also = asked_moment(request, "to", actor, now)
    found = open_listing(record_type, actor, ListState.read(request.GET))
    first, second = min(first, second), max(first, second)
    state = found.state.first_page()
    context = {
        "record_type": record_type, "title": found.view.label, "parts": None, "refusal": wrong or also, "note": "",
        "first": first, "second": second, "hidden": tuple(state.pairs()), "action": request.path,
        "from_value": input_value(first, actor.time_zone), "to_value": input_value(second, actor.time_zone),
        "back_url": state.url(places.list_url(record_type)), "newest": input_value(now, actor.time_zone),
    }  # fmt: skip
    frame_record(request, record_type, _("Compare two times"))
    try:
        lost = unkept_in_filter(record_type, found.look.filter, actor)
        if lost:
            raise Invalid({"filter": [sentence_of(lost)]})
        if counts_days(found.look.filter):
            context["note"] = _("Days counted from today are counted at each time from the day it lies on.")
        context["parts"] = compared(
            record_type, compare_lists(record_type, found.query, actor, first, second), actor, first, second
        )
    except DomainError as sentence:
        context["refusal"] = _sentence(sentence)
        return answer(request, "time_machine/compare.html", context, 422)
    return answer(request, "time_machine/compare.html", context)


@signed_in
@require_GET
def show_record_comparison(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Show how one record differs between two instants."""
    actor = actor_of(request)
    access.require_may(actor, "view", record_type)
    now = datetime.now(UTC)
    first, wrong = asked_moment(request, "from", actor, now - timedelta(days=7))
    second, also = asked_moment(request, "to", actor, now)
    first, second = min(first, second), max(first, second)
    found = compare_record(record_type, record_id, actor, first, second)
    row = found.after.row or found.before.row
    title = title_text(record_type, dict(row)) if row and record_type.title in row else f"#{record_id}"
    url = places.record_url(record_type, record_id)
    context = {
        "record_type": record_type, "title": title, "refusal": wrong or also, "first": first, "second": second,
        "hidden": (), "action": request.path, "from_value": input_value(first, actor.time_zone),
        "to_value": input_value(second, actor.time_zone), "newest": input_value(now, actor.time_zone),
        "back_url": "" if found.after.deleted_at else url, "found": found,
        "fields": list(
            difference_fields(record_type, found.names, found.before.row or {}, found.after.row or {}, actor)
        ),
    }  # fmt: skip
    frame_record(request, record_type, _("Compare two times"), (Crumb(capfirst(title), url),))
    return answer(request, "time_machine/compare_record.html", context)
