"""Runs: what they keep, what a failure leaves in force, who may start one, and what the pages say."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from guanxi.analytics.cards import CARDS
from guanxi.core.actor import SYSTEM
from guanxi.core.errors import NotAllowed
from guanxi.customers.order.models import Order
from guanxi.customers.score.models import CustomerFigures, Score, ScoreRun
from guanxi.insights.run import score_all
from guanxi.insights.scoring import services
from guanxi.insights.scoring.cards import cards
from guanxi.insights.scoring.queries import progress
from guanxi.insights.scoring.rules import LOCK
from guanxi.insights.scoring.tasks import ask_for_scores, compute_scores_now
from tests.insights.company import AS_OF, Scored


def test_a_run_says_what_it_was_and_becomes_current(company: Scored) -> None:
    run = ScoreRun.objects.get(is_current=True)

    assert (run.state, run.as_of, run.results["basis"]) == ("done", AS_OF, "profit")
    assert run.versions == {name: card.version for name, card in CARDS.items()}
    assert run.inputs["orders_without_rate"] == {}
    assert set(CustomerFigures.objects.values_list("run_id", flat=True)) == {run.pk}


def test_what_happened_on_the_day_of_the_figures_does_not_count(company: Scored) -> None:
    """A day of the company begins at midnight in its own time zone."""
    customer = company.figures()[0].customer
    newest = (
        Order.objects.filter(customer=customer, is_return=False).exclude(status="cancelled").order_by("-ordered_at")
    )
    order = newest[0]
    Order.objects.filter(pk=order.pk).update(ordered_at="2026-02-28 16:00+00")

    late = services.run_scores(as_of=AS_OF)
    without = CustomerFigures.objects.get(pk=customer.pk).last_purchase_at
    services.run_scores(as_of=AS_OF + timedelta(days=1))
    figures = CustomerFigures.objects.get(pk=customer.pk)

    assert late.as_of == date(2026, 3, 1)
    assert without is None or without < figures.last_purchase_at  # type: ignore[operator]
    assert figures.recency_days == 1


def test_orders_in_a_currency_without_a_rate_are_left_out_and_counted(company: Scored) -> None:
    order = Order.objects.exclude(status="cancelled").filter(currency="CNY").order_by("pk")[0]
    Order.objects.filter(pk=order.pk).update(currency="XAU")

    run = services.run_scores(as_of=AS_OF)

    assert run.inputs["orders_without_rate"] == {"XAU": 1}


def test_a_failed_run_keeps_the_old_one_in_force(company: Scored, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(CustomerFigures.objects.order_by("pk").values_list("pk", "value", "run_id"))

    def fails(*arguments: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services, "replace_figures", fails)
    with pytest.raises(RuntimeError, match="the disk is full"):
        services.run_scores(as_of=AS_OF)

    failed = ScoreRun.objects.latest("pk")
    assert (failed.state, failed.error, failed.is_current) == ("failed", "the disk is full", False)
    assert not Score.objects.filter(run=failed).exists()
    assert list(CustomerFigures.objects.order_by("pk").values_list("pk", "value", "run_id")) == before
    html = company.client("analyst").get(reverse("value.run", args=(failed.pk,)), secure=True).content.decode()
    assert "the disk is full" in html


def test_a_killed_run_is_closed_by_the_next_one(company: Scored) -> None:
    killed = ScoreRun.objects.create(as_of=AS_OF, state="running")

    services.run_scores(as_of=AS_OF)

    killed.refresh_from_db()
    assert (killed.state, killed.error) == ("failed", "interrupted")


def test_scores_of_old_runs_are_dropped_and_the_runs_stay(company: Scored) -> None:
    runs = [services.run_scores(as_of=AS_OF) for _ in range(services.KEEP_RUNS)]

    kept = set(Score.objects.values_list("run_id", flat=True))
    assert kept == {run.pk for run in runs}
    assert company.run is not None
    assert ScoreRun.objects.filter(pk=company.run.pk).exists()


def test_a_run_tells_its_steps_in_order(company: Scored) -> None:
    told: list[tuple[str, float]] = []

    sentence = score_all(as_of=AS_OF, report=lambda text, share: told.append((text, round(share, 2))))

    assert told == [("Reading the facts", 0.0), ("Computing", 0.33), ("Storing the scores", 0.67), ("", 1.0)]
    customers = CustomerFigures.objects.count()
    run = ScoreRun.objects.get(is_current=True)
    assert sentence == f"Run {run.pk} as of 2026-03-01: {customers} customers scored."


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("administrator", True),
        ("analyst", True),
        ("sales-manager", False),
        ("salesperson", False),
        ("read-only", False),
    ],
)
def test_only_analysts_and_administrators_have_scores_computed(company: Scored, role: str, allowed: bool) -> None:
    answer = company.client(role).post(reverse("value.compute"), secure=True)
    button = (
        reverse("value.compute") in company.client(role).get(reverse("value.dashboard"), secure=True).content.decode()
    )

    assert (answer.status_code, button) == ((302, True) if allowed else (403, False))
    assert progress().is_waiting is allowed


def test_asking_twice_queues_one_computation(company: Scored) -> None:
    actor = company.actor("analyst")

    assert [ask_for_scores(actor), ask_for_scores(actor)] == [True, False]
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name LIKE '%%compute_scores'")
        assert [json.loads(row[0]) for row in cursor.fetchall()] == [{"user_id": actor.user_id}]


def test_a_computation_that_a_person_asked_for_names_that_person(company: Scored) -> None:
    compute_scores_now(company.actor("analyst"))

    assert ScoreRun.objects.latest("pk").started_by_id == company.users["analyst"].pk


def test_a_salesperson_may_not_run_scores_directly(company: Scored) -> None:
    with pytest.raises(NotAllowed):
        services.run_scores(actor=company.actor("salesperson"))


def test_totals_of_a_run_are_only_for_those_who_see_all_customers(company: Scored) -> None:
    assert company.run is not None
    url = reverse("value.run", args=(company.run.pk,))

    assert "Gini coefficient" in company.client("analyst").get(url, secure=True).content.decode()
    for role in ("salesperson", "service-agent"):
        assert "Gini coefficient" not in company.client(role).get(url, secure=True).content.decode(), role


def test_the_progress_says_when_a_run_goes_on(company: Scored) -> None:
    client = company.client("analyst")
    idle = client.get(reverse("value.progress"), secure=True).content.decode()
    ScoreRun.objects.create(as_of=AS_OF, state="running", results={"step": "compute"})
    killed = client.get(reverse("value.progress"), secure=True).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        busy = client.get(reverse("value.progress"), secure=True).content.decode()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    assert (idle.strip(), killed.strip()) == ("", "")
    assert "Computing" in busy
    assert reverse("value.progress") in busy


def test_every_model_has_a_card_in_both_languages(company: Scored) -> None:
    from django.utils import translation

    english = cards()
    with translation.override("zh-hans"):
        chinese = cards()

    assert {card.name for card in english} == set(CARDS)
    for one, other in zip(english, chinese, strict=True):
        assert one.question != other.question, one.name
        assert one.formula != other.formula, one.name
        assert one.not_for != other.not_for, one.name


def test_the_system_may_score(company: Scored) -> None:
    assert services.run_scores(actor=SYSTEM, as_of=AS_OF).started_by_id is None
