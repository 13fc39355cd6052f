"""A model of who is the same, learnt from records without labels, and the pairs that it finds.

Fellegi and Sunter (1969, JASA 64) as Splink computes it on DuckDB: how often columns agree among any two records is
counted in random pairs, how often among matches is estimated by expectation maximisation within blocks (Winkler 1988).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from guanxi.analytics.engine import Engine
from guanxi.analytics.entities.kinds import Columns, Kind

ID = "unique_id"
_RANDOM_PAIRS = 2_000_000
_SEED = 20_261_123
_LEAST_AMONG_MATCHES, _LEAST_AMONG_OTHERS = 1e-3, 1e-6


@dataclass(frozen=True, slots=True)
class Trained:
    """A model as it was learnt: Splink's own settings, which are JSON, of a kind and the columns that were filled."""

    kind: Kind
    columns: Columns
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, the probability that they are one, and the weight of the evidence in bits."""

    left: str
    right: str
    probability: float
    weight: float


def train(engine: Engine, kind: Kind, sources: Sequence[pa.Table]) -> Trained:
    """Learn who is the same from one table (anybody may stand in it twice) or from two (each holds everybody once).

    Tables have the column ``unique_id`` and any of the columns of ``kind``, as text, null where nothing is known.
    """
    columns = tuple(name for name in kind.columns if any(_is_filled(table, name) for table in sources))
    with _linker(engine, sources, kind, _settings(kind, columns, len(sources))) as linker:
        _learn(linker, kind, columns)
        return Trained(kind, columns, _bounded(linker.misc.save_model_to_json()))


def _learn(linker: Linker, kind: Kind, columns: Columns) -> None:
    certain: list[Any] = [block_on(*rule) for rule in _possible(kind.certain, columns)]
    if certain:
        linker.training.estimate_probability_two_random_records_match(certain, recall=kind.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
    for rule in _possible(kind.training, columns):
        # In a block of few pairs the estimates run off to nothing, which Splink refuses: such a block teaches nothing.
        with suppress(ValueError):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule), estimate_without_term_frequencies=True
            )


def _bounded(settings: dict[str, Any]) -> dict[str, Any]:
    """No level is impossible because few records showed it: one mistyped sign would outweigh all other evidence."""
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                level["m_probability"] = max(level.get("m_probability") or 0.0, _LEAST_AMONG_MATCHES)
                level["u_probability"] = max(level.get("u_probability") or 0.0, _LEAST_AMONG_OTHERS)
    return settings


def score(engine: Engine, trained: Trained, sources: Sequence[pa.Table], above: float = 0.5) -> list[Pair]:
    """Return the pairs of records that are one with more than the probability ``above``, likeliest first."""
    with _linker(engine, sources, trained.kind, trained.settings) as linker:
        found = linker.inference.predict(threshold_match_probability=above)
        rows = engine.connection.execute(
            f'SELECT {ID}_l, {ID}_r, match_probability, match_weight FROM "{found.physical_name}" ORDER BY 4 DESC, 1, 2'
        ).fetchall()
    return [Pair(*row) for row in rows]


def _settings(kind: Kind, columns: Columns, sources: int) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only" if sources == 1 else "link_only",
        comparisons=[kind.comparisons[name]() for name in columns],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in _possible(kind.blocking, columns)],
        retain_matching_columns=False,
    )


@contextmanager
def _linker(
    engine: Engine, sources: Sequence[pa.Table], kind: Kind, settings: SettingsCreator | dict[str, Any]
) -> Iterator[Linker]:
    """Lend the records to Splink; its tables go when the block ends."""
    api = DuckDBAPI(engine.connection)
    with ExitStack() as lent:
        names = [lent.enter_context(engine.lend(_text(table, kind))) for table in sources]
        tables = [api.register(name, dataset_display_name=f"source_{at}") for at, name in enumerate(names)]
        linker = Linker(tables, settings, log_level=None)
        lent.callback(engine.connection.unregister, "result_df")  # Splink's own name for what it last read
        lent.callback(linker.table_management.delete_tables_created_by_splink_from_db)
        yield linker


def _text(table: pa.Table, kind: Kind) -> pa.Table:
    """All that a kind knows, as text; empty text is nothing. Columns nobody fills stay: others may look at them."""
    arrays = {ID: table.column(ID).cast(pa.string())}
    for name in kind.columns:
        if name in table.column_names:
            values = table.column(name).cast(pa.string())
            arrays[name] = pc.if_else(pc.equal(values, ""), None, values)
        else:
            arrays[name] = pa.nulls(len(table), pa.string())
    return pa.table(arrays)


def _is_filled(table: pa.Table, name: str) -> bool:
    return name in table.column_names and table.column(name).null_count < len(table)


def _possible(rules: Sequence[Columns], columns: Columns) -> Iterator[Columns]:
    return (rule for rule in rules if set(rule) <= set(columns))
