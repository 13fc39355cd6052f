"""What the pages of the import wizard show, from a job: steps, columns with proposals, counts, progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.core.actor import Actor
from guanxi.records.filters import format_condition
from guanxi.records.importing.headers import CONFIDENT
from guanxi.records.importing.import_filter import NAME as IMPORT
from guanxi.records.importing.job import State, plan_of, source_of
from guanxi.records.importing.mapping import ColumnMapping, mapping_from
from guanxi.records.importing.plan import find_plan
from guanxi.records.importing.proposing import proposals
from guanxi.records.importing.refusals import explain_code
from guanxi.records.importing.rejects import REASON_COLUMNS, rejects_of
from guanxi.records.importing.surroundings import company_habits
from guanxi.records.importing.targets import Target, targets_of
from guanxi.records.importing.tasks import WORKING
from guanxi.records.importing.undo import undo_until
from guanxi.records.models import ImportJob
from guanxi.records.registry import find_record_type
from guanxi.records.screens import places
from guanxi.records.screens.cells import NUMERIC, text_of
from guanxi.records.screens.state import ListState
from guanxi.ui import formats
from guanxi.ui.record_page import Step

_SURE = 0.8
_SAMPLES = 4
_CURRENCY = ("order.currency", "customer.currency", "product.currency")


@dataclass(frozen=True, slots=True)
class MapRow:
    """A column of the file: where it goes, how certain that is, some of its values."""

    number: int
    header: str
    target: str
    samples: tuple[str, ...]
    filled: int
    of: int
    state: Literal["ok", "warn", "none"]
    note: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing that helps with a problem: a button that posts ``name`` = ``value``."""

    label: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one column: a sentence, how often, values, what helps."""

    column: str
    sentence: str
    count: int
    samples: tuple[str, ...]
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A refused row as the page lists it."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of the counts of rows, with its share of all rows."""

    key: str
    label: str
    icon: str
    count: int
    share: float


def steps(job: ImportJob | None, current: str) -> tuple[Step, ...]:
    """Return the steps of the wizard; those behind lead back while nothing is written."""
    names = (("upload", _("Upload")), ("map", _("Map")), ("check", _("Check")), ("run", _("Run")))
    at = [key for key, _label in names].index(current)
    is_open = job is not None and job.state in (State.DRAFT, State.CHECKED, State.CHECKING)
    made = []
    for number, (key, label) in enumerate(names):
        state: Literal["done", "current", "next"] = "done" if number < at else "current" if number == at else "next"
        leads = is_open and job is not None and number < at and key in ("map", "check")
        made.append(Step(label, state, reverse(f"import.{key}", args=[job.pk]) if leads and job is not None else ""))
    return tuple(made)


def file_line(job: ImportJob) -> str:
    """Return in one line what was found out about the file."""
    said = job.description
    rows = job.rows_total
    parts = [ngettext("%(count)s row", "%(count)s rows", rows) % {"count": f"{rows:,}"}] if rows else []
    columns = len(said.get("columns", ()))
    parts.append(ngettext("%(count)d column", "%(count)d columns", columns) % {"count": columns})
    if said.get("format") == "csv":
        names = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("vertical bar")}
        parts += [
            str(said.get("encoding", "")).upper(),
            names.get(said.get("delimiter", ""), said.get("delimiter", "")),
        ]
    else:
        parts.append({"xlsx": "XLSX", "parquet": "Parquet"}.get(said.get("format", ""), "JSON"))
    header = said.get("header_row")
    if header:
        parts.append(_("header in row %(row)s") % {"row": header})
    return " · ".join(part for part in parts if part)


def rows_line(job: ImportJob) -> str:
    """Return how many rows of an import were loaded, or, while it has loaded none, checked."""
    checked = int(job.findings.get("rows", 0))
    if job.state in (State.CHECKING, State.CHECKED) and checked:
        return ngettext("%(count)s row checked", "%(count)s rows checked", checked) % {"count": formats.number(checked)}
    return ngettext("%(count)s row", "%(count)s rows", job.rows_done) % {"count": formats.number(job.rows_done)}


