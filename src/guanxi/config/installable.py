"""What makes Guanxi an application that phones and desktops install: its manifest, its worker, its page without net."""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.config.shell import address
from guanxi.core.actor import Actor
from guanxi.core.policy import public
from guanxi.identity.entrance import company_title
from guanxi.records.registry import find_record_type
from guanxi.records.screens.places import list_url, page_url
from guanxi.ui.assets import DIST

ICONS = (("app-192.png", 192, "any"), ("app-512.png", 512, "any"), ("app-mask-512.png", 512, "maskable"))
COLORS = {"theme_color": "#FBFBFA", "background_color": "#FBFBFA"}
SHORT_NAME_MOST = 12


@public
@require_GET
def show_manifest(request: HttpRequest) -> HttpResponse:
    """Answer the web manifest in the language of the reader, under the name of the company."""
    name = company_title()
    is_chinese = (get_language() or "").startswith("zh")
    icons = [{"src": static(f"dist/{file}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
             for file, size, purpose in ICONS]  # fmt: skip
    icons.append({"src": static("ui/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"})
    manifest = {
        "id": "/", "name": name, "short_name": name if len(name) <= SHORT_NAME_MOST else "Guanxi",
        "description": _("Customers, tasks and what was agreed, also without a connection."),
        "lang": "zh-Hans" if is_chinese else "en", "dir": "ltr", "start_url": "/", "scope": "/",
        "display": "standalone", "icons": icons, "shortcuts": list(_shortcuts(request)), **COLORS,
    }  # fmt: skip
    response = JsonResponse(manifest, content_type="application/manifest+json")
    response["Cache-Control"] = "private, max-age=300"
    return response


def _shortcuts(request: HttpRequest) -> list[dict[str, str]]:
    """Return what a long press on the icon offers: my tasks, a new note, a new interaction, as far as allowed."""
    actor: Actor | None = getattr(request, "actor", None)
    found = []
    task = find_record_type("task")
    if actor is not None and task is not None and actor.may("view", "task"):
        found.append({"name": _("My open tasks"), "url": f"{list_url(task)}?view=mine"})
    for name, label in (("interaction", _("New interaction")), ("note", _("New note"))):
        record_type = find_record_type(name)
        if actor is not None and record_type is not None and actor.may("create", name):
            found.append({"name": label, "url": page_url(record_type, "new")})
    return found


@public
@require_GET
def show_worker(request: HttpRequest) -> HttpResponse:
    """Answer the service worker: one address for ever, asked for anew each time, in charge of the whole site."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


@lru_cache(maxsize=1)
def _worker() -> bytes:
    return (DIST / "service-worker.js").read_bytes()


@public
@require_GET
def show_offline(request: HttpRequest) -> HttpResponse:
    """Show the page that stands for pages which the device doesn't hold: it holds nothing of anybody itself."""
    # Rendered past the context processors: they would put the frame and the security token of a user into it.
    page = engines["jinja2"].env.get_template("offline/offline.html")  # type: ignore[attr-defined]
    context = {"title": _("You're offline"), "home": address("home")}
    return HttpResponse(page.render(context), headers={"Cache-Control": "no-cache"})
