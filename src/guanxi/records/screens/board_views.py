"""Views of boards: the page, further cards, and moving a card."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.errors import Conflict, DomainError, Invalid
from guanxi.core.policy import signed_in
from guanxi.records import access, changes
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Choice
from guanxi.records.screens.answers import actor_of, answer, frame_list, is_fragment
from guanxi.records.screens.board import Board, board_page, column, nothing, one_card, open_board
from guanxi.records.screens.board_asks import asked_along, move_form, moved_to, read_along
from guanxi.records.screens.list_views import listing_of
from guanxi.records.screens.sources import names_of
from guanxi.records.writing import change_record
from guanxi.ui import formats


class MovedMeanwhile(DomainError):
    """Somebody else moved the card first."""

    code = "conflict"
    status = 409


class NotMoved(DomainError):
    """The record can't be moved there; the sentences say why."""

    code = "not_moved"
    status = 400


@signed_in
@require_GET
def show_board(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the board of a type; htmx gets the part that changes."""
    board = board_page(open_board(listing_of(request, record_type, "board")))
    if is_fragment(request):
        return answer(request, "records/board_part.html", {"board": board, "page": board.head})
    frame_list(request, record_type)
    return answer(request, "ui/board.html", {"board": board})


@signed_in
@require_GET
def more_cards(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Answer the next cards of one column."""
    board = open_board(listing_of(request, record_type, "board"))
    part = column(board, _choice(board, request.GET.get("stage", "")), request.GET.get("next", ""))
    return answer(request, "records/board_more.html", {"column": part, "columns": _columns(board)})


@signed_in
@require_POST
def move_card(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Move a card to the column ``stage``; answers the card and the new sums of both columns.

    Where the new column needs other fields that are empty or don't fit, a dialog asks for them and moves the card then.
    Raises ``MovedMeanwhile`` when somebody changed the same field since the board was drawn.
    """
    actor = actor_of(request)
    board = open_board(listing_of(request, record_type, "board"))
    choice = _choice(board, request.POST.get("stage", ""))
    record = access.get_visible(actor, record_type, record_id, "edit")
    before = str(getattr(record, board.field.path or board.field.name) or "")
    version = request.POST.get("version", "")
    asked = asked_along(board, request.POST)
    try:
        values: dict[str, Any] = {board.field.name: moved_to(board, choice), **read_along(board, asked, request.POST)}
        change_record(record, actor=actor, version=int(version) if version.isdecimal() else None, **values)
    except Conflict as conflict:
        raise MovedMeanwhile(_moved_by(record_type, record_id, board)) from conflict
    except Invalid as refusal:
        form = move_form(board, record, choice, refusal, request.POST)
        if form is None:
            raise NotMoved(refusal.words) from refusal
        response = answer(request, "ui/form_dialog.html", {"form": form}, 422)
        if not asked:
            response["HX-Retarget"], response["HX-Reswap"] = "#dialog-slot", "innerHTML"
        return response
    if asked:
        return HttpResponse(status=204, headers={"HX-Trigger": '{"close-dialog": {}, "list-changed": {}}'})
    every = (nothing(board), *board.field.choices)
    changed = [column(board, each, with_cards=False) for each in every if each.value in (before, choice.value)]
    context = {
        "card": one_card(board, record_id),
        "columns": _columns(board),
        "stage": choice.value,
        "changed": changed,
    }
    return answer(request, "ui/board_card.html", context)


def _choice(board: Board, value: str) -> Choice:
    found = board.field.choice(value) if value else nothing(board)
    if found is None:
        raise Invalid({"stage": [_("Choose a value from the list.")]})
    return found


def _columns(board: Board) -> list[dict[str, object]]:
    """The columns as the menu of a card names them, without their cards."""
    return [{"value": item.value, "label": capfirst(str(item.label)), "color": item.color, "progress": 0}
            for item in board.field.choices if not item.is_retired]  # fmt: skip


def _moved_by(record_type: RecordType, record_id: int, board: Board) -> str:
    rows = changes.history(record_type.name, record_id, limit=20)
    newest = [row for row in rows if board.field.name in row.fields][:1]
    if not newest:
        return _("Somebody moved this card meanwhile.")
    when = formats.relative(newest[0].at, timezone.now())
    words = {"who": names_of(newest).person(newest[0].actor_id), "when": when}
    return _("Moved by %(who)s, %(when)s.") % words
