"""Views of bulk actions: ask with the exact number, act in one transaction, offer to take it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from guanxi.core.errors import Invalid, NotAllowed
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.bulk import BulkResult, bulk_fields, change_many, delete_many, sample_titles, selected
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer, say_later
from guanxi.records.screens.forms import MANY_VALUED
from guanxi.records.screens.inputs import form_field
from guanxi.records.screens.selection import Chosen, read_chosen, read_token
from guanxi.records.values import parse_value
from guanxi.ui import formats
from guanxi.ui.parts import Option
from guanxi.ui.record_page import FormField


@dataclass(frozen=True, slots=True)
class BulkDialog:
    """The question before a bulk action: how many rows, which ones for example, and what to set."""

    title: str
    sentences: tuple[str, ...]
    action: str
    token: str
    submit: str
    fields: tuple[FormField, ...] = ()
    refresh_url: str = ""
    error: str = ""
    danger: bool = False


@signed_in
@require_http_methods(["GET", "POST"])
def bulk_edit(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Ask for field and value (GET); set the value for all selected rows (POST)."""
    actor = actor_of(request)
    access.require_may(actor, "edit", record_type)
    if request.method == "GET":
        chosen = _chosen(request, record_type)
        return answer(request, "records/bulk_dialog.html", {"dialog": _edit_dialog(request, record_type, chosen)})
    chosen, agreed = read_token(record_type, actor, request.POST.get("selection", ""))
    try:
        _same_number(record_type, request, chosen, agreed, "edit")
        item = _field(record_type, request, request.POST.get("field", ""))
        value = _value(item, request.POST, actor.time_zone)
        mode = request.POST.get("mode", "set")
        result = change_many(record_type, chosen.selection(record_type, actor), actor, item.name, value, mode=mode)
    except (Invalid, ValueError) as refusal:
        dialog = _edit_dialog(request, record_type, chosen, _sentence(refusal))
        return answer(request, "records/bulk_dialog.html", {"dialog": dialog}, 422)
    return _done(request, record_type, result, _("Changed %(field)s of %(count)s %(records)s"), item.title())


