"""Story pages: every component and page layout with invented data, to look at and to test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast, get_args

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.backends.utils import csrf_input
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from guanxi.core.policy import public
from guanxi.ui.error_pages import error_context
from guanxi.ui.record_page import FormField
from guanxi.ui.shell import Density, Theme
from guanxi.ui.stories import components, lists, records, values
from guanxi.ui.stories.frame import story_shell

Story = Callable[[HttpRequest], dict[str, Any]]


def _frame(request: HttpRequest, title: str, current: str) -> dict[str, Any]:
    theme, density = request.GET.get("theme", "system"), request.GET.get("density", "standard")
    chosen_theme = cast(Theme, theme if theme in get_args(Theme) else "system")
    chosen_density = cast(Density, density if density in get_args(Density) else "standard")
    return {"shell": story_shell(title, current, chosen_theme, chosen_density)}


def _show(
    request: HttpRequest, template: str, context: Callable[[], dict[str, Any]], status: int = 200
) -> HttpResponse:
    """Render a story in the language of ``?lang=`` (``en`` or ``zh-hans``), else in the reader's.

    Renders past the context processors: they would put the frame of the signed-in user around the invented one.
    """
    wanted = request.GET.get("lang")
    language = wanted if wanted in ("en", "zh-hans") else get_language() or "en"
    with override(language):
        page = engines["jinja2"].env.get_template(template)  # type: ignore[attr-defined]
        given = {"request": request, "csrf_token": get_token(request), "csrf_input": csrf_input(request)}
        return HttpResponse(page.render(given | context()), status=status)


@public
def show_components(request: HttpRequest) -> HttpResponse:
    """Show every component and state."""
    return _show(
        request,
        "ui/stories/components.html",
        lambda: _frame(request, _("Components"), "") | components.story_components(),
    )


@public
def show_list(request: HttpRequest) -> HttpResponse:
    """Show a list; for htmx only its body."""
    template = "ui/list_body.html" if request.headers.get("HX-Request") else "ui/list.html"
    return _show(request, template, lambda: _frame(request, _("All customers"), "list") | {"page": lists.story_list()})


@public
def show_empty(request: HttpRequest) -> HttpResponse:
    """Show an empty list: ``?kind=first``, ``none`` or ``denied``."""
    kind = request.GET.get("kind", "first")
    return _show(
        request,
        "ui/list.html",
        lambda: _frame(request, _("Customers"), "empty") | {"page": lists.story_empty_list(kind)},
    )


@public
def show_board(request: HttpRequest) -> HttpResponse:
    """Show a board."""
    return _show(
        request, "ui/board.html", lambda: _frame(request, _("Opportunities"), "board") | {"board": lists.story_board()}
    )


@public
def show_record(request: HttpRequest) -> HttpResponse:
    """Show a record page."""
    return _show(
        request,
        "ui/record.html",
        lambda: _frame(request, _("Lin Xiaomei"), "record") | {"record": records.story_record()},
    )


@public
def show_peek(request: HttpRequest) -> HttpResponse:
    """Answer the side panel."""
    return _show(request, "ui/peek.html", lambda: {"record": records.story_record()})


@public
def show_form(request: HttpRequest) -> HttpResponse:
    """Show a form; posted, it comes back with errors and status 422."""
    wrong = request.method == "POST" or "errors" in request.GET
    template = "ui/form_dialog.html" if request.headers.get("HX-Request") else "ui/form.html"
    return _show(
        request,
        template,
        lambda: _frame(request, _("New customer"), "form") | {"form": records.story_form(wrong)},
        422 if request.method == "POST" else 200,
    )


@public
def show_dialog(request: HttpRequest) -> HttpResponse:
    """Answer a form as a dialog; posted, it comes back with errors and status 422."""
    wrong = request.method == "POST"
    return _show(request, "ui/form_dialog.html", lambda: {"form": records.story_form(wrong)}, 422 if wrong else 200)


@public
def show_value(request: HttpRequest) -> HttpResponse:
    """Show a value dashboard."""
    return _show(
        request, "ui/stories/value.html", lambda: _frame(request, _("Customer value"), "value") | values.story_value()
    )


@public
def show_sign_in(request: HttpRequest) -> HttpResponse:
    """Show the card layout of sign-in pages."""
    return _show(request, "ui/stories/signin.html", lambda: {"theme": request.GET.get("theme", "system")})


@public
def edit_field(request: HttpRequest) -> HttpResponse:
    """Answer the editor in place on GET, the new value on POST; an empty value comes back as an error."""
    field = request.GET.get("field", "name")
    value = request.POST.get(field, "林晓梅")
    item = FormField(field, _("Name"), value=value, errors=() if value else (_("Enter a name"),))
    posted = request.method == "POST"
    context = {
        "item": item,
        "action": request.get_full_path(),
        "column": field,
        "holder": "dd" if request.headers.get("HX-Target", "").startswith("dd") else "td",
        "saved": posted and bool(value),
        "wrong": posted and not value,
    }
    return _show(request, "ui/stories/edit.html", lambda: context, 200 if value else 422)


@public
def answer_palette(request: HttpRequest) -> JsonResponse:
    """Answer the palette with two invented groups."""
    query = request.GET.get("q", "")
    found = [{"label": f"{query} 林晓梅", "detail": "xiaomei.lin@example.cn", "icon": "user", "url": "/ui/record"}]
    return JsonResponse({"groups": [{"label": _("Customers"), "items": found}]})


@public
def answer_options(request: HttpRequest) -> JsonResponse:
    """Answer the options of a reference."""
    wanted = request.GET.get("q", "").lower()
    people = [("7", "赵敏"), ("8", "Maya Torres"), ("9", "Dan Okafor"), ("10", "李伟")]
    found = [{"value": value, "label": label, "detail": ""} for value, label in people if wanted in label.lower()]
    return JsonResponse({"options": found})


@public
def show_error(request: HttpRequest, status: int) -> HttpResponse:
    """Show an error page."""
    return _show(
        request, "ui/error.html", lambda: error_context(status) | {"theme": request.GET.get("theme", "system")}
    )


@public
def answer_move(request: HttpRequest) -> HttpResponse:
    """Answer a moved card and both column heads."""
    board = lists.story_board()
    stage = request.POST.get("stage", board.columns[0].value)
    card = board.columns[0].cards[0]
    changed = [column for column in board.columns if column.value in (stage, board.columns[0].value)]
    context = {"card": card, "columns": board.columns, "stage": stage, "changed": changed}
    return _show(request, "ui/board_card.html", lambda: context)


@public
def show_filter_menu(request: HttpRequest) -> HttpResponse:
    """Answer the menu of fields to filter by."""
    return _show(request, "ui/stories/filter.html", lambda: {"page": lists.story_list()})


@public
def show_column_menu(request: HttpRequest) -> HttpResponse:
    """Answer the column chooser."""
    return _show(request, "ui/stories/columns.html", lambda: {"page": lists.story_list()})


@public
def show_source(request: HttpRequest) -> HttpResponse:
    """Answer the card that says where a value comes from."""
    return _show(request, "ui/source_card.html", lambda: {"card": records.story_source()})


@public
def show_older(request: HttpRequest) -> HttpResponse:
    """Answer older timeline entries."""
    return _show(request, "ui/stories/older.html", lambda: {"record": records.story_record()})
