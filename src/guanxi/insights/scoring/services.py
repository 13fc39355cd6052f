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

from guanxi.analytics.engine import Engine
from guanxi.analytics.first_scores import FirstScores, compute_first_scores
from guanxi.analytics.pyramid import assign_tiers, tier_migration
from guanxi.analytics.score_table import ScoreTable
from guanxi.analytics.settings import ScoreSettings
from guanxi.analytics.value import compute_value
from guanxi.analytics.whale import chart_points
from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.dates import start_of_day, today
from guanxi.customers.score.models import ScoreRun
from guanxi.identity.company.models import Company
from guanxi.identity.company.queries import company
from guanxi.insights.scoring.errors import ScoringBusy
from guanxi.insights.scoring.extract import Facts, extract_facts
from guanxi.insights.scoring.rules import EARLIER_TIERS, LOCK, require_scoring
from guanxi.insights.scoring.store import replace_figures, store_scores
from guanxi.records.changes import record_change

log = logging.getLogger(__name__)
Progress = Callable[[str], None]
KEEP_RUNS = 3


def run_scores(*, actor: Actor = SYSTEM, as_of: date | None = None, progress: Progress | None = None) -> ScoreRun:
    """Compute RFM, value, pyramid, whale curve and dormancy of all customers, store them and make them current.

    ``as_of`` defaults to the company's as-of setting, else now; what happened on that day or later does not count.
    Reads one snapshot of the facts; a failed run is kept with its error and leaves the current scores in force.
    ``progress`` is told of each step of ``STEPS``. Raises ``NotAllowed`` unless the actor may compute scores,
    ``ScoringBusy`` while another run is going on.
    """
    require_scoring(actor)
    settings = company()
    instant, day = _instant(settings, as_of or settings.as_of)
    with _only_one():
        _close_interrupted()
        run = ScoreRun.objects.create(as_of=day, started_by_id=actor.user_id)

        def say(step: str) -> None:
            ScoreRun.objects.filter(pk=run.pk).update(results={"step": step})
            if progress is not None:
                progress(step)

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


def _close_interrupted() -> None:
    """Mark runs that were killed while running; nothing of theirs was stored. Call while holding the lock."""
    ScoreRun.objects.filter(state="running").update(
        state="failed", error="interrupted", results={}, finished_at=datetime.now(UTC)
    )


def _compute(run: ScoreRun, settings: Company, instant: datetime, say: Progress) -> None:
    currency = settings.base_currency
    chosen = ScoreSettings(time_zone=settings.time_zone)
    with tempfile.TemporaryDirectory(prefix="scores-") as name, Engine(memory_limit="1GB") as engine:
        say("read")
        facts = extract_facts(Path(name), {currency: Decimal(1), **_rates(settings)})
        say("compute")
        scores = compute_first_scores(engine, facts.lines, instant, facts.costs, chosen)
        say("store")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
            earlier, before = _earlier_tiers(scores)
            store_scores(run, scores, {EARLIER_TIERS: earlier})
            figures = replace_figures(run, scores, currency)
            run.results = {**_outcome(scores, earlier, figures), "migrated_since": before.isoformat()}
            _finish(run, scores, facts, chosen)
    _prune()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def _finish(run: ScoreRun, scores: FirstScores, facts: Facts, chosen: ScoreSettings) -> None:
    ScoreRun.objects.filter(kind=run.kind, is_current=True).update(is_current=False)
    run.state, run.is_current, run.finished_at = "done", True, datetime.now(UTC)
    run.versions = {name: card.version for name, card in scores.cards.items()}
    run.parameters = {
        "value_months": chosen.value_months, "rfm_months": chosen.rfm_months, "time_zone": chosen.time_zone,
        "ties": str(chosen.ties), "instant": scores.as_of.isoformat(),
    }  # fmt: skip
    run.inputs = facts.summary
    run.save()


def _outcome(scores: FirstScores, earlier: ScoreTable, customers: int) -> dict[str, Any]:
    """Return what came out for the whole population, as JSON."""
    return {
        "customers": customers, "basis": scores.basis, "whale": _plain(asdict(scores.whale)),
        "tiers": _plain(scores.tiers.to_pylist()),
        "curve": _plain(chart_points(scores.tables["whale"]).to_pylist()),
        "rhythms": _counts(scores, "dormancy"),
        "migration": _plain(tier_migration(earlier, scores.tables["pyramid"]).to_pylist()),
    }  # fmt: skip


def _earlier_tiers(scores: FirstScores) -> tuple[ScoreTable, datetime]:
    """Return the tiers of 91 days before, over the window as it was then, and that instant."""
    before = scores.as_of - timedelta(days=91)
    window = scores.settings.value_window(before)
    values = compute_value(scores.extract, window, scores.settings.costs)
    return assign_tiers(values, scores.settings.shares), before


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
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise ScoringBusy

    def __exit__(self, *error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _prune() -> None:
    """Drop the score rows of all but the last runs; the runs themselves, with their results, stay."""
    kept = ScoreRun.objects.filter(state="done").order_by("-id").values_list("pk", flat=True)[:KEEP_RUNS]
    oldest = min(kept, default=0)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("DELETE FROM customers_score WHERE run_id < %s", [oldest])
