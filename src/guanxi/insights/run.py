"""The entry point of the command ``score``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.insights.scoring.rules import STEPS
from guanxi.insights.scoring.services import run_scores
from guanxi.insights.scoring.wording import step_text


def score_all(*, as_of: date | None = None, report: Callable[[str, float], None] | None = None) -> str:
    """Score every customer as the nightly run does and return a sentence that says what came out.

    ``report(sentence, fraction)`` is told of each step. Raises as ``run_scores`` does.
    """

    def say(step: str) -> None:
        if report is not None:
            report(str(step_text(step)), STEPS.index(step) / len(STEPS))

    run = run_scores(as_of=as_of, progress=say)
    if report is not None:
        report("", 1.0)
    customers = int(run.results["customers"])
    counted = ngettext("%(count)s customer", "%(count)s customers", customers) % {"count": f"{customers:,}"}
    sentence = _("Run %(run)s as of %(day)s: %(customers)s scored.") % {
        "run": run.pk, "day": run.as_of.isoformat(), "customers": counted,
    }  # fmt: skip
    if run.results["basis"] == "net_revenue":
        sentence += " " + _("Cost unknown: ranked by revenue net of returns.")
    return sentence