def map_rows(job: ImportJob, actor: Actor) -> list[MapRow]:
    """Return the columns of a file with their present targets and samples."""
    mapping = mapping_from(job.mapping)
    proposed = {item.column: item for item in proposals(job, actor)}
    first = source_of(job).describe().first_rows
    found = []
    for number, header in enumerate(job.description["columns"]):
        cells = [str(cell).strip() for cell in first[header].to_list() if cell is not None and str(cell).strip()]
        target = mapping.columns.get(header, "")
        guess = proposed[header]
        unsure = target and guess.path == target and CONFIDENT <= guess.confidence < _SURE
        state: Literal["ok", "warn", "none"] = "none" if not target else "warn" if unsure else "ok"
        note = _("Is this right?") if unsure else ""
        samples = tuple(cell[:60] for cell in dict.fromkeys(cells))[:_SAMPLES]
        found.append(MapRow(number, header, target, samples, len(cells), first.height, state, note))
    return found


def grouped_targets(job: ImportJob, actor: Actor) -> list[tuple[str, list[Target]]]:
    """Return the targets of a job's plan by part."""
    groups: dict[str, list[Target]] = {}
    for target in targets_of(plan_of(job), actor):
        groups.setdefault(str(target.group), []).append(target)
    return list(groups.items())


def currency_target(job: ImportJob, actor: Actor) -> str:
    """Return the target that takes one currency for all rows, where no column brings it."""
    mapping = mapping_from(job.mapping)
    known = {target.key for target in targets_of(plan_of(job), actor)}
    return next((key for key in _CURRENCY if key in known and key not in mapping.columns.values()), "")


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they will be: a label and whether numbers stand there for each column, and rows of words."""

    columns: tuple[tuple[str, bool], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def preview(job: ImportJob, actor: Actor) -> Preview:
    """Return the first rows that the check found, as lists and record pages will show them."""
    found = job.findings.get("preview") or {"columns": [], "rows": []}
    known = {target.key: target for target in targets_of(plan_of(job), actor)}
    targets = [known.get(key) for key in found["columns"]]
    columns = tuple(
        (str(target.label) if target else key, target is not None and target.kind in NUMERIC)
        for key, target in zip(found["columns"], targets, strict=True)
    )
    rows = tuple(
        tuple(_preview_text(target, value) for target, value in zip(targets, row, strict=True)) for row in found["rows"]
    )
    return Preview(columns, rows)


def _preview_text(target: Target | None, value: str | None) -> str:
    item = target.item if target else None
    if value is None or item is None or item.kind in ("reference", "tags"):
        return value or ""
    return text_of(item, value.split(", ") if item.kind == "choices" else value)


def outcomes(counts: dict[str, Any]) -> list[Outcome]:
    """Return the counts of rows as the page shows them; unchanged and skipped rows stand together."""
    same = int(counts.get("unchanged", 0)) + int(counts.get("skipped", 0))
    listed = [
        ("created", _("Create"), "user-plus", int(counts.get("created", 0))),
        ("updated", _("Update"), "refresh-cw", int(counts.get("updated", 0))),
        ("unchanged", _("Skip, unchanged"), "circle-check", same),
        ("errors", _("Errors"), "circle-x", int(counts.get("errors", 0))),
    ]
    total = sum(count for *_rest, count in listed) or 1
    return [Outcome(key, label, icon, count, count / total) for key, label, icon, count in listed]


def problems(job: ImportJob, actor: Actor) -> list[Problem]:
    """Return what the dry run found wrong, the most frequent first, with what may help."""
    mapping = mapping_from(job.mapping)
    required = {target.key for target in targets_of(plan_of(job), actor) if target.required}
    found = [
        Problem(
            item["column"], sentence_for(item["code"], item), int(item["count"]),
            tuple(str(sample) for sample in item["samples"] if sample), _fixes(item, mapping, required),
        )
        for item in job.findings.get("problems", [])
    ]  # fmt: skip
    return sorted(found, key=lambda item: -item.count)


def sentence_for(code: str, item: dict[str, Any]) -> str:
    """Return what is wrong, with the first sample as its value."""
    samples = [str(sample) for sample in item.get("samples", []) if sample]
    params = {"value": samples[0] if samples else "", "limit": item.get("limit") or "", "label": item.get("label", "")}
    told: dict[str, Any] = {name: item[name] for name in ("ways", "sentence") if name in item}
    return explain_code(code, {**params, **told})


def _fixes(item: dict[str, Any], mapping: ColumnMapping, required: set[str]) -> tuple[Fix, ...]:
    """Return what may help: a required value is never left empty."""
    header = item["column"]
    if header not in mapping.columns or header in mapping.lenient or item["code"] in ("taken", "twice"):
        return ()
    fixes = [] if mapping.columns[header] in required else [Fix(_("Leave empty"), "lenient", header)]
    if item["code"] in ("bad_date", "bad_datetime"):
        order = mapping.formats.get(header, {}).get("date_order", "")
        choices = (("dmy", _("Day comes first")), ("mdy", _("Month comes first")))
        fixes += [Fix(label, "date_order", f"{key}:{header}") for key, label in choices if key != order]
    return tuple(fixes)


def check_rejects(job: ImportJob) -> list[RejectRow]:
    """Return the first rows that the dry run refused."""
    return [_reject(job, item["row"], item["column"], item["cells"], item["code"], item["params"])
            for item in job.findings.get("rejects", [])]  # fmt: skip


def run_rejects(job: ImportJob) -> list[RejectRow]:
    """Return the first rows that the run refused."""
    return [_reject(job, item.row_number, item.column, item.cells, item.code, item.params) for item in rejects_of(job)]


def _reject(job: ImportJob, row: int, column: str, cells: Any, code: str, params: dict[str, Any]) -> RejectRow:
    columns = list(job.description["columns"])
    place = columns.index(column) if column in columns else -1
    value = str(cells[place]) if 0 <= place < len(cells) else str(params.get("value", ""))
    return RejectRow(row, column, value[:120], explain_code(code, params))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: rows, share of the file, rate, time left, as texts."""

    rows: int
    total: int | None
    share: float
    rate: str
    left: str
    started: datetime | None


