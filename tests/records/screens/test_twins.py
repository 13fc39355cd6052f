"""While a record is entered, the form says quietly whether it may exist already; it never stands in the way."""

from __future__ import annotations

from guanxi.core.actor import SYSTEM
from guanxi.customers.contact_point.record_type import CONTACT_POINT
from guanxi.customers.customer.models import Customer
from guanxi.records.writing import create_record
from tests.records.screens.pages import add_customers, read, send
from tests.world import World


def asked(world: World, who: str, path: str, **inputs: str) -> str:
    """What the form is answered after an input was left."""
    return str(send(world.clients[who], path, inputs, 200).content.decode())


def test_the_same_name_in_another_writing_is_named_with_a_link(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Ópera Café"], city="Lisbon")

    found = asked(sandbox, "mei", "/customers/twins/name", name="opera  CAFE")

    assert f'<a href="/customers/{pk}" target="_blank" rel="noopener">Ópera Café</a>' in found
    assert "Lisbon" in found


def test_a_name_is_found_whether_or_not_it_has_a_latin_form(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["欧阳娜"], latin_name="Ouyang Na")

    assert f"/customers/{pk}" in asked(sandbox, "mei", "/customers/twins/name", name="欧阳娜")
    assert "href" not in asked(sandbox, "mei", "/customers/twins/name", name="欧阳")


def test_a_longer_name_is_no_twin(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Bergmann Anton"])

    assert asked(sandbox, "mei", "/customers/twins/name", name="Bergmann").strip() == ""
    assert asked(sandbox, "mei", "/customers/twins/name", name=" ").strip() == ""


def test_nobody_learns_of_a_customer_that_she_may_not_see(sandbox: World) -> None:
    foreign = Customer._default_manager.get(pk=sandbox.foreign["customer"])

    assert asked(sandbox, "mei", "/customers/twins/name", name=foreign.name).strip() == ""


def test_a_phone_number_written_differently_leads_to_the_other_customer(sandbox: World) -> None:
    first, second = add_customers(sandbox, "mei", ["First Owner", "Second Owner"])
    point = {"customer": first, "kind": "phone", "value": "+86 138 0013 8000"}
    create_record(CONTACT_POINT, actor=SYSTEM, values=point)
    path = "/contact-points/twins/value"

    assert "First Owner" in asked(sandbox, "mei", path, kind="phone", value="138-0013-8000", customer=str(second))
    assert asked(sandbox, "mei", path, kind="phone", value="138-0013-8000", customer=str(first)).strip() == ""
    assert asked(sandbox, "mei", path, kind="email", value="138-0013-8000", customer=str(second)).strip() == ""


def test_the_form_of_a_new_customer_asks_and_still_saves(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Same Name"])
    client = sandbox.clients["mei"]

    form = read(client, "/customers/quick", HTTP_HX_REQUEST="true")
    assert 'hx-post="/customers/twins/name" hx-trigger="change" hx-target="#notes-name"' in form
    send(client, "/customers/new", {"name": "Same Name", "kind": "person", "status": "active"}, 302)

    assert Customer._default_manager.filter(name="Same Name").count() == 2
