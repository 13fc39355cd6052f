"""Who is the same: what a model finds that learnt without labels, on made-up people and on public sets with the truth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations

import pyarrow as pa
import pytest

from benchmarks.persons import SETS
from guanxi.analytics import Engine
from guanxi.analytics.entities import (
    PERSON,
    Agreement,
    Pair,
    Trained,
    agreement,
    best_of_both,
    closure,
    clusters,
    pair_completeness,
    reduction_ratio,
    score,
    train,
)

GIVEN = ["anna", "boris", "chen", "dana", "erik", "fatima", "georg", "hana", "ivan", "julia", "karl", "lena", "mika",
         "nora", "oskar", "petra", "quentin", "rosa", "stefan", "tara", "ulla", "viktor", "wanda", "xavier", "yara"]  # fmt: skip
FAMILY = ["adams", "brown", "clarke", "dixon", "evans", "foster", "graham", "hughes", "irving", "jones", "kelly", "lloyd",
          "morgan", "nolan", "owens", "parker", "quinn", "reeves", "slater", "turner", "upton", "vance", "walsh", "young"]  # fmt: skip
STREETS = ["mill lane", "high street", "station road", "park avenue", "church walk", "queens drive", "elm grove"]


def people(number: int) -> tuple[pa.Table, set[tuple[str, str]]]:
    """So many people, every third written twice with a fault or two, and the pairs that are the same."""
    chance = random.Random(20_261_123)
    rows, true = [], set()
    for at in range(number):
        row = {
            "unique_id": f"p{at}", "given": chance.choice(GIVEN), "family": chance.choice(FAMILY),
            "birth": f"{chance.randint(1940, 2005)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}",
            "phone": f"1{chance.randint(10**9, 10**10 - 1)}", "house": str(chance.randint(1, 90)),
            "street": chance.choice(STREETS), "postcode": str(chance.randint(1000, 1060)),
        }  # fmt: skip
        rows.append(row)
        if at % 3 == 0:
            again = {**row, "unique_id": f"q{at}"}
            for name in chance.sample(["given", "family", "birth", "phone", "street", "postcode"], 2):
                again[name] = chance.choice([None, row[name][:-1], row[name][1] + row[name][0] + row[name][2:]])
            rows.append(again)
            true.add((f"p{at}", f"q{at}"))
    return pa.Table.from_pylist(rows), true


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        yield opened


@pytest.fixture(scope="module")
def trained(engine: Engine) -> Trained:
    """A model of 900 people."""
    return train(engine, PERSON, [people(900)[0]])


def test_people_written_twice_are_found_without_labels_and_nobody_else(engine: Engine, trained: Trained) -> None:
    table, true = people(900)
    found = score(engine, trained, [table], above=0.9)

    assert trained.columns == ("given", "family", "birth", "phone", "house", "street", "postcode")
    result = agreement([(pair.left, pair.right) for pair in found], true)
    assert result.true == 300
    assert result.precision >= 0.99
    assert result.recall >= 0.97
    assert [pair.weight for pair in found] == sorted((pair.weight for pair in found), reverse=True)
    assert engine.run("SHOW TABLES").num_rows == 0


def test_a_trained_model_scores_people_it_has_not_seen() -> None:
    table, true = people(900)
    half = table.slice(0, 600)
    rest = table.slice(600)
    ids = set(rest.column("unique_id").to_pylist())
    with Engine() as engine:
        found = score(engine, train(engine, PERSON, [half]), [rest], above=0.9)
    result = agreement([(pair.left, pair.right) for pair in found], {pair for pair in true if ids >= set(pair)})
    assert result.precision >= 0.98
    assert result.recall >= 0.95


def test_two_people_who_share_only_a_phone_and_an_address_stay_apart(engine: Engine, trained: Trained) -> None:
    shared = {"phone": "13800000000", "house": "7", "street": "elm grove", "postcode": "1001"}
    family = [
        {"unique_id": "mother", "given": "rosa", "family": "walsh", "birth": "19710203", **shared},
        {"unique_id": "son", "given": "karl", "family": "walsh", "birth": "20011105", **shared},
    ]
    table, _true = people(900)
    everybody = pa.concat_tables([table, pa.Table.from_pylist(family, schema=table.schema)])
    found = score(engine, trained, [everybody], above=0.9)
    assert ("mother", "son") not in {(pair.left, pair.right) for pair in found}


@pytest.mark.skipif(
    not SETS["febrl1"].is_here, reason="FEBRL is absent; GUANXI_SHARED_DATA names the folder that holds it."
)
def test_all_500_duplicates_of_febrl_1_are_found_and_no_other_pair() -> None:
    sources = SETS["febrl1"].sources()
    with Engine() as engine:
        found = score(engine, train(engine, PERSON, sources), sources, above=0.9)
    assert agreement(closure((pair.left, pair.right) for pair in found), SETS["febrl1"].true_pairs()) == Agreement(
        500, 500, 500
    )


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "least"), [("febrl2", 0.99), ("febrl3", 0.998), ("febrl4", 0.999), ("febrl4_without_ssn", 0.995)]
)
def test_the_other_sets_of_febrl_are_matched_as_well_as_wanted(name: str, least: float) -> None:
    if not SETS[name].is_here:
        pytest.skip("FEBRL is absent; GUANXI_SHARED_DATA names the folder that holds it.")
    sources = SETS[name].sources()
    with Engine() as engine:
        found = score(engine, train(engine, PERSON, sources), sources, above=0.9)
    ids = [(pair.left, pair.right) for pair in (best_of_both(found) if len(sources) > 1 else found)]
    assert agreement(ids if len(sources) > 1 else closure(ids), SETS[name].true_pairs()).f1 >= least


def test_pairs_that_hang_together_are_one_group_and_all_pairs_within_it_count() -> None:
    pairs = [("b", "a"), ("c", "b"), ("x", "y")]
    assert clusters(pairs) == [["a", "b", "c"], ["x", "y"]]
    assert closure(pairs) == {*combinations("abc", 2), ("x", "y")}
    assert clusters([]) == []


def test_of_two_sources_only_the_likeliest_partners_of_each_other_are_kept() -> None:
    first, second, third = Pair("a", "1", 0.99, 9.0), Pair("a", "2", 0.98, 7.0), Pair("b", "2", 0.95, 5.0)
    assert best_of_both([third, second, first]) == [first]
    assert best_of_both([third, first]) == [first, third]


def test_agreement_counts_pairs_whatever_their_order_and_says_nothing_wrong_of_nothing() -> None:
    result = agreement([("b", "a"), ("c", "d"), ("e", "f")], [("a", "b"), ("d", "c"), ("g", "h"), ("i", "j")])
    assert result == Agreement(2, 3, 4)
    assert (result.precision, result.recall) == (2 / 3, 0.5)
    assert result.f1 == pytest.approx(4 / 7)
    assert agreement([], []) == Agreement(0, 0, 0)
    assert (agreement([], []).precision, agreement([], []).recall, agreement([], []).f1) == (1.0, 1.0, 1.0)
    assert pair_completeness([("a", "b")], [("b", "a"), ("c", "d")]) == 0.5
    assert reduction_ratio(9, 10) == pytest.approx(0.8)
    assert reduction_ratio(10, 10, 100) == pytest.approx(0.99)
