"""Computing and storing the first scores of all customers."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.analytics.engine import Engine
from guanxi.analytics.first_scores import FirstScores, compute_first_scores
from guanxi.analytics.pyramid import assign_tiers, tier_migration
from guanxi.analytics.settings import ScoreSettings
from guanxi.analytics.value import compute_value
from guanxi.analytics.whale import chart_points
from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.dates import start_of_day, today
from guanxi.core.errors import DomainError, NotAllowed
from guanxi.customers.score.models import ScoreRun
from guanxi.identity.company.models import Company
from guanxi.identity.company.queries import company
from guanxi.insights.scoring.extract import Facts, extract_facts
from guanxi.insights.scoring.store import replace_figures, store_scores
from guanxi.records.changes import record_change

log = logging.getLogger(__name__)
Progress = Callable[[str], None]
KEEP_RUNS = 3
_LOCK = 0x5C0_7E5


class ScoringBusy(DomainError):
    """Another computation is running."""

    code, status = "scoring_busy", 409
    sentence = _("Scores are being computed already. Wait until that run is done.")


def run_scores(*, actor: Actor = SYSTEM, as_of: date | None = None, progress: Progress | None = None) -> ScoreRun:
    """Compute RFM, value, pyramid, whale curve and dormancy of all customers, store them and make them current.

    ``as_of`` defaults to the company's as-of setting, else now. Reads one snapshot of the facts; a failed run is kept with its
    error and leaves the current scores in force. Raises ``NotAllowed`` unless the actor is an administrator or the
    system, ``ScoringBusy`` while another run is going on.
    """
    if not (actor.is_system or actor.is_administrator or actor.may("score", "customer")):
        raise NotAllowed
    say = progress or (lambda step: None)
    settings = company()
    instant, day = _instant(settings, as_of or settings.as_of)
    with _only_one():
        run = ScoreRun.objects.create(as_of=day, started_by_id=actor.user_id)
        try:
            _compute(run, settings, instant, say)
        except Exception as error:
            log.exception("score run %s failed", run.pk)
            ScoreRun.objects.filter(pk=run.pk).update(
                state="failed", error=str(error)[:2000], finished_at=datetime.now(UTC)
            )
            raise
        record_change(actor, "score_run", run.pk, "scored", {"as_of": (None, day)})
    return run


def _compute(run: ScoreRun, settings: Company, instant: datetime, say: Progress) -> None:
    currency = settings.base_currency
    chosen = ScoreSettings(time_zone=settings.time_zone)
    with tempfile.TemporaryDirectory(prefix="scores-") as name, Engine(memory_limit="1GB") as engine:
        say("reading the facts")
        facts = extract_facts(Path(name), {currency: Decimal(1), **_rates(settings)})
        say("computing")
        scores = compute_first_scores(engine, facts.lines, instant, facts.costs, chosen)
        say("storing")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
            store_scores(run, scores)
            _finish(run, scores, facts, chosen, replace_figures(run, scores, currency))
        say("tidying up")
    _prune()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def _finish(run: ScoreRun, scores: FirstScores, facts: Facts, chosen: ScoreSettings, customers: int) -> None:
    ScoreRun.objects.filter(kind=run.kind, is_current=True).update(is_current=False)
    run.state, run.is_current, run.finished_at = "done", True, datetime.now(UTC)
    run.versions = {name: card.version for name, card in scores.cards.items()}
    run.parameters = {
        "value_months": chosen.value_months, "rfm_months": chosen.rfm_months, "time_zone": chosen.time_zone,
        "ties": str(chosen.ties), "instant": scores.as_of.isoformat(),
    }  # fmt: skip
    run.inputs = facts.summary
    run.results = {
        "customers": customers, "basis": scores.basis, "whale": _plain(asdict(scores.whale)),
        "tiers": _plain(scores.tiers.to_pylist()),
        "curve": _plain(chart_points(scores.tables["whale"]).to_pylist()),
        "rhythms": _counts(scores, "dormancy"), "migration": _migration(scores),
    }  # fmt: skip
    run.save()


def _migration(scores: FirstScores) -> list[dict[str, Any]]:
    """Return how customers moved between tiers since three months before, each side over its own window."""
    before = scores.as_of - timedelta(days=91)
    window = scores.settings.value_window(before)
    earlier = assign_tiers(compute_value(scores.extract, window, scores.settings.costs), scores.settings.shares)
    rows: list[dict[str, Any]] = _plain(tier_migration(earlier, scores.tables["pyramid"]).to_pylist())
    return rows


def _counts(scores: FirstScores, model: str) -> dict[str, int]:
    table = scores.tables[model]
    rows = table.engine.run(f"SELECT label, count(*) AS n FROM {table.name} GROUP BY label ORDER BY label").to_pylist()
    return {row["label"]: row["n"] for row in rows}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def _rates(settings: Company) -> dict[str, Decimal]:
    return {code: Decimal(str(rate)) for code, rate in settings.rates.items()}


def _instant(settings: Company, as_of: date | None) -> tuple[datetime, date]:
    """Return the instant before which facts count, and the day that figures name."""
    if as_of is None:
        return datetime.now(UTC), today(settings.time_zone)
    return start_of_day(as_of, settings.time_zone), as_of


class _only_one:
    """Hold the advisory lock of scoring for the length of a block; raise ``ScoringBusy`` when another holds it."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise ScoringBusy

    def __exit__(self, *error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _prune() -> None:
    """Drop the score rows of all but the last runs; the runs themselves, with their results, stay."""
    kept = ScoreRun.objects.filter(state="done").order_by("-id").values_list("pk", flat=True)[:KEEP_RUNS]
    oldest = min(kept, default=0)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("DELETE FROM customers_score WHERE run_id < %s", [oldest])
