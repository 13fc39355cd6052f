"""The dialog in which a view gets its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from guanxi.records.models import SavedView
from guanxi.records.screens import places
from guanxi.records.screens.asked import Listing
from guanxi.ui.record_page import FormField, FormPage, FormSection


def view_form(
    found: Listing, typed: QueryDict | None = None, errors: Mapping[str, Sequence[str]] | None = None,
    view: SavedView | None = None,
) -> FormPage:  # fmt: skip
    """Return the form of a new view, or of an existing one with the way to delete it."""
    name = typed.get("name", "") if typed is not None else view.name if view else ""
    shared = typed.get("shared") == "1" if typed is not None else bool(view and view.is_shared)
    wrong = tuple((errors or {}).get("name", ()))
    other = tuple(text for field, texts in (errors or {}).items() if field != "name" for text in texts)
    base = places.page_url(found.record_type, f"views/{view.pk}" if view else "views")
    query = (f"in={found.base_part}&" if found.base_part else "") + found.state.first_page().query()
    fields = (
        FormField("name", _("Name"), value=name, required=True, errors=wrong, max_length=80, autofocus=True, wide=True),
        FormField("shared", _("Everybody may use this view"), "boolean", value="1" if shared else "", wide=True),
    )
    warnings = (_delete_button(f"{base}/delete"),) if view else ()
    title = _("Change view") if view else _("Save as a new view")
    return FormPage(title, f"{base}?{query}", (FormSection("", fields),), _("Save"), errors=other, warnings=warnings,
                    text=_("Filters, sort and columns are saved; the records are not."))  # fmt: skip


def _delete_button(url: str) -> Markup:
    return Markup(
        '<p><button type="button" class="button button--sm button--danger" hx-post="{}">{}</button></p>'
    ).format(url, escape(_("Delete this view")))
