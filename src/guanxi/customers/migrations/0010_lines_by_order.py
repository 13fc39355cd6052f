"""Makes one index of the two that each order line wrote in the order of arrival: lines are only ever read by their order.

Locks the lines while it builds the index of those that are there: about a second for a million.
"""

from django.db import migrations

MERGE = """
ALTER TABLE customers_orderline DROP CONSTRAINT customers_orderline_pkey;
ALTER TABLE customers_orderline ADD PRIMARY KEY (order_id, line_key, id, created_at);
DROP INDEX customers_orderline_order;
"""
SPLIT = """
CREATE INDEX customers_orderline_order ON customers_orderline (order_id, line_key);
ALTER TABLE customers_orderline DROP CONSTRAINT customers_orderline_pkey;
ALTER TABLE customers_orderline ADD PRIMARY KEY (id, created_at);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_city_statistics")]
    operations = [migrations.RunSQL(MERGE, SPLIT)]
