"""RFM profiles and scores."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from guanxi.analytics import Engine, RfmConvention, TieRule, Window, compute_rfm
from tests.analytics.purchase_lines import AS_OF, adding, by_customer, extract_of, generated_lines, line

NOW = Window(AS_OF)


def cells(engine: Engine, *rows: dict[str, Any], **choices: Any) -> dict[int, str]:
    scored = by_customer(compute_rfm(extract_of(engine, *rows), NOW, **choices))
    return {customer: row["label"] for customer, row in scored.items()}


def test_frequency_counts_orders_and_returns_only_lower_the_amount(engine: Engine) -> None:
    rows = [
        line(1, "10.00", days_ago=30, order=1),
        line(1, "5.50", days_ago=30, order=1),
        line(1, "20.00", days_ago=10, order=2),
        line(1, "-4.25", days_ago=2, order=3, is_return=True),
    ]
    found = by_customer(compute_rfm(extract_of(engine, *rows), NOW))[1]
    assert (found["recency_days"], found["frequency"], found["monetary"]) == (10, 2, Decimal("31.2500"))
    assert found["last_purchase_on"] == date(2026, 6, 21)


def test_a_customer_with_nothing_but_returns_has_no_rfm(engine: Engine) -> None:
    found = cells(engine, line(1, "10", days_ago=3), line(2, "-10", days_ago=3, is_return=True))
    assert list(found) == [1]


def test_purchases_at_or_after_the_as_of_instant_do_not_exist_yet(engine: Engine) -> None:
    rows = [line(1, "10", days_ago=3), line(1, "99", days_ago=0), line(2, "10", days_ago=-1)]
    found = by_customer(compute_rfm(extract_of(engine, *rows), NOW))
    assert list(found) == [1]
    assert (found[1]["recency_days"], found[1]["monetary"]) == (3, Decimal("10.0000"))


@pytest.mark.parametrize(("zone", "days"), [("UTC", 1), ("Asia/Shanghai", 0)])
def test_recency_counts_dates_of_the_companys_own_calendar(engine: Engine, zone: str, days: int) -> None:
    late = {**line(1, "10"), "ordered_at": datetime(2026, 6, 30, 17, tzinfo=UTC)}
    window = Window(datetime(2026, 7, 1, 2, tzinfo=UTC))
    assert by_customer(compute_rfm(extract_of(engine, late, zone=zone), window))[1]["recency_days"] == days


def test_five_customers_in_order_get_one_to_five(engine: Engine) -> None:
    rows = [line(c, str(10 * c), days_ago=60 - 10 * c, order=10 * c + n) for c in range(1, 6) for n in range(c)]
    assert cells(engine, *rows) == {1: "111", 2: "222", 3: "333", 4: "444", 5: "555"}


def test_first_come_ties_rank_by_customer_id_and_equal_ties_share_a_score(engine: Engine) -> None:
    rows = [line(c, "10", days_ago=5) for c in range(1, 6)]
    assert cells(engine, *rows, ties=TieRule.FIRST) == {1: "111", 2: "222", 3: "333", 4: "444", 5: "555"}
    assert set(cells(engine, *rows, ties=TieRule.EQUAL).values()) == {"333"}


def test_nested_quintiles_score_amounts_among_customers_of_the_same_recency(engine: Engine) -> None:
    # Recent customers spend 100 and more, old ones below 10: independent M never gives an old one a 5, nested M does.
    recent = [line(c, str(100 + c), days_ago=1) for c in range(1, 6)]
    old = [line(c, str(c - 5), days_ago=300) for c in range(6, 11)]
    independent = cells(engine, *recent, *old, ties=TieRule.EQUAL)
    nested = cells(engine, *recent, *old, convention=RfmConvention.NESTED, ties=TieRule.EQUAL)
    assert independent == {
        1: "433", 2: "434", 3: "434", 4: "435", 5: "435", 6: "231", 7: "231", 8: "232", 9: "232", 10: "233",
    }  # fmt: skip
    assert nested == {
        1: "431", 2: "432", 3: "433", 4: "434", 5: "435", 6: "231", 7: "232", 8: "233", 9: "234", 10: "235",
    }  # fmt: skip


def test_a_customer_alone_in_its_cell_gets_the_middle_score(engine: Engine) -> None:
    assert cells(engine, line(1, "10"), convention=RfmConvention.NESTED) == {1: "333"}


def test_reasons_name_the_facts_behind_each_point(engine: Engine) -> None:
    found = by_customer(compute_rfm(extract_of(engine, line(1, "12.50", days_ago=4)), NOW))[1]
    assert [(r["code"], r["value"], r["adds"], dict(r["params"])) for r in found["reasons"]] == [
        ("recency", Decimal(3), True, {"days": "4", "last_purchase_on": "2026-06-27"}),
        ("frequency", Decimal(3), True, {"orders": "1"}),
        ("monetary", Decimal(3), True, {"amount": "12.5000"}),
    ]


@settings(max_examples=25, deadline=None)
@given(rows=generated_lines())
def test_scores_never_contradict_the_order_of_the_facts(engine: Engine, rows: list[dict[str, Any]]) -> None:
    extract = extract_of(engine, *rows)
    for ties in TieRule:
        found = by_customer(compute_rfm(extract, NOW, ties=ties)).values()
        for fact, score, sign in (
            ("recency_days", "recency_score", -1),
            ("frequency", "frequency_score", 1),
            ("monetary", "monetary_score", 1),
        ):
            ordered = sorted(found, key=lambda row: (sign * row[fact], row[score]))
            scores = [row[score] for row in ordered]
            assert scores == sorted(scores)
            if ties is TieRule.EQUAL:
                assert len({(row[fact], row[score]) for row in found}) == len({row[fact] for row in found})
            elif len(found) >= 5:
                sizes = Counter(scores)
                assert max(sizes.values()) - min(sizes.values()) <= 1
                assert len(sizes) == 5
        for row in found:
            assert adding(row) == row["score"] == sum(int(digit) for digit in row["label"])
