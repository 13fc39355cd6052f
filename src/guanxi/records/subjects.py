"""What the record engine itself keeps changes of, in the words of people."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.records.models import BulkJob, ImportJob, OutboundMessage, SourceSystem
from guanxi.records.registry import Subject, add_subject
from guanxi.records.shaping.models import CustomField, CustomType, Layout, ValidationRule

add_subject(Subject("source_system", _("source system"), SourceSystem))
add_subject(Subject("outbound_message", _("message"), OutboundMessage))
add_subject(
    Subject(
        "import_job", _("import"), ImportJob, route="import.run",
        words={
            "created": pgettext_lazy("rows", "new"), "updated": pgettext_lazy("rows", "changed"),
            "errors": _("refused"), "deleted": _("removed"),
            "conflicts": _("kept, because people changed them since"), "error": _("reason"),
        },
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
    "condition": _("condition"), "sentences": _("sentences"), "field": _("field"), "is_active": _("in force"),
}  # fmt: skip
add_subject(Subject("custom_type", _("record type"), CustomType, words=_SHAPED))
add_subject(Subject("custom_field", _("field"), CustomField, words=_SHAPED))
add_subject(Subject("layout", _("layout"), Layout, words=_SHAPED))
add_subject(Subject("validation_rule", _("rule"), ValidationRule, words=_SHAPED))
