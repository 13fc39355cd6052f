"""The choices of fields that came with Guanxi: stages, grades and kinds in the words and order of a company."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.core.errors import Invalid, NotFound
from guanxi.core.policy import administrators
from guanxi.identity.shaping.field_form import ChoiceRow, colors, kept_rows, sent_choices
from guanxi.identity.shaping.field_views import frame_type
from guanxi.identity.shaping.queries import shaped_type
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Choice, Field
from guanxi.records.screens.answers import actor_of
from guanxi.records.shaping import live, services
from guanxi.records.shaping.models import Picklist
from guanxi.records.shaping.picklists import has_picklist
from guanxi.records.shaping.words import LANGUAGES


@administrators
@require_http_methods(["GET", "POST"])
def edit_choices(request: HttpRequest, type_name: str, field_name: str) -> HttpResponse:
    """Rename, recolour, order, retire and add choices of a declared field."""
    record_type = shaped_type(type_name)
    declared = _declared(record_type, field_name)
    errors: list[str] = []
    if request.method == "POST":
        actor = actor_of(request)
        try:
            sent = [row.kept for row in sent_choices(request.POST)]
            services.change_choices(record_type, field_name, actor=actor, choices=sent)
        except Invalid as refusal:
            errors = refusal.sentences
        else:
            messages.success(request, _("Saved"))
            return redirect("settings.type", record_type.name)
    frame_type(request, record_type, declared.title())
    kept = Picklist.objects.filter(record_type=record_type.name, field=field_name).first()
    rows = sent_choices(request.POST) if request.method == "POST" else _rows(declared, kept)
    for row in rows:
        row.words = _words(declared.choice(row.value))
    context = {
        "record_type": record_type, "item": declared, "rows": rows, "colors": colors(), "errors": errors,
        "is_changed": kept is not None and bool(kept.choices),
    }  # fmt: skip
    return render(request, "identity/shaping/choices.html", context, status=422 if errors else 200)


@administrators
@require_POST
def reset_choices(request: HttpRequest, type_name: str, field_name: str) -> HttpResponse:
    """Take back every change of the choices of a declared field."""
    record_type = shaped_type(type_name)
    _declared(record_type, field_name)
    actor = actor_of(request)
    try:
        services.change_choices(record_type, field_name, actor=actor, choices=())
    except Invalid as refusal:
        messages.error(request, refusal.words)
        return redirect("settings.choices", record_type.name, field_name)
    messages.success(request, _("The choices are those of Guanxi again."))
    return redirect("settings.type", record_type.name)


def _declared(record_type: RecordType, field_name: str) -> Field:
    found = live.declared(record_type.name).get(field_name)
    if found is None or not has_picklist(found):
        raise NotFound
    return found


def _words(choice: Choice | None) -> dict[str, str]:
    """Return the words of a declared choice by language; none of a choice that a company added."""
    found: dict[str, str] = {}
    for language in LANGUAGES if choice is not None else ():
        with translation.override(language):
            found[language] = capfirst(str(choice.label)) if choice is not None else ""
    return found


def _rows(declared: Field, kept: Picklist | None) -> list[ChoiceRow]:
    """Return the choices as they are kept, then those that are only declared."""
    rows = kept_rows(kept.choices if kept is not None else ())
    known = {row.value for row in rows}
    return rows + [ChoiceRow(item.value, color=item.color) for item in declared.choices if item.value not in known]
