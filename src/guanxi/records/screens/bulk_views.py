"""Views of bulk actions: ask with the exact number, act in one transaction, offer to take it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.core.errors import Invalid, NotAllowed
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.bulk import bulk_fields, sample_titles, selected
from guanxi.records.declaration import RecordType
from guanxi.records.models import BulkJob
from guanxi.records.screens import bulk_jobs, places
from guanxi.records.screens.answers import actor_of, answer, say_later
from guanxi.records.screens.bulk_acts import act, asked_change, same_number, words_of
from guanxi.records.screens.forms import MANY_VALUED
from guanxi.records.screens.inputs import form_field
from guanxi.records.screens.selection import Chosen, read_chosen, read_token
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
    chosen = read_token(record_type, actor, request.POST.get("selection", ""))[0]
    try:
        return _act(request, record_type, "edit")
    except Invalid as refusal:
        dialog = _edit_dialog(request, record_type, chosen, refusal.words)
        return answer(request, "records/bulk_dialog.html", {"dialog": dialog}, 422)


@signed_in
@require_http_methods(["GET", "POST"])
def bulk_delete(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Ask with the exact number (GET); put all selected rows in the bin (POST)."""
    actor = actor_of(request)
    access.require_may(actor, "delete", record_type)
    if request.method == "GET":
        dialog = _delete_dialog(request, record_type, _chosen(request, record_type))
        return answer(request, "records/bulk_dialog.html", {"dialog": dialog})
    chosen = read_token(record_type, actor, request.POST.get("selection", ""))[0]
    try:
        return _act(request, record_type, "delete")
    except Invalid as refusal:
        dialog = _delete_dialog(request, record_type, chosen, refusal.words)
        return answer(request, "records/bulk_dialog.html", {"dialog": dialog}, 422)


@signed_in
@require_GET
def show_job(request: HttpRequest, record_type: RecordType, job_id: int) -> HttpResponse:
    """Say how far a bulk action in the background is; when it is done the list is shown again with the way back."""
    actor = actor_of(request)
    job = bulk_jobs.own_job(record_type, actor, job_id)
    if job.state == BulkJob.State.DONE:
        text = words_of(record_type, job.verb, QueryDict(job.posted), job.changed)
        return _done(request, text, job.change_set_id or 0)
    return answer(request, "records/bulk_job.html", _progress(record_type, job))


def _progress(record_type: RecordType, job: BulkJob) -> dict[str, Any]:
    words = {"count": formats.number(job.rows), "records": record_type.plural}
    deletes = job.verb == "delete"
    label = _("Deleting %(count)s %(records)s") % words if deletes else _("Changing %(count)s %(records)s") % words
    seconds = int((timezone.now() - job.created_at).total_seconds())
    return {
        "job": job, "label": label, "url": places.page_url(record_type, f"bulk/jobs/{job.pk}"),
        "elapsed": _("%(seconds)s s") % {"seconds": formats.number(seconds)},
    }  # fmt: skip


def _act(request: HttpRequest, record_type: RecordType, verb: str) -> HttpResponse:
    """Do what a dialog asks for at once, or hand it to the worker where it takes longer than people like to wait."""
    actor, posted = actor_of(request), request.POST
    chosen, agreed = read_token(record_type, actor, posted.get("selection", ""))
    if agreed > bulk_jobs.AT_ONCE:
        same_number(record_type, actor, chosen, agreed, verb)
        if verb == "edit":
            asked_change(record_type, actor, posted)
        job = bulk_jobs.queue(record_type, actor, verb, posted, agreed)
        return answer(request, "records/bulk_progress.html", _progress(record_type, job))
    result = act(record_type, actor, verb, posted)
    return _done(request, words_of(record_type, verb, posted, result.changed), result.change_set_id)


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


def _done(request: HttpRequest, text: str, change_set_id: int) -> HttpResponse:
    """Close the dialog, load the list again and say what happened, with the way back."""
    say_later(request, text, reverse("changes.undo", args=(change_set_id,)))
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
