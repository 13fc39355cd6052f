"""Forms: clear refusals, nothing typed is lost, and one press or two make one record."""

from __future__ import annotations

from typing import Any

from guanxi.core.actor import SYSTEM
from guanxi.customers.models import ContactPoint, Customer
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records.models import Change
from guanxi.records.registry import record_type
from guanxi.records.writing import change_record, create_record
from guanxi.work.models import Task
from tests.records.screens.pages import add_customers, hidden_value, read, send
from tests.world import World


def test_a_refused_form_keeps_what_was_typed_and_names_each_field(sandbox: World) -> None:
    typed = {"name": "", "kind": "person", "city": "Wuhan", "birthday": "tomorrow"}

    html = send(sandbox.clients["mei"], "/customers/new", typed, 422).content.decode()

    assert 'value="Wuhan"' in html
    assert 'value="tomorrow"' in html
    assert "2 fields need a look" in html
    assert 'href="#field-birthday"' in html


def test_a_form_sent_twice_creates_one_record(sandbox: World) -> None:
    once = hidden_value(read(sandbox.clients["mei"], "/customers/new"), "once")
    typed = {"name": "Only Once", "kind": "person", "status": "active", "once": once}

    first = send(sandbox.clients["mei"], "/customers/new", typed, 302)
    second = send(sandbox.clients["mei"], "/customers/new", typed, 302)

    assert Customer.objects.filter(name="Only Once").count() == 1
    assert first["Location"] == second["Location"]


def test_a_refusal_leaves_the_form_usable(sandbox: World) -> None:
    once = hidden_value(read(sandbox.clients["mei"], "/customers/new"), "once")
    html = send(
        sandbox.clients["mei"], "/customers/new", {"name": "", "kind": "person", "once": once}, 422
    ).content.decode()

    assert hidden_value(html, "once") == once
    send(sandbox.clients["mei"], "/customers/new",
         {"name": "Second Try", "kind": "person", "status": "active", "once": once}, 302)  # fmt: skip
    assert Customer.objects.filter(name="Second Try").count() == 1


