"""Brings what administrators shaped into force in this process: columns of models, declarations, record types.

Every request compares the version of the configuration with the one loaded here, so a field made in one process is in
lists, forms, filters and the API of all others at their next request. Declarations are changed in place: whoever
holds one sees it as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from threading import RLock
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from guanxi.core.names import pinyin_keys
from guanxi.records.declaration import RecordType, Related, Section
from guanxi.records.fields import Field
from guanxi.records.models import OwnedRecord
from guanxi.records.registry import CUSTOM, find_record_type, record_types, register, unregister
from guanxi.records.registry import record_type as type_named
from guanxi.records.shaping import computed, layouts, rules
from guanxi.records.shaping.kinds import column_of, declare
from guanxi.records.shaping.models import (
    Configuration,
    CustomField,
    CustomType,
    Layout,
    Picklist,
    State,
    ValidationRule,
)
from guanxi.records.shaping.picklists import allow, with_choices
from guanxi.records.shaping.schema import currency_name, next_number
from guanxi.records.shaping.words import in_language
from guanxi.records.statements import forget_statements

_LOCK = RLock()
_DECLARED: dict[str, RecordType] = {}
_MODELS: dict[str, type[models.Model]] = {}
_COLUMNS: dict[str, dict[str, str]] = {}
_AFTER: list[Callable[[], None]] = []


@dataclass(slots=True)
class _Loaded:
    version: int = 0


_HERE = _Loaded()


def after_loading(function: Callable[[], None]) -> Callable[[], None]:
    """Have ``function`` called whenever the declarations of this process changed: to forget what was built on them."""
    _AFTER.append(function)
    return function


def keep_up(version: int) -> None:
    """Load what was shaped unless this process has done so for ``version`` of the configuration already."""
    if version != _HERE.version:
        load()


def keep_up_now() -> None:
    """Ask for the version of the configuration and load it if it is another one: for jobs and commands; one query."""
    keep_up(_version())


def load() -> None:
    """Read the whole configuration and put it into force in this process."""
    with _LOCK:
        version = _version()
        shaped = _Shaped()
        _keep_types(shaped.types)
        for record_type in list(record_types()):
            _keep_columns(record_type, shaped.stored(record_type.name))
        for record_type in list(record_types()):
            _reshape(record_type, shaped)
            _allow_choices(record_type)
        _relate(shaped)
        _HERE.version = version
        forget_statements()
        for function in _AFTER:
            function()


def _version() -> int:
    return Configuration.objects.values_list("version", flat=True).filter(pk=1).first() or 0


class _Shaped:
    """The configuration as it was read: five queries."""

    def __init__(self) -> None:
        self.types = list(CustomType.objects.filter(state=State.LIVE).order_by("pk"))
        self.fields: dict[str, list[CustomField]] = {}
        for item in CustomField.objects.filter(state=State.LIVE).order_by("position", "pk"):
            self.fields.setdefault(item.record_type, []).append(item)
        self.layouts = {item.record_type: item.plan for item in Layout.objects.all()}
        self.picklists = {(item.record_type, item.field): item.choices for item in Picklist.objects.all()}
        self.rules: dict[str, list[ValidationRule]] = {}
        for rule in ValidationRule.objects.filter(is_active=True).order_by("pk"):
            self.rules.setdefault(rule.record_type, []).append(rule)

    def of(self, type_name: str) -> list[CustomField]:
        return self.fields.get(type_name, [])

    def stored(self, type_name: str) -> list[CustomField]:
        """Return the fields of a type that have a column and whose references lead somewhere."""
        return [item for item in self.of(type_name) if not computed.is_computed(item) and _leads_somewhere(item)]


def _leads_somewhere(item: CustomField) -> bool:
    target = item.options.get("reference")
    return not target or find_record_type(str(target)) is not None


def declared(type_name: str) -> RecordType:
    """Return the declaration of a record type as it is without anything shaped; raises ``KeyError``.

    A process in which nothing was shaped yet has nothing to tell apart.
    """
    return _DECLARED.get(type_name) or type_named(type_name)


def model_of(custom: CustomType) -> type[models.Model]:
    """Return the model of a custom record type; made once in each process."""
    made = _MODELS.get(custom.name)
    if made is not None and made._meta.model_name not in apps.all_models["records"]:
        apps.all_models["records"][str(made._meta.model_name)] = made
        apps.clear_cache()
    if made is None:
        meta = type("Meta", (), {"app_label": "records", "db_table": table_of(custom.name), "managed": False})
        body = {
            "__module__": __name__, "__doc__": f"Records of the type {custom.name}, which an administrator made.",
            "Meta": meta, "name": models.CharField(_("name"), max_length=200),
            "sort_key": models.CharField(max_length=200, blank=True, default="", editable=False),
            "__str__": lambda record: record.name,
        }  # fmt: skip
        made = _MODELS[custom.name] = type(custom.name.title().replace("_", ""), (OwnedRecord,), body)
    return made


def table_of(type_name: str) -> str:
    """Return the table of a custom record type."""
    return f"custom_{type_name.removeprefix('x_')}"


def declaration_of(custom: CustomType) -> RecordType:
    """Return the declaration of a custom record type before its own fields and layout are added."""
    heading = {language: capfirst(text) for language, text in custom.labels.items()}
    return RecordType(
        name=custom.name, model=model_of(custom), label=in_language(custom.labels), plural=in_language(custom.plurals),
        path=custom.path, icon=custom.icon, nav_group=CUSTOM,
        fields=(
            Field("name", searchable=True, sort_by="sort_key"), Field("owner", reference="user"),
            Field("team", reference="team"), Field("territory", reference="territory"), Field("created_at"),
            Field("updated_at"),
        ),
        columns=("name", "owner", "created_at"), sort=("name",), highlights=("owner",),
        sections=(Section("main", in_language(heading), ("name", "owner", "team", "territory")),),
        quick=("name", "owner"), derive=_sort_columns,
    )  # fmt: skip


def _sort_columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names are sorted by: Chinese ones by their pinyin."""
    return {"sort_key": pinyin_keys(str(facts["name"] or ""))[0][:200]}


