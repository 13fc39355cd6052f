"""Search finds people however they are typed, and nothing that the reader may not see."""

from __future__ import annotations

import json

import pytest

from guanxi.core.actor import SYSTEM
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records.models import ExternalKey, SourceSystem
from guanxi.records.registry import record_type
from guanxi.records.screens.search_views import highlight
from guanxi.records.writing import create_record
from tests.records.screens.pages import add_customers, read
from tests.world import World


def _palette(world: World, text: str, who: str = "mei") -> dict[str, list[str]]:
    groups = json.loads(read(world.clients[who], f"/search/palette?q={text}"))["groups"]
    return {group["label"]: [item["label"] for item in group["items"]] for group in groups}


@pytest.mark.parametrize("text", ["张伟明", "张伟", "伟明", "zhangweiming", "zhang wei", "zwm", "Wei Ming"])
def test_a_chinese_name_is_found_by_characters_pinyin_initials_and_latin_form(sandbox: World, text: str) -> None:
    add_customers(sandbox, "mei", ["张伟明"], latin_name="Wei Ming Zhang" if text != "Wei Ming" else "Wei Ming")

    assert _palette(sandbox, text)["Customers"][0] == "张伟明"


@pytest.mark.parametrize("text", ["4711", "138 0013 4711", "%2B86138", "mei.lin@"])
def test_a_customer_is_found_by_a_piece_of_phone_or_e_mail(sandbox: World, text: str) -> None:
    pk = add_customers(sandbox, "mei", ["Reached"])[0]
    for kind, value in (("phone", "+86 138 0013 4711"), ("email", "mei.lin@example.com")):
        create_record(record_type("contact_point"), actor=SYSTEM, values={"customer": pk, "kind": kind, "value": value})

    assert "Reached" in _palette(sandbox, text)["Customers"]


@pytest.mark.parametrize("text", ["18102", "1810", "shop-4711", "eg610092500"])
def test_a_customer_is_found_by_a_number_that_it_is_called_by(sandbox: World, text: str) -> None:
    pk = add_customers(sandbox, "mei", ["18102 Ltd"])[0]
    create_record(record_type("identifier"), actor=SYSTEM,
                  values={"customer": pk, "kind": "tax", "value": "EG610092500"})  # fmt: skip
    source = SourceSystem.objects.create(key="shop", name="Shop")
    ExternalKey.objects.create(record_type="customer", source=source, external_id="shop-4711", record_id=pk)

    assert "18102 Ltd" in _palette(sandbox, text)["Customers"]


def test_a_number_finds_nobody_for_those_who_may_not_see_such_numbers(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Numbered"])[0]
    create_record(
        record_type("identifier"), actor=SYSTEM, values={"customer": pk, "kind": "tax", "value": "EG610092500"}
    )
    assert "Customers" in _palette(sandbox, "EG610092500")

    Role._default_manager.filter(key="mei").update(hidden_fields={"identifier": ["value"]})
    access_changed()

    assert "Customers" not in _palette(sandbox, "EG610092500")


def test_nobody_finds_what_they_may_not_see(sandbox: World) -> None:
    add_customers(sandbox, "carla", ["Secret Sinology"])

    assert "Customers" not in _palette(sandbox, "Secret Sinology")
    assert "Secret" not in read(sandbox.clients["mei"], "/search?q=sinology")
    assert json.loads(read(sandbox.clients["mei"], "/lookup/customer?q=Secret")) == {"options": []}
    read(sandbox.clients["sam"], "/lookup/customer?q=Secret", 404)


def test_an_equal_name_comes_before_one_that_only_begins_so(sandbox: World) -> None:
    add_customers(sandbox, "mei", ["Lin Anna Maria", "Lin Annabel", "Lin Anna"])

    assert _palette(sandbox, "lin anna")["Customers"] == ["Lin Anna", "Lin Annabel", "Lin Anna Maria"]


def test_a_reference_field_offers_records_by_name(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Offered"])[0]

    options = json.loads(read(sandbox.clients["mei"], "/lookup/customer?q=offe"))["options"]

    assert [(option["value"], option["label"]) for option in options] == [(str(pk), "Offered")]


def test_what_was_typed_is_marked_and_markup_is_not_run() -> None:
    assert str(highlight("Anna <b>Lin</b>", "anna")) == "<mark>Anna</mark> &lt;b&gt;Lin&lt;/b&gt;"


@pytest.mark.parametrize(
    "text", ["zhnagwei", "zhang wie", "zang wei", "zhangg wei", "xhang wei", "hzang wei", "zhangwe", "hang wei"]
)
def test_one_mistake_in_pinyin_still_finds_the_name_among_the_first_five(sandbox: World, text: str) -> None:
    add_customers(sandbox, "mei", ["张伟"])

    assert "张伟" in _palette(sandbox, text)["Customers"][:5]


@pytest.mark.parametrize("text", ["Simmns", "Katherine Simons", "Simmosn", "kahterine", "Symmons", "Ktaherine"])
def test_one_mistake_in_any_word_of_a_latin_name_still_finds_it(sandbox: World, text: str) -> None:
    add_customers(sandbox, "mei", ["Katherine Simmons"])

    assert "Katherine Simmons" in _palette(sandbox, text)["Customers"][:5]


def test_a_mistake_opens_nothing_that_the_reader_may_not_see_and_two_mistakes_find_nobody(sandbox: World) -> None:
    add_customers(sandbox, "carla", ["Bartholomew"])
    add_customers(sandbox, "mei", ["Wilhelmina"])

    assert "Customers" not in _palette(sandbox, "Bartolomew")
    assert "Customers" in _palette(sandbox, "Bartolomew", "carla")
    assert "Customers" not in _palette(sandbox, "Vilhalmina")
