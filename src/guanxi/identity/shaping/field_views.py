"""Fields of a record type in the settings: the list, new ones step by step, and those in the bin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.errors import Invalid, NotFound
from guanxi.core.policy import administrators
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.shaping.field_form import FieldForm, colors
from guanxi.identity.shaping.queries import (
    binned_fields,
    can_be_shaped,
    field_rows,
    own_field,
    own_fields,
    own_type,
    shaped_type,
)  # fmt: skip
from guanxi.identity.shaping.trying import try_out
from guanxi.records.declaration import RecordType
from guanxi.records.registry import CUSTOM, find_record_type
from guanxi.records.screens.answers import actor_of
from guanxi.records.shaping import services
from guanxi.records.shaping.formula.functions import OFFERED
from guanxi.records.shaping.kinds import KINDS
from guanxi.records.shaping.models import CustomField, State
from guanxi.records.shaping.usage import uses_of
from guanxi.records.shaping.words import in_words
from guanxi.ui.shell import Crumb

KIND_GROUPS = (
    ("text", "long_text", "choice", "choices", "boolean"), ("number", "money", "percent", "date", "datetime"),
    ("email", "phone", "url", "user", "reference"), ("formula", "rollup", "number_series"),
)  # fmt: skip


@administrators
@require_GET
def show_fields(request: HttpRequest, type_name: str) -> HttpResponse:
    """List the fields of a record type; one that is still being set up says so."""
    record_type = find_record_type(type_name)
    if record_type is None:
        custom = own_type(type_name)
        if custom.state == State.REMOVED:
            raise NotFound
        _frame(request, capfirst(in_words(custom.plurals)))
        return render(request, "identity/shaping/waiting.html", {"problem": custom.problem})
    if not can_be_shaped(record_type):
        raise NotFound
    frame_type(request, record_type)
    rows = list(field_rows(record_type))
    context = {
        "record_type": record_type, "rows": rows, "bin": binned_fields(record_type), "tab": "fields",
        "words": in_words,
        "is_own": record_type.nav_group == CUSTOM,
        "waiting": any(row.own is not None and row.own.state == State.PLANNED and not row.own.problem for row in rows),
    }  # fmt: skip
    return render(request, "identity/shaping/fields.html", context)


@administrators
@require_GET
def choose_kind(request: HttpRequest, type_name: str) -> HttpResponse:
    """Show the kinds of fields to choose from."""
    record_type = shaped_type(type_name)
    frame_type(request, record_type, _("New field"))
    groups = [[KINDS[key] for key in keys] for keys in KIND_GROUPS]
    return render(request, "identity/shaping/kinds.html", {"record_type": record_type, "groups": groups})


@administrators
@require_http_methods(["GET", "POST"])
def new_field(request: HttpRequest, type_name: str, kind: str) -> HttpResponse:
    """Add a field of one kind."""
    record_type = shaped_type(type_name)
    if kind not in KINDS:
        raise NotFound
    form = FieldForm(record_type, kind, actor_of(request), request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            made = services.add_field(record_type, actor=actor_of(request), kind=kind, **form.values())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Added “%(name)s”") % {"name": in_words(made.labels)})
            return redirect("settings.type", record_type.name)
    return _show_form(request, record_type, form, _("New field"))


@administrators
@require_http_methods(["GET", "POST"])
def edit_field(request: HttpRequest, type_name: str, field_id: int) -> HttpResponse:
    """Change the words and options of a field, and say where it is used."""
    record_type = shaped_type(type_name)
    item = own_field(record_type, field_id)
    if item.state == State.REMOVED:
        raise NotFound
    form = FieldForm(
        record_type, item.kind, actor_of(request), request.POST if request.method == "POST" else None, item
    )
    if request.method == "POST":
        try:
            services.change_field(item, actor=actor_of(request), **form.values())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved"))
            return redirect("settings.type", record_type.name)
    return _show_form(request, record_type, form, in_words(item.labels), item)


@administrators
@require_POST
def remove_field(request: HttpRequest, type_name: str, field_id: int) -> HttpResponse:
    """Put a field in the bin; what still computes with it stops that."""
    record_type = shaped_type(type_name)
    item = own_field(record_type, field_id)
    try:
        services.delete_field(item, actor=actor_of(request))
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.errors[""]))
        return redirect("settings.field", record_type.name, item.pk)
    sentence = _("Deleted “%(name)s”. It can be restored with its values for 30 days.")
    messages.success(request, sentence % {"name": in_words(item.labels)})
    return redirect("settings.type", record_type.name)


@administrators
@require_POST
def take_back_field(request: HttpRequest, type_name: str, field_id: int) -> HttpResponse:
    """Take a field out of the bin."""
    record_type = shaped_type(type_name)
    try:
        item = services.restore_field(own_field(record_type, field_id), actor=actor_of(request))
    except Invalid as refusal:
        messages.error(request, refusal.words)
    else:
        messages.success(request, _("Restored “%(name)s”") % {"name": in_words(item.labels)})
    return redirect("settings.type", record_type.name)


@administrators
@require_POST
def try_formula(request: HttpRequest, type_name: str) -> HttpResponse:
    """Say whether a formula can be computed, and what it gives for a few records."""
    record_type = shaped_type(type_name)
    context = try_out(record_type, request.POST, own_fields(record_type), actor_of(request))
    return render(request, "identity/shaping/tried.html", context)


def _show_form(
    request: HttpRequest, record_type: RecordType, form: FieldForm, title: str, item: CustomField | None = None
) -> HttpResponse:
    frame_type(request, record_type, title)
    context: dict[str, Any] = {
        "record_type": record_type, "form": form, "kind": KINDS[form.kind], "item": item,
        "functions": OFFERED, "colors": colors(), "uses": uses_of(record_type, item) if item is not None else (),
    }  # fmt: skip
    return render(request, "identity/shaping/field.html", context, status=422 if form.errors else 200)


def frame_type(request: HttpRequest, record_type: RecordType, title: str = "") -> None:
    """Tell the frame that this page belongs to the settings of a record type."""
    name = capfirst(str(record_type.plural))
    if not title:
        _frame(request, name)
        return
    crumbs = (Crumb(name, reverse("settings.type", args=[record_type.name])),)
    frame_settings(request, title, Crumb(_("Record types"), reverse("settings.types")), *crumbs)


def _frame(request: HttpRequest, title: str) -> None:
    frame_settings(request, title, Crumb(_("Record types"), reverse("settings.types")))