def progress(job: ImportJob) -> Progress:
    """Return how far the dry run or the run is."""
    checking = job.state == State.CHECKING
    counts = job.findings.get("counts", {}) if checking else job.counts
    rows = int(job.findings.get("rows", 0)) if checking else job.rows_done
    share = float(counts.get("progress", 0))
    rate = int(counts.get("rate", 0))
    text = _("%(rate)s rows/s") % {"rate": f"{rate:,}"} if rate else "–"
    return Progress(rows, job.rows_total, share, text, _time_left(rows, share, rate), job.started_at)


def _time_left(rows: int, share: float, rate: int) -> str:
    if not rate or not share:
        return "–"
    seconds = max(1, round(rows / share * (1 - share) / rate))
    if seconds < 90:
        return _("about %(count)d s") % {"count": seconds}
    return _("about %(count)d min") % {"count": round(seconds / 60)}


def is_working(job: ImportJob) -> bool:
    """Say whether a page about this job should ask again soon."""
    return job.state in WORKING


def undo_deadline(job: ImportJob) -> datetime | None:
    """Return until when an undo is offered, or None."""
    until = undo_until(job)
    return until if until is not None and until > datetime.now(UTC) else None


def list_address(job: ImportJob) -> str:
    """Return the address of the list of exactly the records that an import made or changed, newest first."""
    plan = find_plan(job.record_type)
    record_type = find_record_type(plan.root_part.type_name) if plan is not None else None
    if record_type is None or job.started_at is None:
        return ""
    condition = format_condition({"field": IMPORT, "op": "in", "value": [job.pk]})
    return ListState(conditions=(condition,), sort=("-created_at",)).url(places.list_url(record_type))


def type_rows(job: ImportJob) -> list[tuple[str, dict[str, int]]]:
    """Return the counts of records by type, with the plural of each type."""
    rows = []
    for name, counts in job.counts.get("records", {}).items():
        record_type = find_record_type(name)
        plan = find_plan(job.record_type)
        if record_type is not None:
            label = str(record_type.plural)
        else:
            label = str(plan.detail.label) if plan is not None and plan.detail is not None else name
        rows.append((label, {key: int(value) for key, value in counts.items()}))
    return rows


def unmapped(job: ImportJob) -> int:
    """Return how many columns of the file go nowhere, those of a rejects file left aside."""
    mapping = mapping_from(job.mapping)
    return sum(1 for name in job.description["columns"] if name not in mapping.columns and name not in REASON_COLUMNS)


def when(moment: datetime | None) -> str:
    """Return a moment as the reader writes it."""
    return formats.moment(moment) if moment is not None else ""


def habit_currency() -> str:
    """Return the company's currency."""
    return company_habits().currency
