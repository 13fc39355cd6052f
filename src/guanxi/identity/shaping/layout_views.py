"""The layout of a record type in the settings: sections of the page, columns of the list, the board."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.core.errors import Invalid
from guanxi.core.policy import administrators
from guanxi.identity.shaping.field_views import frame_type
from guanxi.identity.shaping.queries import place_words, shaped_type
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.registry import CUSTOM
from guanxi.records.screens.answers import actor_of
from guanxi.records.shaping import services
from guanxi.records.shaping.layouts import PLACES
from guanxi.records.shaping.models import Layout


@administrators
@require_http_methods(["GET", "POST"])
def edit_layout(request: HttpRequest, type_name: str) -> HttpResponse:
    """Show and save how the records of a type are laid out."""
    record_type = shaped_type(type_name)
    problem = ""
    if request.method == "POST":
        plan = {} if "reset" in request.POST else _plan(request.POST)
        try:
            services.change_layout(record_type, actor=actor_of(request), plan=plan)
        except Invalid as refusal:
            problem = refusal.words
        else:
            messages.success(request, _("Laid out as it was at first") if "reset" in request.POST else _("Saved"))
            return redirect("settings.layout", record_type.name)
    frame_type(request, record_type)
    context = {
        "record_type": record_type, "tab": "layout", "is_own": record_type.nav_group == CUSTOM, "problem": problem,
        "sections": _sections(record_type), "left": _left(record_type), "places": _places(record_type),
        "boards": [item for item in record_type.fields if item.kind == "choice" and is_writable(item)],
    }  # fmt: skip
    return render(request, "identity/shaping/layout.html", context, status=422 if problem else 200)


def _plan(posted: QueryDict) -> dict[str, Any]:
    """Return the layout that was sent: fields follow the section in whose list they stand."""
    sections: list[dict[str, Any]] = []
    for key in posted.getlist("section"):
        labels = {language: posted.get(f"{key}:{language[:2]}", "").strip() for language in ("en", "zh-hans")}
        fields = posted.getlist(f"fields:{key}")
        if fields:
            sections.append({"key": key, "labels": {k: v for k, v in labels.items() if v}, "fields": fields})
    plan: dict[str, Any] = {"sections": sections, "board": posted.get("board", ""), "left": posted.getlist("left")}
    return plan | {place: posted.getlist(place) for place in PLACES}


def _sections(record_type: RecordType) -> list[dict[str, Any]]:
    plan = Layout.objects.filter(record_type=record_type.name).values_list("plan", flat=True).first() or {}
    said = {part["key"]: part.get("labels", {}) for part in plan.get("sections", ())}
    return [
        {
            "key": section.key, "label": capfirst(str(section.label)), "only": section.only,
            "en": said.get(section.key, {}).get("en", ""), "zh": said.get(section.key, {}).get("zh-hans", ""),
            "fields": [record_type[name] for name in section.fields],
        }
        for section in record_type.sections
    ]  # fmt: skip


def _left(record_type: RecordType) -> list[Any]:
    """Return the fields that stand in no section."""
    named = {name for section in record_type.sections for name in section.fields}
    return [item for item in record_type.fields if item.name not in named]


def _places(record_type: RecordType) -> list[dict[str, Any]]:
    labels, made = place_words(), []
    for place in PLACES:
        chosen = [record_type[name] for name in getattr(record_type, place) if record_type.get(name)]
        offered = [item for item in record_type.fields if place != "quick" or is_writable(item)]
        names = {item.name for item in chosen}
        rest = [item for item in offered if item.name not in names]
        made.append({"name": place, "label": labels[place][0], "text": labels[place][1], "chosen": chosen,
                     "rest": rest})  # fmt: skip
    return made
