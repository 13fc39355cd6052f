"""Finds, for each row of a batch, the records it means: those that exist already, and ids for those to be made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import polars as pl
from django.conf import settings

from guanxi.core.actor import Actor, Scope
from guanxi.records import access
from guanxi.records.importing.lookups import Lookups, is_looked_up, resolve_references
from guanxi.records.importing.mapping import ColumnMapping
from guanxi.records.importing.plan import EXTERNAL_ID, ImportPlan, Part, attribute_of
from guanxi.records.importing.rows import ROW, Reject
from guanxi.records.importing.soundness import against_rules, broken_rules, parents_in_scope
from guanxi.records.importing.staging import array_of, new_ids
from guanxi.records.importing.taken import taken_values
from guanxi.records.sql import quoted, rows_of

_REACH = ("owner", "team", "territory")


@dataclass(slots=True)
class Loading:
    """What stays the same from batch to batch of one import, or of its dry run."""

    actor: Actor
    plan: ImportPlan
    mapping: ColumnMapping
    filled: frozenset[str]
    headers: dict[str, str]
    source_id: int
    change_set_id: int | None
    is_dry: bool = False
    lookups: Lookups = field(init=False)
    seen: dict[str, list[pl.Series]] = field(default_factory=dict)
    derived: dict[str, pl.DataFrame] = field(default_factory=dict)
    defaults: dict[str, dict[str, str]] = field(default_factory=dict)
    next_dry_id: int = 0
    stock: dict[str, pl.Series] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start with nothing looked up."""
        self.lookups = Lookups(self.actor, self.source_id, self.change_set_id, self.is_dry)

    def forget(self) -> None:
        """Forget what was looked up: the transaction in which it was found or made is gone."""
        self.lookups = Lookups(self.actor, self.source_id, self.change_set_id, self.is_dry)

    def parts(self) -> list[Part]:
        """Return the parts that this file fills, in order."""
        return [part for part in self.plan.parts if part.key in self.filled]

    def header(self, key: str) -> str:
        """Return the header of the column that fills a target, or an empty string."""
        return self.headers.get(key, "")

    def ids(self, table: str, count: int) -> pl.Series:
        """Return ids for new records; a dry run counts downwards from -1 and takes none from the database."""
        if not self.is_dry:
            self.used[table] = self.used.get(table, 0) + count
            stock = self.stock.pop(table, None)
            if stock is None or len(stock) < count:
                return new_ids(table, count)
            self.stock[table] = stock[count:]
            return stock[:count].alias("id")
        first = self.next_dry_id - 1
        self.next_dry_id -= count
        return pl.Series("id", range(first, first - count, -1), dtype=pl.Int64)

    def take_stock(self) -> None:
        """Take as many ids as the batch before used, while the connection is free: asking for them waits for it."""
        for table, count in self.used.items():
            left = self.stock.get(table, pl.Series("id", [], dtype=pl.Int64))
            if len(left) < count:
                self.stock[table] = left.append(new_ids(table, count - len(left)))
        self.used = {}

    def seen_before(self, what: str, words: list[str]) -> set[str]:
        """Return which words came up before under this heading, and remember all of them (as 64-bit hashes)."""
        given = pl.Series("word", words, dtype=pl.String)
        hashes = given.hash(0)
        known = self.seen.setdefault(what, [])
        again = pl.Series("again", [False], dtype=pl.Boolean).new_from_index(0, len(given))
        for part in known:
            again |= hashes.is_in(part.implode())
        known.append(hashes.filter(~again).unique())
        if len(known) > 8:
            known[:] = [pl.concat(known)]
        return set(given.filter(again).to_list())


def id_column(part: str) -> str:
    """Return the name of the column that holds the record ids of a part."""
    return f"@{part}"


def new_column(part: str) -> str:
    """Return the name of the column that says whether the record of a part is to be made."""
    return f"+{part}"


def key_column(part: str) -> str:
    """Return the name of the column that holds the key by which the record of a part is found."""
    return f"#{part}"


