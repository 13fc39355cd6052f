"""Files going in and out: the card of a record, an upload, a download, and away with one from the card."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.policy import signed_in
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, with_toast
from guanxi.records.writing import delete_record
from guanxi.work.attachment import store
from guanxi.work.attachment.card import draw_card
from guanxi.work.attachment.errors import FileRefused
from guanxi.work.attachment.record_type import ATTACHMENT
from guanxi.work.attachment.rules import UNKNOWN_TYPE, clean_name
from guanxi.work.attachment.services import add_file

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


@signed_in
@require_http_methods(["GET", "POST"])
def files_of_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Answer the card with the files of a record; POST keeps the body as one more, under the ``name`` in the address.

    The body is the file itself, so that it streams to the disk and its size is known before the first byte. With an
    ``Idempotency-Key`` (a UUID) it is kept once, however often a phone on a bad line sends it.
    """
    actor = actor_of(request)
    access.get_visible(actor, record_type, record_id)
    access.require_may(actor, "view", ATTACHMENT)
    if request.method == "POST":
        if request.content_type in _FORMS:
            raise FileRefused(_("Send the file itself as the body of the request."))
        announced, token = int(request.META.get("CONTENT_LENGTH") or 0), request.headers.get("Idempotency-Key", "")
        try:
            add_file(record_id, request.GET.get("name", ""), request.read, announced, actor=actor, token=token)
        except UnreadablePostError as error:
            raise FileRefused(_("The file did not arrive whole. Try again.")) from error
    return HttpResponse(draw_card(actor, record_id))


@signed_in
@require_GET
def download(request: HttpRequest, record_type: RecordType, record_id: int) -> FileResponse:
    """Answer the bytes of a file, which the browser saves and never shows.

    Whoever may not see the customer gets the answer for a file that doesn't exist.
    """
    actor = actor_of(request)
    record = access.get_visible(actor, record_type, record_id)
    access.get_visible(actor, CUSTOMER, record.customer_id)
    name = clean_name(record.name) if actor.sees_field(ATTACHMENT.name, "name") else ""
    response = FileResponse(
        store.open_kept(record.sha256), as_attachment=True, filename=name or f"file-{record_id}",
        content_type=UNKNOWN_TYPE,
    )  # fmt: skip
    response.block_size = store.BLOCK
    response["Content-Encoding"] = "identity"  # else the answer is compressed anew each time and loses its length
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@signed_in
@require_POST
def remove(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Put a file in the bin and answer the card without it, with the way to take it out again."""
    actor = actor_of(request)
    record = access.get_visible(actor, record_type, record_id, "delete")
    access.get_visible(actor, CUSTOMER, record.customer_id)
    delete_record(record, actor=actor)
    text = _("Deleted “%(title)s”. It can be restored for 30 days.") % {"title": record.name}
    undo = places.part_url(record_type, record_id, "restore")
    return with_toast(HttpResponse(draw_card(actor, record.customer_id)), text, undo)
