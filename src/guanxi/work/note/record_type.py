"""How notes are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register
from guanxi.work.note.models import Note

NOTE = register(
    RecordType(
        name="note", model=Note, label=_("note"), plural=_("notes"), path="notes", icon="sticky-note", title="body",
        scope_through="customer",
        fields=(
            Field("body", searchable=True, sortable=False), Field("customer", reference="customer"),
            Field("author", reference="user", editable=False), Field("is_pinned"), Field("created_at"),
        ),
        columns=("body", "customer", "author", "is_pinned", "created_at"),
        sections=(Section("main", _("Note"), ("customer", "body", "is_pinned")),), quick=("customer", "body"),
    )
)  # fmt: skip
