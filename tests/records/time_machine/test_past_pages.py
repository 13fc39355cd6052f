"""The pages and addresses of the past, of every record type: they read, say plainly what was, and hide what is hidden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.customers.models import Customer
from guanxi.records.listing import Query
from guanxi.records.registry import record_type, record_types
from guanxi.records.time_machine.comparing import compare_lists
from guanxi.records.writing import change_record, create_record, delete_record
from tests.records.screens.pages import add_customers, read
from tests.security.test_hidden_fields import rule
from tests.world import HOST, World

CUSTOMER = record_type("customer")
TYPES = [item.name for item in record_types()]


def _moment() -> str:
    return quote(datetime.now(UTC).isoformat())


@pytest.mark.parametrize("name", TYPES)
def test_every_type_has_pages_of_the_past(sandbox: World, name: str) -> None:
    item, pk = record_type(name), sandbox.own[name]
    client = sandbox.clients["root"]
    at = _moment()

    page = read(client, f"/{item.path}/{pk}?as_of={at}")
    assert "Read only." in page
    assert "data-edit-url" not in page
    assert f"/{item.path}/{pk}?as_of=" in read(client, f"/{item.path}/as-of?view=all&f=&as_of={at}")
    read(client, f"/{item.path}/compare?f=")
    read(client, f"/{item.path}/{pk}/compare")
    rows = client.get(f"/api/v1/{item.path}?as_of={at}&limit=200", **HOST).json()["items"]
    assert pk in [row["id"] for row in rows]
    one = client.get(f"/api/v1/{item.path}/{pk}?as_of={at}", **HOST).json()
    now = client.get(f"/api/v1/{item.path}/{pk}", **HOST).json()
    assert one.pop("state") == "there"
    one.pop("as_of")
    assert one == {name: now[name] for name in one}


def test_the_page_of_a_record_shows_then_and_says_what_became_of_it(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Anna"], status="active", city="Rome")
    at = _moment()
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("mei"), name="Anne", city="Oslo")
    mei = sandbox.clients["mei"]

    html = read(mei, f"/customers/{pk}?as_of={at}")
    assert "Anna" in html
    assert "Rome" in html
    assert "Oslo" not in html
    assert "The past of these fields" in html
    assert "It did not exist yet" in read(mei, f"/customers/{pk}?as_of=2020-01-01")
    assert "This time lies in the future" in read(mei, f"/customers/{pk}?as_of=2999-01-01")
    between = read(mei, f"/customers/{pk}/compare?from={at}")
    assert "<del>Rome</del>" in between
    assert "<ins>Oslo</ins>" in between
    delete_record(Customer.objects.get(pk=pk), actor=sandbox.actor("mei"))
    assert "It was deleted since" in read(mei, f"/customers/{pk}?as_of={at}")


def test_a_hidden_field_stays_hidden_in_the_past(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Anna"], city="Rome")
    at = _moment()
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("root"), city="Oslo")
    mei = sandbox.clients["mei"]
    with rule("hidden", CUSTOMER, "city"):
        for url in (f"/customers/{pk}?as_of={at}", f"/customers/as-of?as_of={at}", f"/customers/{pk}/compare?from={at}",
                    f"/customers/compare?f=&from={at}", f"/api/v1/customers/{pk}?as_of={at}"):  # fmt: skip
            text = mei.get(url, **HOST).content.decode()
            assert "Rome" not in text, url
            assert "Oslo" not in text, url
        for asked in ("f=city:is:Rome", "sort=city", "fields=city"):
            assert mei.get(f"/api/v1/customers?{asked}&as_of={at}", **HOST).status_code == 422, asked


def test_two_times_of_a_list_show_what_came_went_and_changed(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    a, b = add_customers(sandbox, "mei", ["Anna", "Bea"], status="active")
    at = _moment()
    change_record(Customer.objects.get(pk=a), actor=mei, city="Oslo")
    change_record(Customer.objects.get(pk=b), actor=mei, status="lost")
    add_customers(sandbox, "mei", ["Cleo"], status="active")

    html = read(sandbox.clients["mei"], f"/customers/compare?f=status:in:active&from={at}")

    came, went, changed = (html.index(f'id="tm-{part}"') for part in ("added", "gone", "changed"))
    assert came < html.index("Cleo") < went < html.index("Bea") < changed < html.index("Anna")
    assert "<ins>Oslo</ins>" in html


def test_two_times_of_a_list_of_recent_days_count_the_days_each_from_its_own_today(sandbox: World) -> None:
    old, new = add_customers(sandbox, "mei", ["Anna", "Bea"])
    now = datetime.now(UTC)
    Customer.objects.filter(pk=old).update(created_at=now - timedelta(days=40))
    Customer.objects.filter(pk=new).update(created_at=now - timedelta(days=3))
    days = Query(("name",), filter={"field": "created_at", "op": "last_days", "value": 7})

    found = compare_lists(CUSTOMER, days, sandbox.actor("mei"), now - timedelta(days=38), now)

    assert [item.record_id for item in found.gone] == [old]
    assert new in [item.record_id for item in found.added]
    first = quote((now - timedelta(days=38)).isoformat())
    html = read(sandbox.clients["mei"], f"/customers/compare?f=created_at:last_days:7&from={first}")
    assert "counted at each time from the day it lies on" in html
    assert html.index("Went") < html.index("Anna")


def test_two_times_of_a_list_by_related_records_show_who_came_and_went_without_a_change(sandbox: World) -> None:
    mei, point = sandbox.actor("mei"), record_type("contact_point")
    a, b, c = add_customers(sandbox, "mei", ["Anna", "Bea", "Cleo"])
    values = {"kind": "email", "value": "met@example.com"}
    gone, _stays = (create_record(point, actor=mei, values={**values, "customer": pk}) for pk in (a, c))
    at = datetime.now(UTC)
    delete_record(gone, actor=mei)
    create_record(point, actor=mei, values={**values, "customer": b})
    where = {"field": "value", "op": "is", "value": "met@example.com"}
    met = Query(("name",), filter={"has": "contact_points", "where": where})

    found = compare_lists(CUSTOMER, met, mei, at, datetime.now(UTC))

    sides = (found.added, found.gone, found.changed)
    assert [[item.record_id for item in side] for side in sides] == [[b], [a], []]


def test_rows_and_sums_of_a_page_share_one_reading_of_the_log_and_only_changed_types_are_laid_over(
    sandbox: World,
) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Anna"])
    at = _moment()
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("mei"), name="Anne")

    with CaptureQueriesContext(connection) as asked:
        html = read(sandbox.clients["mei"], f"/customers/as-of?f=&as_of={at}")

    made = [item["sql"].split()[3] for item in asked.captured_queries if "CREATE TEMP TABLE" in item["sql"]]
    assert made == ["past_since", '"past_customer"']
    assert "Anna" in html
    assert "Anne" not in html


def test_a_filter_without_a_past_is_refused_with_its_name(sandbox: World) -> None:
    html = read(sandbox.clients["mei"], "/customers/as-of?f=tier:in:gold&as_of=2026-01-01", 422)

    assert "The past of these fields" in html
    assert "Show without filters" in html
    answer = sandbox.clients["mei"].get("/api/v1/customers?f=value:gt:1&as_of=2026-01-01", **HOST)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["as_of"]


def test_a_day_means_its_end_in_the_zone_of_the_reader(sandbox: World) -> None:
    from guanxi.records.time_machine.moments import parse_moment

    assert parse_moment("2026-01-31", "Asia/Shanghai") == datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert parse_moment("2026-01-31T09:30", "Asia/Shanghai") == datetime(2026, 1, 31, 1, 30, tzinfo=UTC)
    assert parse_moment("2026-01-31T09:30:00+02:00", "Asia/Shanghai") == datetime(2026, 1, 31, 7, 30, tzinfo=UTC)
    today = datetime.now(UTC)
    assert parse_moment(f"{today:%Y-%m-%d}", "UTC") - today < timedelta(minutes=1)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_moment_before_all_records_is_the_first_of_all_and_has_a_day_in_every_zone(zone: str) -> None:
    from guanxi.records.time_machine.moments import day_of, parse_moment

    for text in ("0001-01-01", "0001-01-01T00:00:00Z", "1899-12-31T23:59:00Z"):
        assert parse_moment(text, zone) == datetime(1900, 1, 1, tzinfo=UTC), text
        assert day_of(parse_moment(text, zone), zone).year in (1899, 1900)
