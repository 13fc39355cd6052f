"""What the record engine itself keeps changes of, in the words of people."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.records.models import BulkJob, ImportJob, OutboundMessage, SourceSystem
from guanxi.records.registry import Subject, add_subject, find_record_type
from guanxi.records.shaping.models import CustomField, CustomType, Layout, Picklist, ValidationRule
from guanxi.records.shaping.words import in_words

add_subject(Subject("source_system", _("source system"), SourceSystem, title=str))
add_subject(Subject("outbound_message", _("message"), OutboundMessage, title=lambda row: row.recipient))
add_subject(
    Subject(
        "import_job", _("import"), ImportJob, route="import.run",
        words={
            "created": pgettext_lazy("rows", "new"), "updated": pgettext_lazy("rows", "changed"),
            "errors": _("refused"), "deleted": _("removed"),
            "conflicts": _("kept, because people changed them since"), "error": _("reason"),
        },
        title=lambda row: row.file_name,
    )
)  # fmt: skip
add_subject(
    Subject(
        "bulk_job", _("change of many records"), BulkJob,
        words={"changed": pgettext_lazy("rows", "changed"), "error": _("reason")},
    )
)  # fmt: skip
_SHAPED = {
    "record_type": _("record type"), "name": _("name"), "kind": _("kind"), "labels": _("labels"),
    "plurals": _("plural"), "helps": _("help"), "options": _("options"), "icon": _("icon"), "plan": _("arrangement"),
    "choices": _("choices"), "condition": _("condition"), "sentences": _("sentences"), "field": _("field"),
    "is_active": _("in force"),
}  # fmt: skip


def _type_words(name: str) -> str:
    found = find_record_type(name)
    return capfirst(str(found.plural)) if found is not None else name


def _within(row: CustomField | Picklist | Layout | ValidationRule, name: str = "") -> str:
    """Return how a part of a record type is called: behind the type that it belongs to."""
    return f"{_type_words(row.record_type)} › {name}" if name else _type_words(row.record_type)


def _list_words(row: Picklist) -> str:
    record_type = find_record_type(row.record_type)
    item = record_type.get(row.field) if record_type is not None else None
    return _within(row, item.title() if item is not None else row.field)


add_subject(
    Subject("custom_type", _("record type"), CustomType, _SHAPED, title=lambda row: capfirst(in_words(row.plurals)))
)
add_subject(
    Subject("custom_field", _("field"), CustomField, _SHAPED, title=lambda row: _within(row, in_words(row.labels)))
)
add_subject(Subject("picklist", _("choices"), Picklist, _SHAPED, title=_list_words))
add_subject(Subject("layout", _("layout"), Layout, _SHAPED, title=_within))
add_subject(Subject("validation_rule", _("rule"), ValidationRule, _SHAPED, title=lambda row: _within(row, row.name)))
