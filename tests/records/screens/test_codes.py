"""Countries and languages are shown and chosen by name; what is stored and exported stays the code."""

from __future__ import annotations

from guanxi.customers.customer.models import Customer
from tests.records.screens.pages import add_customers, read, send
from tests.world import World


def test_a_record_names_its_country_and_language_in_the_language_of_the_reader(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Code Reader"], country="CN", preferred_language="zh-hans")

    page = read(sandbox.clients["mei"], f"/customers/{pk}")
    listed = read(sandbox.clients["mei"], "/customers/?f=name:is:Code Reader&cols=name,country,preferred_language")

    assert ">China<" in page
    assert "Simplified Chinese" in page
    assert ">China</td>" in listed
    assert ">Simplified Chinese</td>" in listed


def test_a_country_is_chosen_by_its_name_and_stored_as_its_code(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Code Chooser"], country="CN")
    client = sandbox.clients["mei"]

    editor = read(client, f"/customers/{pk}/field/country")
    assert '<option value="CN" selected>China</option>' in editor
    send(client, f"/customers/{pk}/field/country", {"country": "DE"}, 200)

    assert Customer._default_manager.get(pk=pk).country == "DE"


def test_a_country_that_is_no_code_is_kept_until_somebody_chooses_another(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Free Text"], country="Kingdom of Ayutthaya")

    editor = read(sandbox.clients["mei"], f"/customers/{pk}/field/country")

    assert '<option value="Kingdom of Ayutthaya" selected>Kingdom of Ayutthaya</option>' in editor
