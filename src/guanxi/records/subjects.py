"""What the record engine itself keeps changes of, in the words of people."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.records.models import ImportJob, OutboundMessage, SourceSystem
from guanxi.records.registry import Subject, add_subject

add_subject(Subject("source_system", _("source system"), SourceSystem))
add_subject(Subject("outbound_message", _("message"), OutboundMessage))
add_subject(
    Subject(
        "import_job", _("import"), ImportJob, route="import.run",
        words={
            "created": pgettext_lazy("rows", "new"), "updated": pgettext_lazy("rows", "changed"),
            "errors": _("refused"), "deleted": _("removed"),
            "conflicts": _("kept, because people changed them since"),
        },
    )
)  # fmt: skip
