"""Views of exports: the rows of a list, or those chosen in it, as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.core.errors import DomainError, NotFound
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.bulk import selected
from guanxi.records.declaration import RecordType
from guanxi.records.exporting import Export, open_export, write_csv, write_json_lines, write_xlsx
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer
from guanxi.records.screens.asked import open_listing
from guanxi.records.screens.list_views import listing_of
from guanxi.records.screens.selection import Chosen, read_chosen, read_token
from guanxi.records.screens.state import ListState
from guanxi.ui import formats

TYPES = {
    "csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """A format in the dialog of an export."""

    label: str
    url: str
    icon: str


@signed_in
@require_GET
def export(request: HttpRequest, record_type: RecordType, kind: str) -> HttpResponseBase:
    """Answer all rows that the list in the address shows, or the selection in ``selection``, as a file."""
    actor = actor_of(request)
    access.require_may(actor, "export", record_type)
    if kind not in TYPES:
        raise NotFound
    token = request.GET.get("selection", "")
    chosen = read_token(record_type, actor, token)[0] if token else Chosen(where=request.GET.urlencode())
    state = ListState.read(request.GET)
    found = open_listing(record_type, actor, state)
    made = open_export(
        record_type, chosen.selection(record_type, actor), actor, found.look.columns, found.look.sort, kind
    )
    return _file(made, kind, with_mark=request.GET.get("mark") != "0")


@signed_in
@require_GET
def choose_export(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Ask for the format of an export of the selected rows, with their exact number."""
    actor = actor_of(request)
    access.require_may(actor, "export", record_type)
    chosen = read_chosen(request.GET)
    count = selected(record_type, chosen.selection(record_type, actor), actor, "export").count()
    token = chosen.token(record_type, actor, count)
    query = listing_of(request, record_type).state.first_page().query() if chosen.where is None else chosen.where
    formats_ = (("xlsx", _("Excel (XLSX)"), "file-spreadsheet"), ("csv", "CSV", "file-down"),
                ("jsonl", "JSON lines", "file-down"))  # fmt: skip
    choices = [ExportChoice(label, f"{places.page_url(record_type, f'export/{kind}')}?{query}&selection={token}", icon)
               for kind, label, icon in formats_]  # fmt: skip
    title = _("Export %(count)s %(records)s") % {"count": formats.number(count), "records": record_type.plural}
    return answer(request, "records/export_dialog.html", {"title": title, "choices": choices})


def _file(made: Export, kind: str, *, with_mark: bool) -> HttpResponseBase:
    """Answer a file that no browser opens as a page."""
    name = f"{made.record_type.path}-{datetime.now(UTC):%Y-%m-%d}.{kind}"
    response: HttpResponseBase
    if kind == "xlsx":
        try:
            response = FileResponse(write_xlsx(made), as_attachment=True, filename=name)
        except ValueError as refusal:
            raise DomainError(str(refusal)) from refusal
    else:
        parts = write_csv(made, with_mark=with_mark) if kind == "csv" else write_json_lines(made)
        response = StreamingHttpResponse(parts)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Type"] = TYPES[kind]
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