@signed_in
@require_http_methods(["GET", "POST"])
def bulk_delete(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Ask with the exact number (GET); put all selected rows in the bin (POST)."""
    actor = actor_of(request)
    access.require_may(actor, "delete", record_type)
    if request.method == "GET":
        dialog = _delete_dialog(request, record_type, _chosen(request, record_type))
        return answer(request, "records/bulk_dialog.html", {"dialog": dialog})
    chosen, agreed = read_token(record_type, actor, request.POST.get("selection", ""))
    try:
        _same_number(record_type, request, chosen, agreed, "delete")
    except Invalid as refusal:
        dialog = _delete_dialog(request, record_type, chosen, _sentence(refusal))
        return answer(request, "records/bulk_dialog.html", {"dialog": dialog}, 422)
    result = delete_many(record_type, chosen.selection(record_type, actor), actor)
    return _done(request, record_type, result, _("Deleted %(count)s %(records)s"))


def _chosen(request: HttpRequest, record_type: RecordType) -> Chosen:
    """Return the selection sent by the list, or the one carried along when the dialog is asked for again."""
    token = request.GET.get("selection", "")
    return read_token(record_type, actor_of(request), token)[0] if token else read_chosen(request.GET)


def _question(request: HttpRequest, record_type: RecordType, chosen: Chosen, verb: str) -> tuple[int, tuple[str, ...]]:
    """Return how many rows the action will reach, and the sentences that say so with examples."""
    actor = actor_of(request)
    rows = selected(record_type, chosen.selection(record_type, actor), actor, verb)
    count = rows.count()
    names = ", ".join(sample_titles(rows, record_type))
    more = _("%(names)s and %(count)s more") % {"names": names, "count": formats.number(count - 3)}
    named = more if count > 3 else names
    missing = len(chosen.ids) - count if chosen.where is None else 0
    if missing <= 0:
        return count, (named,)
    stay = ngettext(
        "%(count)s selected record is not yours to change and stays as it is.",
        "%(count)s selected records are not yours to change and stay as they are.", missing,
    )  # fmt: skip
    return count, (named, stay % {"count": missing})


def _edit_dialog(request: HttpRequest, record_type: RecordType, chosen: Chosen, error: str = "") -> BulkDialog:
    actor = actor_of(request)
    count, sentences = _question(request, record_type, chosen, "edit")
    sent: QueryDict = request.POST if request.method == "POST" else request.GET
    fields = bulk_fields(record_type, actor)
    if not fields:
        raise NotAllowed
    wanted = sent.get("field") or record_type.board or "owner"
    item = next((item for item in fields if item.name == wanted), fields[0])
    options = tuple(Option(each.name, each.title()) for each in fields)
    inputs = [FormField("field", _("Field"), "choice", value=item.name, options=options, required=True, wide=True)]
    typed = sent.getlist("value") if item.kind in MANY_VALUED else sent.get("value")
    value = replace(
        form_field(replace(item, required=False), actor, typed, name="value"), label=_("New value"), wide=True
    )
    if item.kind in MANY_VALUED:
        modes = (
            Option("add", _("Add these")),
            Option("remove", _("Remove these")),
            Option("set", _("Replace by these")),
        )
        inputs.append(FormField("mode", _("What to do"), "choice", value=sent.get("mode", "add"), options=modes,
                                required=True, wide=True))  # fmt: skip
    words = {"count": formats.number(count), "records": record_type.plural}
    return BulkDialog(
        _("Edit %(count)s %(records)s") % words, sentences, places.page_url(record_type, "bulk/edit"),
        chosen.token(record_type, actor, count), _("Change %(count)s %(records)s") % words, (*inputs, value),
        refresh_url=places.page_url(record_type, "bulk/edit"), error=error,
    )  # fmt: skip


def _delete_dialog(request: HttpRequest, record_type: RecordType, chosen: Chosen, error: str = "") -> BulkDialog:
    count, sentences = _question(request, record_type, chosen, "delete")
    words = {"count": formats.number(count), "records": record_type.plural}
    title = _("Delete %(count)s %(records)s") % words
    return BulkDialog(
        title, (*sentences, _("They can be restored for 30 days.")), places.page_url(record_type, "bulk/delete"),
        chosen.token(record_type, actor_of(request), count), title, error=error, danger=True,
    )  # fmt: skip


def _same_number(record_type: RecordType, request: HttpRequest, chosen: Chosen, agreed: int, verb: str) -> None:
    """Ask again when “all that match” has become another number since the question."""
    if chosen.where is None:
        return
    actor = actor_of(request)
    now = selected(record_type, chosen.selection(record_type, actor), actor, verb).count()
    if now != agreed:
        words = {"now": formats.number(now), "before": formats.number(agreed)}
        raise Invalid({"": [_("Meanwhile %(now)s records match instead of %(before)s. Confirm again.") % words]})


def _field(record_type: RecordType, request: HttpRequest, name: str) -> Field:
    item = record_type.get(name)
    if item is None or item not in bulk_fields(record_type, actor_of(request)):
        raise Invalid({"": [_("You may not change this field.")]})
    return item


def _value(item: Field, posted: QueryDict, time_zone: str) -> Any:
    raw: Any = posted.getlist("value") if item.kind in MANY_VALUED else posted.get("value", "")
    value = parse_value(item, raw, time_zone=time_zone)
    if item.kind in MANY_VALUED and not value and posted.get("mode", "set") != "set":
        raise ValueError(_("Choose at least one value."))
    return value


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(text for texts in refusal.errors.values() for text in texts)
    return str(refusal)


def _done(
    request: HttpRequest, record_type: RecordType, result: BulkResult, pattern: str, field: str = ""
) -> HttpResponse:
    """Close the dialog, load the list again and say what happened, with the way back."""
    words = {"count": formats.number(result.changed), "records": record_type.plural, "field": field}
    say_later(request, pattern % words, reverse("changes.undo", args=(result.change_set_id,)))
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
