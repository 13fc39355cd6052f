"""What a move on a board asks for: fields that the new column needs, entered in a dialog before the card moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.errors import Invalid
from guanxi.records.fields import Choice, Field
from guanxi.records.screens import cells, places
from guanxi.records.screens.board import Board
from guanxi.records.screens.forms import read_form, typed_values
from guanxi.records.screens.inputs import form_field
from guanxi.records.screens.reading import read_values
from guanxi.records.values import parse_value
from guanxi.ui.record_page import FormField, FormPage, FormSection

_ALONG = "along"


def moved_to(board: Board, choice: Choice) -> Any:
    """Return the value that a card gets in a column, as it is stored; raises ``Invalid`` for a value that must be."""
    if not choice.value:
        if board.field.required:
            raise Invalid({board.field.name: [_("Enter %(field)s.") % {"field": board.field.title()}]})
        return parse_value(board.field, "")
    return parse_value(board.field, choice.value)


def asked_along(board: Board, posted: QueryDict) -> tuple[str, ...]:
    """Return the fields that the dialog of a move asked for; none when the card was moved by itself."""
    names = posted.getlist(_ALONG)
    editable = {item.name for item in board.found.record_type.editable_fields(board.found.actor)}
    return tuple(name for name in dict.fromkeys(names) if name in editable and name != board.field.name)


def read_along(board: Board, names: tuple[str, ...], posted: QueryDict) -> dict[str, Any]:
    """Return the values of those fields; raises ``Invalid``."""
    return read_form(board.found.record_type, board.found.actor, names, posted) if names else {}


def move_form(board: Board, record: Any, choice: Choice, refusal: Invalid, posted: QueryDict) -> FormPage | None:
    """Return the dialog for the fields that a refused move names; None where it names none that the actor may enter."""
    record_type, actor = board.found.record_type, board.found.actor
    editable = {item.name: item for item in record_type.editable_fields(actor) if item.name != board.field.name}
    names = tuple(name for name in (*asked_along(board, posted), *refusal.errors) if name in editable)
    names = tuple(dict.fromkeys(names))
    if not names or board.field.name in refusal.errors:
        return None
    values = read_values(record_type, record, names)
    if _sent(posted):
        values = {**values, **typed_values(record_type, names, posted)}
    labels = cells.reference_labels(record_type, list(values.items()), actor)
    stage = capfirst(board.field.choice_label(choice.value))
    hidden = (("stage", choice.value), ("version", posted.get("version", "")), *((_ALONG, name) for name in names))
    other = tuple(text for name, texts in refusal.errors.items() if name not in names for text in map(str, texts))
    fields = tuple(_input(board, editable[name], values, refusal, posted, labels) for name in names)
    state = board.found.state.first_page().query()
    return FormPage(
        _("Move to %(stage)s") % {"stage": stage},
        f"{places.part_url(record_type, record.pk, 'move')}?in=board&{state}", (FormSection("", fields),),
        _("Move"), hidden=hidden, errors=other, text=_("This column needs more of the record."),
    )  # fmt: skip


def _input(
    board: Board, item: Field, values: Mapping[str, Any], refusal: Invalid, posted: QueryDict,
    labels: Mapping[tuple[str, int], str],
) -> FormField:  # fmt: skip
    """Return the input of one field; the first time it is only asked for, then it says what is wrong."""
    errors = tuple(str(text) for text in refusal.errors.get(item.name, ())) if _sent(posted) else ()
    return form_field(item, board.found.actor, values.get(item.name), errors=errors, labels=labels)


def _sent(posted: QueryDict) -> bool:
    return bool(posted.getlist(_ALONG))
