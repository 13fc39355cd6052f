"""Makes transactions records: a version, the time of the last change, and which row one takes back.

Rewrites no row. Locks transactions while the index of the latest and that of what takes rows back are built.
"""

from django.db import migrations

ADD = """
ALTER TABLE customers_transaction
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN reverses_id bigint;
CREATE INDEX customers_transaction_reverses ON customers_transaction (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX customers_transaction_recent ON customers_transaction (occurred_at DESC, id DESC)
    WHERE deleted_at IS NULL;
"""
REMOVE = """
ALTER TABLE customers_transaction DROP COLUMN updated_at, DROP COLUMN version, DROP COLUMN reverses_id;
DROP INDEX customers_transaction_recent;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_numbers_are_found")]
    operations = [migrations.RunSQL(ADD, REMOVE)]
