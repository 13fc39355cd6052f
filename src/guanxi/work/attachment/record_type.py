"""How files are listed and shown; they come by upload, never by a form or an import."""

from django.utils.translation import gettext_lazy as _

from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import Opening, open_by, register
from guanxi.work.attachment.models import Attachment
from guanxi.work.attachment.rules import check_file

ATTACHMENT = register(
    RecordType(
        name="attachment", model=Attachment, label=_("file"), plural=_("files"), path="files", icon="paperclip",
        scope_through="customer", importable=False, creatable=False, check=check_file,
        fields=(
            Field("name", searchable=True), Field("customer", reference="customer", editable=False),
            Field("media_type", editable=False), Field("size", editable=False, is_size=True),
            Field("uploaded_by", reference="user", editable=False), Field("created_at"),
            Field("sha256", editable=False, sortable=False),
        ),
        columns=("name", "customer", "size", "uploaded_by", "created_at"),
        sections=(
            Section("main", _("File"), ("name", "customer", "media_type", "size", "uploaded_by", "created_at",
                                        "sha256")),
        ),
    )
)  # fmt: skip
open_by("attachment", Opening("download", _("Download"), "download"))
