"""Pages of runs and models, and the button that has scores computed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.policy import signed_in
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.insights.scoring import queries
from guanxi.insights.scoring.cards import cards, model_title
from guanxi.insights.scoring.rules import STEPS, may_score
from guanxi.insights.scoring.tasks import ask_for_scores
from guanxi.insights.scoring.wording import STATE_COLORS, step_text
from guanxi.records.access import require_may
from guanxi.records.screens.answers import actor_of, answer, go_to
from guanxi.ui.frame import frame_page
from guanxi.ui.shell import Crumb

RUNS_SHOWN = 100


@signed_in
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have scores computed in the background; htmx gets the progress."""
    ask_for_scores(actor_of(request))
    if request.headers.get("HX-Request") == "true":
        return _progress(request, started=True)
    return go_to(request, reverse("value.dashboard"))


@signed_in
@require_GET
def show_progress(request: HttpRequest) -> HttpResponse:
    """Answer the banner that says how far the computation is; empty when there is none."""
    require_may(actor_of(request), "view", CUSTOMER)
    return _progress(request, started=request.GET.get("watch") == "1")


def _progress(request: HttpRequest, *, started: bool) -> HttpResponse:
    now = queries.progress()
    step = str(now.run.results.get("step", "")) if now.run else ""
    share = (STEPS.index(step) + 1) / (len(STEPS) + 1) if step in STEPS else 0.0
    context: dict[str, Any] = {
        "now": now, "step": step_text(step), "share": share, "is_over": started and not now.is_busy,
        "last": queries.runs().first() if started and not now.is_busy else None,
    }  # fmt: skip
    return answer(request, "scoring/progress.html", context)


@signed_in
@require_GET
def show_runs(request: HttpRequest) -> HttpResponse:
    """Show the history of runs."""
    actor = actor_of(request)
    require_may(actor, "view", CUSTOMER)
    _frame(request, _("Runs"))
    context = {"runs": list(queries.runs()[:RUNS_SHOWN]), "colors": STATE_COLORS, "may_compute": may_score(actor)}
    return answer(request, "scoring/runs.html", context)


@signed_in
@require_GET
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show one run: what went in, how it was computed, what came out, and its error."""
    require_may(actor_of(request), "view", CUSTOMER)
    run = queries.run_of(run_id)
    _frame(request, _("Run %(number)s") % {"number": run.pk}, Crumb(_("Runs"), reverse("value.runs")))
    sees_all = queries.sees_totals(actor_of(request))
    titles = {name: model_title(name) for name in run.versions}
    context = {"run": run, "colors": STATE_COLORS, "sees_all": sees_all, "titles": titles}
    return answer(request, "scoring/run.html", context)


@signed_in
@require_GET
def show_models(request: HttpRequest) -> HttpResponse:
    """Show what each model answers, how, after whom, and what not to use it for."""
    require_may(actor_of(request), "view", CUSTOMER)
    _frame(request, _("Models"))
    return answer(request, "scoring/models.html", {"cards": cards()})


def _frame(request: HttpRequest, title: str, *crumbs: Crumb) -> None:
    base = reverse("value.dashboard")
    frame_page(request, title, (Crumb(_("Customer value"), base), *crumbs), place=base)
