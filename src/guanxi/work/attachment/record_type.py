"""How attachments are listed and shown; they come by upload, never by a form or an import."""

from django.utils.translation import gettext_lazy as _

from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register
from guanxi.work.attachment.models import Attachment

ATTACHMENT = register(
    RecordType(
        name="attachment", model=Attachment, label=_("file"), plural=_("files"), path="files", icon="paperclip",
        scope_through="customer", importable=False, creatable=False,
        fields=(
            Field("name", searchable=True), Field("customer", reference="customer", editable=False),
            Field("media_type", editable=False), Field("size", editable=False),
            Field("uploaded_by", reference="user", editable=False), Field("created_at"),
        ),
        columns=("name", "customer", "media_type", "size", "uploaded_by", "created_at"),
        sections=(Section("main", _("File"), ("name", "customer", "media_type", "size", "uploaded_by")),),
    )
)  # fmt: skip