def test_quick_create_from_a_record_brings_its_reference_along(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Called Back"])[0]
    html = read(sandbox.clients["mei"], f"/tasks/quick?customer={pk}&stay=1")

    assert 'value="Called Back"' in html
    values = {name: hidden_value(html, name) for name in ("once", "stay", "customer")}
    response = send(sandbox.clients["mei"], "/tasks/quick", {**values, "subject": "Call back", "priority": "high"}, 204)

    assert response["HX-Refresh"] == "true"
    assert Task.objects.get(subject="Call back").customer_id == pk


def test_nobody_refers_to_a_record_that_they_may_not_see(sandbox: World) -> None:
    typed = {"subject": "Spy", "customer": str(sandbox.foreign["customer"])}

    html = send(sandbox.clients["mei"], "/tasks/quick", typed, 422).content.decode()

    assert "or you may not see it" in html
    assert not Task.objects.filter(subject="Spy").exists()


def test_an_edit_form_warns_before_it_overwrites_somebody_elses_change(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Formed"], city="Wuhan")[0]
    html = read(sandbox.clients["mei"], f"/customers/{pk}/edit")
    version = hidden_value(html, "version")
    send(sandbox.clients["bo"], f"/customers/{pk}/field/city", {"city": "Xiamen"}, 200)
    typed = {"name": "Formed", "kind": "person", "status": "active", "city": "Harbin", "currency": "CNY"}

    refused = send(sandbox.clients["mei"], f"/customers/{pk}/edit", {**typed, "version": version}, 409).content.decode()

    assert "Xiamen" in refused
    assert 'value="Harbin"' in refused
    send(sandbox.clients["mei"], f"/customers/{pk}/edit", {**typed, "version": hidden_value(refused, "version")}, 302)
    assert Customer.objects.get(pk=pk).city == "Harbin"


def _met(world: World, typed: dict[str, Any], theirs: dict[str, Any]) -> tuple[int, str, str]:
    """Mei opens a form, Bo saves fields meanwhile, Mei sends hers: the record, its address and the form that came back."""
    pk = add_customers(world, "mei", ["Formed"], city="Wuhan")[0]
    url = f"/customers/{pk}/edit"
    version = hidden_value(read(world.clients["mei"], url), "version")
    change_record(Customer.objects.get(pk=pk), actor=world.actor("bo"), **theirs)
    html = send(world.clients["mei"], url, {**FORMED, **typed, "version": version}, 409).content.decode()
    return pk, url, html


FORMED = {"name": "Formed", "kind": "person", "status": "active", "city": "Wuhan", "currency": "CNY"}


def test_two_forms_over_different_fields_are_merged_without_a_word(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Formed"], city="Wuhan")[0]
    version = hidden_value(read(sandbox.clients["mei"], f"/customers/{pk}/edit"), "version")
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("bo"), city="Xiamen", status="lost")
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("bo"), city="Harbin")

    send(sandbox.clients["mei"], f"/customers/{pk}/edit", {**FORMED, "occupation": "Baker", "version": version}, 302)

    record = Customer.objects.get(pk=pk)
    assert (record.city, record.status, record.occupation) == ("Harbin", "lost", "Baker")
    assert Change.objects.filter(record_id=pk, record_type="customer").latest("id").fields.keys() == {"occupation"}


def test_a_form_that_meets_another_shows_both_values_and_saves_the_chosen_one(sandbox: World) -> None:
    for choice, city in (("mine", "Harbin"), ("theirs", "Xiamen"), ("combine", "Xiamen / Harbin")):
        pk, url, html = _met(sandbox, {"city": "Harbin", "occupation": "Baker"}, {"city": "Xiamen", "status": "lost"})

        assert "Bo changed this while you were editing." in html
        assert html.count('name="merge-city"') == 3
        assert 'value="Harbin"' in html  # what was typed is still there
        assert '<option value="lost" selected' in html  # what was not touched shows what stands there now
        again = {**FORMED, "city": "Harbin", "occupation": "Baker", "status": "lost", "merge-city": choice}
        send(sandbox.clients["mei"], url, {**again, "version": hidden_value(html, "version")}, 302)
        record = Customer.objects.get(pk=pk)
        assert (record.city, record.status, record.occupation) == (city, "lost", "Baker")


def test_tags_that_two_gave_are_combined_as_members_of_both(sandbox: World) -> None:
    first, second = (create_record(record_type("tag"), actor=SYSTEM, values={"name": name}).pk for name in "AB")
    pk, url, html = _met(sandbox, {"tags": [first]}, {"tags": [second]})

    assert "B, A" in html
    again = {**FORMED, "tags": [first], "merge-tags": "combine", "version": hidden_value(html, "version")}
    send(sandbox.clients["mei"], url, again, 302)

    assert Customer.objects.get(pk=pk).tags == [second, first]


def test_an_edit_form_writes_only_what_changed(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Quiet"], city="Wuhan")[0]
    html = read(sandbox.clients["mei"], f"/customers/{pk}/edit")
    owner = sandbox.users["mei"]
    typed = {"name": "Quiet", "kind": "person", "status": "active", "city": "Xiamen", "currency": "CNY",
             "version": hidden_value(html, "version"), "owner": str(owner.pk), "team": str(owner.team_id)}  # fmt: skip

    send(sandbox.clients["mei"], f"/customers/{pk}/edit", typed, 302)

    change = Change.objects.filter(record_type="customer", record_id=pk).latest("id")
    assert change.fields == {"city": ["Wuhan", "Xiamen"]}


def test_those_who_may_not_create_get_no_form(sandbox: World) -> None:
    read(sandbox.clients["rita"], "/customers/new", 403)
    send(sandbox.clients["rita"], "/customers/new", {"name": "No", "kind": "person"}, 403)
    assert not Customer.objects.filter(name="No").exists()


def test_a_new_customer_brings_phone_number_and_address_along(sandbox: World) -> None:
    typed = {"name": "Along Comes", "kind": "person", "status": "active", "phone": "138 0013 8000", "email": "A@b.cn"}

    for form in ("quick", "new"):
        send(sandbox.clients["mei"], f"/customers/{form}", {**typed, "name": f"Along Comes {form}"}, 302)
        made = Customer.objects.get(name=f"Along Comes {form}")
        points = ContactPoint.objects.filter(customer=made).order_by("kind")
        assert [(point.kind, point.value, point.normalized, point.is_primary) for point in points] == [
            ("email", "A@b.cn", "a@b.cn", True), ("phone", "138 0013 8000", "+8613800138000", True),
        ]  # fmt: skip
        assert Change.objects.filter(record_type="contact_point", record_id__in=points.values("pk")).count() == 2


def test_a_refused_phone_number_keeps_the_whole_customer_back_and_names_its_input(sandbox: World) -> None:
    before = (Customer.objects.count(), ContactPoint.objects.count(), Change.objects.count())
    typed = {"name": "Half Made", "kind": "person", "status": "active", "email": "a@b.cn", "phone": "12"}

    html = send(sandbox.clients["mei"], "/customers/quick", typed, 422).content.decode()

    assert "This isn&#39;t a phone number" in html
    assert 'value="12"' in html
    assert 'value="a@b.cn"' in html
    assert (Customer.objects.count(), ContactPoint.objects.count(), Change.objects.count()) == before


def test_who_may_not_add_contact_points_is_not_asked_for_them(sandbox: World) -> None:
    role = sandbox.users["mei"].roles.get()
    granted = {name: rights for name, rights in role.permissions.items() if name != "contact_point"}
    Role.objects.filter(pk=role.pk).update(permissions=granted)
    access_changed()

    html = read(sandbox.clients["mei"], "/customers/quick")

    assert 'name="name"' in html
    assert 'name="phone"' not in html


def test_the_form_of_a_new_customer_says_who_has_the_number_already(sandbox: World) -> None:
    typed = {"name": "First Owner", "kind": "person", "status": "active", "phone": "+86 138 0013 8000"}
    send(sandbox.clients["mei"], "/customers/quick", typed, 302)

    answer = send(sandbox.clients["mei"], "/customers/twins/phone", {"phone": "13800138000"}, 200).content.decode()

    assert "First Owner" in answer
