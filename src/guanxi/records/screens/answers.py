"""What the generic views have in common: the actor of a request, whole page or fragment, notices and toasts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.screens import places
from guanxi.ui.frame import frame_page
from guanxi.ui.shell import Crumb


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor that the middleware put on a signed-in request."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def is_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for the part of the page that changes, rather than for the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def frame_list(request: HttpRequest, record_type: RecordType, title: str = "") -> None:
    """Frame the list of a type, or a page directly below it when ``title`` is given."""
    plural = capfirst(str(record_type.plural))
    base = places.list_url(record_type)
    if title:
        frame_page(request, title, (Crumb(plural, base),), place=base)
    else:
        frame_page(request, plural, place=base)


def frame_record(request: HttpRequest, record_type: RecordType, title: str, trail: tuple[Crumb, ...] = ()) -> None:
    """Frame a page of one record: list, then ``trail``, then ``title``."""
    plural = capfirst(str(record_type.plural))
    base = places.list_url(record_type)
    frame_page(request, title, (Crumb(plural, base), *trail), place=base)


def go_to(request: HttpRequest, url: str, notice: str = "", undo: str = "") -> HttpResponse:
    """Lead the reader to another page; htmx is told to load it as a whole. The notice is shown there."""
    if notice:
        say_later(request, notice, undo)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)


def say_later(request: HttpRequest, text: str, undo: str = "") -> None:
    """Show a notice on the next whole page; ``undo`` is the address that takes back what it tells."""
    request.session["notice"] = {"text": text, "undo": undo}


def with_toast(
    response: HttpResponse, text: str, undo: str = "", *, kind: str = "ok", also: Sequence[str] = ()
) -> HttpResponse:
    """Let the answer show a toast; ``undo`` is the address that takes the action back; ``also`` other events."""
    events: dict[str, Any] = {"toast": {"text": text, "kind": kind, **({"undo": undo} if undo else {})}}
    events.update({name: {} for name in also})
    response["HX-Trigger"] = json.dumps(events)
    return response


def answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a template of the generic screens."""
    return render(request, template, context, status=status)