def match_rows(frame: pl.DataFrame, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    """Add to each row, for each part that stands on its own, its key, record id and whether that is new.

    Names of referenced records become ids. Returns the rows that can be loaded and those that can't. Reads only.
    """
    frame, rejects = _look_up(frame, loading)
    for part in loading.parts():
        if part.is_dependent:
            continue
        frame = _with_key(frame, part, loading)
        if part.key == loading.plan.root_part.key:
            frame, refused = _refuse(frame, pl.col(key_column(part.key)).is_null(), "no_key", part, "", loading)
            rejects += refused
        frame, refused = _match(frame, part, loading)
        rejects += refused
        for check in (_refuse_missing, _refuse_out_of_reach, _refuse_invalid, _refuse_taken):
            frame, refused = check(frame, part, loading)
            rejects += refused
    return frame, rejects


def _look_up(frame: pl.DataFrame, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    rejects: list[Reject] = []
    for part in loading.parts():
        for item in part.offered():
            key = f"{part.key}.{item.name}"
            if key in frame.columns and is_looked_up(item):
                frame, refused = resolve_references(frame, key, item, loading.lookups, loading.header(key))
                rejects += refused
    bad = {reject.row for reject in rejects}
    return (frame.filter(~pl.col(ROW).is_in(list(bad))) if bad else frame), rejects


def _with_key(frame: pl.DataFrame, part: Part, loading: Loading) -> pl.DataFrame:
    """Add the key of a part: external id, natural key, or one made of what identifies the row."""
    name = key_column(part.key)
    if part.natural:
        columns = [f"{part.key}.{each}" for each in part.natural]
        if not all(column in frame.columns for column in columns):
            return frame.with_columns(pl.lit(None, dtype=pl.String).alias(name))
        return frame.with_columns(
            pl.concat_str([pl.col(c).cast(pl.String) for c in columns], separator="\x1f").alias(name)
        )
    external = f"{part.key}.{EXTERNAL_ID}"
    if external in frame.columns:
        return frame.with_columns(pl.col(external).alias(name))
    wanted = (
        loading.plan.identity
        if part.key == loading.plan.root_part.key
        else [f"{part.key}.{f.name}" for f in part.offered()]
    )
    given = [key for key in wanted if key in frame.columns]
    if not given:
        return frame.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    joined = frame.select(pl.concat_str([pl.col(key).cast(pl.String).fill_null("") for key in given], separator="\x1f"))
    return frame.with_columns(
        pl.Series(name, [_made_key(text, part) for text in joined.to_series().to_list()], dtype=pl.String)
    )


def _made_key(text: str, part: Part) -> str | None:
    folded = " ".join(text.casefold().split())
    # What is masked when it is stored (the number of a passport) must not be found by trying all numbers either.
    secret = str(settings.SECRET_KEY).encode()[:64] if part.derives_first else b""
    made = hashlib.blake2b(folded.encode(), digest_size=16, key=secret)
    return "~" + made.hexdigest() if folded.strip("\x1f ") else None


def _match(frame: pl.DataFrame, part: Part, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    """Join the ids of existing records to the rows and take ids for the others."""
    name, number, is_new = key_column(part.key), id_column(part.key), new_column(part.key)
    keys = frame.select(pl.col(name).drop_nulls().unique(maintain_order=True))
    known = _existing(part, keys[name], loading)
    found = known.select(
        pl.col("key").alias(name), pl.col("id").alias(number), pl.lit(False).alias(is_new),
        _states(part, known, loading),
    )  # fmt: skip
    missing = keys.join(found, on=name, how="anti", maintain_order="left")
    made = loading.ids(part.record_type.model._meta.db_table, missing.height)
    again = loading.seen_before(part.key, missing[name].to_list()) if loading.is_dry else set()
    fresh = missing.with_columns(
        made.alias(number), (~pl.col(name).is_in(list(again))).alias(is_new), pl.lit("ok").alias("state")
    )
    frame = frame.join(pl.concat([found, fresh]), on=name, how="left", maintain_order="left")
    rejects: list[Reject] = []
    for state in ("in_bin", "not_yours"):
        header = loading.header(f"{part.key}.{EXTERNAL_ID}")
        frame, refused = _refuse(frame, (pl.col("state") == state).fill_null(False), state, part, header, loading)
        rejects += refused
    return frame.drop("state"), rejects


def _existing(part: Part, keys: pl.Series, loading: Loading) -> pl.DataFrame:
    """Return ``key``, ``id`` and ``living`` of those that exist: false in the bin, null where only a key is left."""
    schema = {"key": pl.String, "id": pl.Int64, "living": pl.Boolean}
    if not len(keys):
        return pl.DataFrame(schema=schema)
    table = quoted(part.record_type.model._meta.db_table)
    if not part.natural:
        rows = rows_of(
            "SELECT k.external_id, k.record_id, CASE WHEN t.id IS NOT NULL THEN t.deleted_at IS NULL END"
            f" FROM records_externalkey k LEFT JOIN {table} t ON t.id = k.record_id"
            " WHERE k.record_type = %s AND k.source_id = %s AND k.external_id = ANY(%s::varchar[])",
            [part.type_name, loading.source_id, array_of(keys)],
        )
        return pl.DataFrame(rows, schema=schema, orient="row")
    record_type = part.record_type
    attributes = [attribute_of(record_type, each) for each in part.natural]
    first = keys.str.split_exact("\x1f", 1).struct.field("field_0")
    fixed = {attribute_of(record_type, each): value for each, value in part.fixed.items()}
    conditions = "".join(f" AND {quoted(name)} = %s" for name in fixed)
    # The living come last and the oldest of them at the very end, so that they win.
    rows = rows_of(
        f"SELECT id, deleted_at IS NULL, {', '.join(quoted(name) for name in attributes)} FROM {table}"
        f" WHERE {quoted(attributes[0])} = ANY(%s::varchar[]){conditions} ORDER BY deleted_at, id DESC",
        [array_of(first.unique()), *fixed.values()],
    )
    there = pl.DataFrame(rows, schema=["id", "living", *attributes], orient="row", infer_schema_length=None)
    found = there.select(
        pl.concat_str([pl.col(name).cast(pl.String) for name in attributes], separator="\x1f").alias("key"),
        pl.col("id").cast(pl.Int64), pl.col("living").cast(pl.Boolean),
    )  # fmt: skip
    return keys.to_frame("key").join(found.unique("key", keep="last"), on="key", how="inner", maintain_order="left")


def _states(part: Part, known: pl.DataFrame, loading: Loading) -> pl.Series:
    """Return the ``state`` of each known record: ``ok`` where the actor may use it for this import, else why not.

    Records found by a natural key are taken out of the bin instead, as their keys can't be used twice.
    """
    record_type = part.record_type
    usable = pl.col("living") | pl.lit(bool(part.natural))
    state = known.select(
        state=pl.when(usable).then(pl.lit("ok")).when(~usable).then(pl.lit("in_bin")).otherwise(pl.lit("not_yours"))
    ).to_series()
    changes = any(target.startswith(f"{part.key}.") for target in loading.headers) and not part.fills_only
    verb = "edit" if changes and loading.mapping.existing != "skip" else "view"
    if known.height and access.scope_condition(loading.actor, record_type, verb):
        seen: list[int] = []
        for living in (True, False):
            numbers = known.filter(pl.col("living") == living)["id"].to_list()
            if numbers:
                visible = access.visible_to(loading.actor, record_type, verb, deleted=not living)
                seen += visible.filter(pk__in=numbers).values_list("pk", flat=True)
        state = state.zip_with(known["id"].is_in(seen), pl.Series(["not_yours"]))
    return state


def _refuse(
    frame: pl.DataFrame, condition: pl.Expr, code: str, part: Part, header: str, loading: Loading
) -> tuple[pl.DataFrame, list[Reject]]:
    bad = frame.select(condition.alias("bad")).to_series()
    if not bad.any():
        return frame, []
    params = {"label": str(part.label or part.record_type.label)}
    rejects = [Reject(int(row), code, header, params) for row in frame.filter(bad)[ROW].to_list()]
    return frame.filter(~bad), rejects


def _refuse_missing(frame: pl.DataFrame, part: Part, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    """Refuse the rows of new records that lack a value without which they can't be."""
    rejects: list[Reject] = []
    is_new = pl.col(new_column(part.key)).fill_null(False)
    for item in part.record_type.fields:
        key = f"{part.key}.{item.name}"
        if not item.required or item.name in part.fixed or item.name in part.links:
            continue
        # What is stored in another form than it is typed in needs everything that this form is made of.
        needed = pl.lit(True) if part.derives_first else is_new
        if key in frame.columns:
            if not frame[key].null_count():
                continue
            empty = pl.col(key).drop_nulls().len().over(id_column(part.key)) == 0
            condition = needed & empty
        else:
            condition = needed
        frame, refused = _refuse(frame, condition, "missing", part, loading.header(key) or str(item.label), loading)
        rejects += refused
    return frame, rejects


def _refuse_out_of_reach(frame: pl.DataFrame, part: Part, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    """Refuse rows that would put a record where the actor may not see it."""
    record_type, actor = part.record_type, loading.actor
    scope = actor.scope("view", record_type.name)
    if record_type.scope_through in part.links or scope is Scope.ALL or record_type.scope == "shared":
        return frame, []
    if record_type.scope_through:
        return _refuse_out_of_scope(frame, part, loading)
    if not record_type.get("owner"):
        return frame, []
    reach = _given(frame, part, "owner", actor.user_id) == actor.user_id
    if scope >= Scope.TEAM:
        reach |= _given(frame, part, "team", actor.team_id).is_in(list(actor.team_ids)).fill_null(False)
    if scope >= Scope.TERRITORY:
        reach |= _given(frame, part, "territory", None).is_in(list(actor.territory_ids)).fill_null(False)
    named = [f"{part.key}.{name}" for name in _REACH if f"{part.key}.{name}" in frame.columns]
    touched = pl.col(new_column(part.key)) | (
        pl.any_horizontal([pl.col(key).is_not_null() for key in named]) if named else False
    )
    header = loading.header(f"{part.key}.owner")
    return _refuse(frame, touched.fill_null(False) & ~reach.fill_null(False), "out_of_reach", part, header, loading)


def _refuse_out_of_scope(frame: pl.DataFrame, part: Part, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    """Refuse rows that hang on a record below which the actor may not see records of this type."""
    record_type = part.record_type
    key = f"{part.key}.{record_type.scope_through}"
    if key not in frame.columns or "__" in record_type.scope_through:
        return frame, []
    parents = frame[key].drop_nulls().unique().to_list()
    seen = parents_in_scope(loading.actor, record_type, parents)
    outside = pl.col(key).is_not_null() & ~pl.col(key).is_in(seen)
    return _refuse(frame, outside, "out_of_reach", part, loading.header(key), loading)


def _refuse_invalid(frame: pl.DataFrame, part: Part, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    """Refuse rows whose record would break a rule of its type, of its table or of an administrator."""
    if not frame.height or not (part.is_checked or part.record_type.rules):
        return frame, []
    touched = frame if loading.mapping.existing != "skip" else frame.filter(new_column(part.key))
    seen = loading.seen_before if loading.is_dry else _nothing
    number, is_new = id_column(part.key), new_column(part.key)
    rejects = broken_rules(touched, part, number, is_new, seen) if part.is_checked else []
    rejects += against_rules(touched, part, number, is_new)
    bad = list({reject.row for reject in rejects})
    return (frame.filter(~pl.col(ROW).is_in(bad)) if bad else frame), rejects


def _refuse_taken(frame: pl.DataFrame, part: Part, loading: Loading) -> tuple[pl.DataFrame, list[Reject]]:
    """Refuse rows that bring a value of a unique field that another record has, or an earlier row of the file."""
    touched = frame if loading.mapping.existing != "skip" else frame.filter(new_column(part.key))
    names = (id_column(part.key), new_column(part.key), key_column(part.key))
    seen = loading.seen_before if loading.is_dry else _nothing
    rejects = taken_values(touched, part, names, seen, loading.actor, loading.header)
    bad = list({reject.row for reject in rejects})
    return (frame.filter(~pl.col(ROW).is_in(bad)) if bad else frame), rejects


def _nothing(_what: str, _words: list[str]) -> set[str]:
    return set()


def _given(frame: pl.DataFrame, part: Part, name: str, otherwise: int | None) -> pl.Expr:
    key = f"{part.key}.{name}"
    usual = pl.lit(otherwise, dtype=pl.Int64)
    return pl.col(key).fill_null(usual) if key in frame.columns else usual
