"""The rows of a record's details: label, value, where the value comes from, and the way to edit it in place."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from guanxi.ui.cells import draw_cell
from guanxi.ui.icons import icon
from guanxi.ui.record_page import DetailRow, Source
from guanxi.ui.said import said as _


def draw_row(row: DetailRow, state: str = "") -> Markup:
    """Return a field with its label; ``state`` is empty, or saved after an edit in place."""
    marks = ("empty" if row.is_empty else "", "locked" if row.locked else "", state)
    classes = "".join(f" is-{mark}" for mark in marks if mark)
    label = f'<dt><span title="{escape(row.help or row.label)}">{escape(row.label)}</span></dt>'
    return Markup(f'<div class="field-inline{classes}" id="detail-{row.name}">{label}{draw_value(row, state)}</div>')


def draw_value(row: DetailRow, state: str = "") -> Markup:
    """Return the value part alone: what answers an edit in place."""
    address = "" if row.locked or not row.cell.edit_url else f' data-edit-url="{escape(row.cell.edit_url)}"'
    nothing = f'<span class="text-3">{escape(row.empty_text or _("Empty"))}</span>'
    value = nothing if row.is_empty else draw_cell(row.cell)
    saved = icon("check", 14, _("Saved")) if state == "saved" else ""
    end = _lock(row.locked) if row.locked else _pencil(row.label) if address else ""
    source = draw_source(row.source) if row.source else ""
    return Markup(
        f'<dd class="{"is-saved" if saved else ""}" data-column="{row.name}"{address}>'
        f'<span class="value{"" if row.cell.truncated else " wrap"}">{value}</span>{saved}{end}{source}</dd>'
    )


def draw_source(source: Source) -> Markup:
    """Return the mark that says which system or person a value comes from; it opens the card with earlier values."""
    if not source.url:
        return Markup(
            f'<span class="src tag--{source.color}" title="{escape(source.label)}">{escape(source.mark)}</span>'
        )
    words = escape(_("Source: %(source)s") % {"source": source.label})
    count = f" {source.count}" if source.count > 1 else ""
    return Markup(
        f'<button type="button" class="src tag--{source.color}" data-source-url="{escape(source.url)}" '
        f'data-popover-open="source-card"><span class="visually-hidden">{words} </span>{escape(source.mark)}{count}'
        "</button>"
    )


def _pencil(label: str) -> str:
    words = escape(_("Edit %(field)s") % {"field": label})
    return (
        '<button type="button" class="icon-button icon-button--24 field-action" data-edit-button '
        f'aria-label="{words}">{icon("pencil", 14)}</button>'
    )


def _lock(reason: str) -> str:
    return f'<span class="field-lock" title="{escape(reason)}">{icon("lock", 12, reason)}</span>'
