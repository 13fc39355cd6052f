"""Orders the index of waiting messages as they leave. Locks the outbox for as long as the waiting rows take to read."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("records", "0004_no_index_twice")]
    operations = [
        migrations.RemoveIndex("outboundmessage", "outbound_due"),
        migrations.AddIndex(
            "outboundmessage",
            models.Index(
                F("not_before").asc(nulls_first=True), F("id"), condition=Q(state="queued"), name="outbound_due"
            ),
        ),
    ]
