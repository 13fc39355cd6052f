"""Search over everything: a page, the answers of the palette, and the options of reference fields."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from markupsafe import Markup, escape

from guanxi.core.errors import NotFound
from guanxi.core.policy import signed_in
from guanxi.records.registry import find_record_type
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer
from guanxi.records.screens.state import ListState
from guanxi.records.search import HitGroup, find, find_everywhere
from guanxi.ui.frame import frame_page

PALETTE_LIMIT, PAGE_LIMIT, LOOKUP_LIMIT = 5, 20, 20


@signed_in
@require_GET
def show_search(request: HttpRequest) -> HttpResponse:
    """Show everything found for ``q``, grouped by record type."""
    text = request.GET.get("q", "").strip()[:200]
    groups = list(find_everywhere(actor_of(request), text, PAGE_LIMIT))
    frame_page(request, _("Search"), place="")
    context = {"query": text, "groups": [_page_group(group, text) for group in groups]}
    return answer(request, "records/search.html", context)


@signed_in
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Answer the palette: records found for ``q`` in groups, and the way to the whole search."""
    text = request.GET.get("q", "").strip()[:200]
    groups = [_palette_group(group) for group in find_everywhere(actor_of(request), text, PALETTE_LIMIT)]
    if text:
        everything = {"label": _("Search everything for “%(text)s”") % {"text": text}, "icon": "search",
                      "url": f"{reverse('search')}?{ListState(search=text).query()}"}  # fmt: skip
        groups.append({"label": _("Search"), "items": [everything]})
    return JsonResponse({"groups": groups})


@signed_in
@require_GET
def lookup(request: HttpRequest, type_name: str) -> HttpResponse:
    """Answer the options of a reference field: records of a type that the actor may see."""
    record_type = find_record_type(type_name)
    if record_type is None or not actor_of(request).may("view", type_name):
        raise NotFound
    hits = find(record_type, actor_of(request), request.GET.get("q", ""), LOOKUP_LIMIT)
    return JsonResponse({"options": [{"value": str(hit.id), "label": hit.title, "detail": hit.detail} for hit in hits]})


def _palette_group(group: HitGroup) -> dict[str, Any]:
    record_type = group.record_type
    items = [{"label": hit.title, "detail": hit.detail, "icon": record_type.icon,
              "url": places.record_url(record_type, hit.id)} for hit in group.hits]  # fmt: skip
    return {"label": capfirst(str(record_type.plural)), "items": items}


def _page_group(group: HitGroup, text: str) -> dict[str, Any]:
    record_type = group.record_type
    rows = [{"title": highlight(hit.title, text), "detail": highlight(hit.detail, text),
             "url": places.record_url(record_type, hit.id)} for hit in group.hits]  # fmt: skip
    all_url = ListState(search=text, conditions=(), tree="").url(places.list_url(record_type)) if group.more else ""
    return {"label": capfirst(str(record_type.plural)), "icon": record_type.icon, "rows": rows, "all_url": all_url}


def highlight(label: str, text: str) -> Markup:
    """Return ``label`` with the places marked where the words of ``text`` stand."""
    lower = label.lower()
    for word in sorted({text.lower(), *text.lower().split()}, key=len, reverse=True):
        at = lower.find(word) if word else -1
        if at >= 0 and len(lower) == len(label):
            end = at + len(word)
            return escape(label[:at]) + Markup("<mark>{}</mark>").format(label[at:end]) + escape(label[end:])
    return escape(label)
