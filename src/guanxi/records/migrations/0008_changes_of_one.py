"""Single changes by who made them, newest first: what “Recent changes” shows. Bulk edits and imports don't feed it."""

from django.db import migrations

MAKE = """
CREATE INDEX records_change_own ON records_change (actor_id, at DESC, id DESC) WHERE change_set_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0007_sources_stay")]
    operations = [migrations.RunSQL(MAKE, "DROP INDEX records_change_own")]