def _keep_types(wanted: Iterable[CustomType]) -> None:
    """Register the custom record types that are in use, and take those out that no longer are."""
    names = set()
    for custom in wanted:
        names.add(custom.name)
        made = declaration_of(custom)
        _DECLARED[custom.name] = made
        if find_record_type(custom.name) is None:
            register(replace(made, _by_name={}, _filters={}))
    for record_type in list(record_types()):
        if record_type.name in _MODELS and record_type.name not in names:
            unregister(record_type.name)
            _DECLARED.pop(record_type.name, None)
            # Nothing may ask its table any more: it is dropped one day.
            apps.all_models["records"].pop(str(record_type.model._meta.model_name), None)
            apps.clear_cache()
        else:
            _DECLARED.setdefault(record_type.name, replace(record_type, _by_name={}, _filters={}))


def _keep_columns(record_type: RecordType, wanted: list[CustomField]) -> None:
    """Give the model of a type the columns of its custom fields, and take away those that are gone."""
    model, known = record_type.model, _COLUMNS.setdefault(record_type.name, {})
    new: dict[str, tuple[str, models.Field[Any, Any]]] = {}
    for item in wanted:
        column = column_of(item)
        if column is not None:
            new[item.name] = (f"{item.kind} {sorted(item.options.items())}", column)
        if item.options.get("own_currency"):
            new[currency_name(item)] = ("currency", models.CharField(max_length=3, blank=True, default=""))
    gone = [name for name, kept in known.items() if name not in new or new[name][0] != kept]
    for name in gone:
        _take_column(model, name)
        del known[name]
    for name, (signature, column) in new.items():
        if name not in known:
            column.contribute_to_class(model, name)
            known[name] = signature
            gone.append(name)
    if gone:
        apps.clear_cache()  # relations between models are remembered by each of them


def _take_column(model: type[models.Model], name: str) -> None:
    column = model._meta.get_field(name)
    model._meta.local_fields.remove(column)  # type: ignore[arg-type]
    for attribute in {column.name, getattr(column, "attname", column.name)}:
        if attribute in vars(model):
            delattr(model, attribute)
    model._meta._expire_cache()  # type: ignore[attr-defined]


def _reshape(record_type: RecordType, shaped: _Shaped) -> None:
    """Set a declaration to what was declared with everything that was shaped on top."""
    base = _DECLARED[record_type.name]
    custom = shaped.of(record_type.name)
    added: list[Field] = []
    for item in shaped.stored(record_type.name):
        own = currency_name(item) if item.options.get("own_currency") else ""
        added.append(declare(item, own or ("currency" if base.get("currency") else "")))
        if own:
            added.append(Field(own, label=computed.currency_label(item), max_length=3))
    added += computed.declare_all(base, added, [item for item in custom if computed.is_computed(item)])
    series = [item for item in custom if item.kind == "number_series"]
    draw = _drawing(base.model._meta.db_table, series) if series else base.draw
    declared = [with_choices(item, shaped.picklists.get((base.name, item.name), ())) for item in base.fields]
    made = replace(base, fields=(*declared, *added), draw=draw, _by_name={}, _filters=record_type._filters)
    made = layouts.laid_out(made, [item.name for item in added], shaped.layouts.get(base.name, {}))
    made = rules.with_rules(made, shaped.rules.get(base.name, []))
    _become(record_type, made)


def _allow_choices(record_type: RecordType) -> None:
    """Have the columns of a type take what a company added to the choices of its declared fields."""
    for item in record_type.fields:
        if item.extensible:
            column = record_type.model._meta.get_field(item.path or item.name)
            if isinstance(column, models.Field):
                allow(column, item)


def _drawing(table: str, series: list[CustomField]) -> Callable[[], dict[str, Any]]:
    """Return the function that draws the next number of each series; a number drawn in vain is not used again."""
    drawn = ", ".join(next_number(table, item) for item in series)

    def draw() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {drawn}")
            return dict(zip([item.name for item in series], cursor.fetchone(), strict=True))

    return draw


def _become(record_type: RecordType, made: RecordType) -> None:
    for item in fields(RecordType):
        object.__setattr__(record_type, item.name, getattr(made, item.name))


def _relate(shaped: _Shaped) -> None:
    """Let records show who points at them by a custom field."""
    for type_name, custom in shaped.fields.items():
        source = find_record_type(type_name)
        for item in custom if source is not None else ():
            target = find_record_type(str(item.options.get("reference", "")))
            if target is None or item.kind != "reference" or source is None:
                continue
            columns = tuple(name for name in source.columns if name not in (source.title, item.name))[:3]
            label = source.plural
            related = Related(f"{type_name}_{item.name}", label, type_name, item.name, columns, ("-created_at",))
            object.__setattr__(target, "related", (*target.related, related))
