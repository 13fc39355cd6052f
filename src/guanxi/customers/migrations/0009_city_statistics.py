"""Lets the planner know how often a city or an industry stands there, whatever its case: lists filter by it so.

Without statistics on the expression it takes any city for rare and reads the whole table. Reads a sample, locks nothing.
"""

from django.db import migrations

_FIELDS = ("city", "industry")
_CREATE = [
    f"CREATE STATISTICS customer_{name}_upper ON upper({name}::text) FROM customers_customer" for name in _FIELDS
]
_DROP = [f"DROP STATISTICS customer_{name}_upper" for name in _FIELDS]


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_no_index_twice")]
    operations = [migrations.RunSQL([*_CREATE, "ANALYZE customers_customer"], _DROP)]
