"""Frames about who customers are and how to reach them: customers, contact points, identifiers, holdings.

No phone, address or mail box belongs to anyone: American numbers are from 555-0100 to 555-0199 (set aside for fiction),
Chinese mobile numbers begin 199 0000 (no range is set aside there; the block is not in use), mail domains are reserved
ones (RFC 2606), streets are made up.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.organizations import Organization
from guanxi.packs.grocery.people import Person
from guanxi.packs.grocery.places import AMERICAN_AREA_CODES, AMERICAN_STREETS, CHINESE_STREETS, City
from guanxi.packs.grocery.staff import team_of

Customer = Person | Organization
DOMAINS = ("example.com", "example.net", "example.org", "mail.example")
CONSENTS = {"email": 0.62, "sms": 0.48, "phone": 0.35, "post": 0.55, "wechat": 0.6}
"""Share of customers who agreed to each channel."""
_SOURCES = ("store", "online_shop", "loyalty_card", "referral")
TWO_CHARACTER_FAMILIES = ("Ouyang", "Shangguan", "Sima", "Zhuge")
_UTC = pl.Datetime("us", "UTC")


def make_customers(people: list[Person], organizations: list[Organization]) -> pl.DataFrame:
    """One row per customer (see ``DemoCompany.customers``)."""
    rows = [_person_row(person) for person in people] + [_organization_row(one) for one in organizations]
    types: dict[str, pl.DataType] = {
        "created_at": _UTC,
        "credit_limit": pl.Decimal(12, 2),
        "roles": pl.List(pl.String()),
    }
    consents = {f"consent_{channel}": pl.Boolean() for channel in CONSENTS}
    schema = {name: types.get(name, consents.get(name, pl.String())) for name in rows[0]}
    return pl.DataFrame(rows, schema=schema).sort("external_id")


def _common(customer: Customer) -> dict[str, object]:
    number, city = customer.number, customer.city
    agreed = {
        f"consent_{channel}": bool(draws.one(f"consent {channel}", number) < share)
        for channel, share in CONSENTS.items()
    }
    channels = ("wechat", "mobile", "email") if city.country == "CN" else ("email", "mobile", "post")
    return {
        "external_id": customer.external_id,
        "territory_code": city.territory,
        "city_en": city.name_en,
        "city_zh": city.name_zh,
        "country": city.country,
        "owner": customer.owner,
        "team_code": team_of(customer.owner),
        "source": _SOURCES[draws.one_weighted("source", number, (5, 2, 4, 1))],
        "status": "active",
        "preferred_channel": channels[draws.one_weighted("preferred", number, (5, 3, 2))],
        "created_at": customer.created_at,
        **agreed,
    }


def _person_row(person: Person) -> dict[str, object]:
    facts, family_length = person.facts, 2 if person.family_latin in TWO_CHARACTER_FAMILIES else 1
    return {
        "kind": "person",
        "roles": ["end_customer"],
        "name_full": person.full_name,
        "name_native": person.native,
        "name_latin": person.latin_name,
        "family_name": person.native[:family_length] if person.native else person.family_latin,
        "given_name": person.native[family_length:] if person.native else person.given_latin,
        "language": "zh-hans" if person.chinese else "en",
        "industry": None,
        "age_band": facts.get("age"),
        "income_band": facts.get("income"),
        "home_ownership": facts.get("home_ownership"),
        "marital_status": facts.get("marital_status"),
        "household_size": facts.get("household_size"),
        "household_composition": facts.get("household_comp"),
        "kids_count": facts.get("kids_count"),
        "credit_limit": None,
        **_common(person),
    }


def _organization_row(one: Organization) -> dict[str, object]:
    unknown = dict.fromkeys(
        ("family_name", "given_name", "age_band", "income_band", "home_ownership", "marital_status", "household_size",
         "household_composition", "kids_count")
    )  # fmt: skip
    return {
        "kind": "organization",
        "roles": ["end_customer"],
        "name_full": one.name_zh or one.name_en,
        "name_native": one.name_zh,
        "name_latin": one.name_en,
        "language": "zh-hans" if one.name_zh else "en",
        "industry": one.industry,
        "credit_limit": Decimal(one.credit_limit),
        **unknown,
        **_common(one),
    }


def make_contact_points(people: list[Person], members: list[Person], organizations: list[Organization]) -> pl.DataFrame:
    """Phones, e-mail, postal addresses and WeChat ids (see ``DemoCompany.contact_points``)."""
    serial = {"CN": 0, "US": 0}
    rows = []
    everyone: list[Customer] = [*people, *members, *organizations]
    for customer in everyone:
        phone = mobile_number(customer.city.country, serial[customer.city.country])
        serial[customer.city.country] += 1
        rows += _contact_rows(customer, phone)
    types: dict[str, pl.DataType] = {
        "is_primary": pl.Boolean(), "opt_in": pl.Boolean(), "verified_at": _UTC, "valid_from": pl.Date(),
        "valid_to": pl.Date(), "latitude": pl.Float64(), "longitude": pl.Float64(),
    }  # fmt: skip
    return pl.DataFrame(rows, schema={name: types.get(name, pl.String()) for name in rows[0]})


def mobile_number(country: str, serial: int) -> str:
    """The ``serial``-th mobile number (E.164) of a country: 10,000 Chinese and 3,600 American ones exist."""
    if country == "CN":
        return f"+861990000{serial:04d}"
    area = AMERICAN_AREA_CODES[serial % len(AMERICAN_AREA_CODES)]
    return f"+1{area}55501{serial // len(AMERICAN_AREA_CODES):02d}"


def mail_name(latin: str) -> str:
    """The part of an e-mail address before the @ that fits a Latin name: ``wang.wei``."""
    kept = "".join(letter for letter in latin.lower().replace("é", "e") if letter.isalnum() or letter == " ")
    return ".".join(kept.split())


def _contact_rows(customer: Customer, phone: str) -> list[dict[str, object]]:
    number, city = customer.number, customer.city
    latin = customer.latin_name if isinstance(customer, Person) else customer.name_en
    address = postal_address(_place(customer), city)
    values: list[tuple[str, str, str]] = [("mobile", _as_typed(phone, number), phone)]
    mail = f"{mail_name(latin)}{number % 10_000}@{DOMAINS[number % len(DOMAINS)]}"
    if draws.one("has mail", number) < 0.85 or isinstance(customer, Organization):
        values.append(("email", mail, mail))
    values.append(("postal", address["full"], address["full"]))
    if city.country == "CN" and isinstance(customer, Person) and draws.one("has WeChat", number) < 0.8:
        handle = f"wx_{mail_name(latin).replace('.', '')}{number % 1000:03d}"
        values.append(("wechat", handle, handle))
    return [_contact_row(customer, at, value, address) for at, value in enumerate(values)]


def _place(customer: Customer) -> int:
    return customer.household if isinstance(customer, Person) else customer.number


def _contact_row(
    customer: Customer, at: int, value: tuple[str, str, str], address: dict[str, str]
) -> dict[str, object]:
    kind, typed, normalised = value
    number, city, postal = customer.number, customer.city, kind == "postal"
    verified = draws.one(f"verified {kind}", number) < 0.55
    jitter = draws.uniform("north", _place(customer)), draws.uniform("east", _place(customer))
    return {
        "external_id": f"{customer.external_id}-{kind}",
        "customer_id": customer.external_id,
        "kind": kind,
        "value": typed,
        "normalised": normalised,
        "is_primary": at == 0,
        "opt_in": bool(draws.one(f"opt in {kind}", number) < 0.6),
        "verified_at": customer.created_at + timedelta(days=1) if verified else None,
        "valid_from": customer.created_at.date(),
        "valid_to": None,
        "street": address["street"] if postal else None,
        "district": address["district"] or None if postal else None,
        "city": (city.name_zh if city.country == "CN" else city.name_en) if postal else None,
        "region": (city.region_zh if city.country == "CN" else city.region_en) if postal else None,
        "postal_code": address["postal_code"] if postal else None,
        "country": city.country if postal else None,
        "latitude": round(city.latitude + (float(jitter[0][0]) - 0.5) * 0.12, 5) if postal else None,
        "longitude": round(city.longitude + (float(jitter[1][0]) - 0.5) * 0.12, 5) if postal else None,
    }


def _as_typed(phone: str, number: int) -> str:
    """A phone number the way people type it: with or without country code, spaces, brackets."""
    style = draws.one_below("phone style", number, 3)
    if phone.startswith("+86"):
        local = phone[3:]
        return (phone, f"{local[:3]} {local[3:7]} {local[7:]}", f"{local[:3]}-{local[3:7]}-{local[7:]}")[style]
    local = phone[2:]
    return (phone, f"({local[:3]}) {local[3:6]}-{local[6:]}", f"{local[:3]}-{local[3:6]}-{local[6:]}")[style]


def postal_address(number: int, city: City) -> dict[str, str]:
    """A made-up address in a real city: keys ``full``, ``street``, ``district``, ``postal_code``."""
    house = 1 + draws.one_below("house", number, 399)
    flat = 101 + draws.one_below("floor", number, 28) * 100 + draws.one_below("flat", number, 6)
    if city.country == "CN":
        district = city.districts[draws.one_below("district", number, len(city.districts))]
        street = f"{CHINESE_STREETS[draws.one_below('street', number, len(CHINESE_STREETS))]}{house}号{flat}室"
        region = "" if city.region_zh == city.name_zh else city.region_zh
        code = f"{city.postal}{draws.one_below('postal', number, 10 ** (6 - len(city.postal))):02d}"
        full = f"{region}{city.name_zh}{district}{street}"
        return {"full": full, "street": street, "district": district, "postal_code": code}
    street = f"{house} {AMERICAN_STREETS[draws.one_below('street', number, len(AMERICAN_STREETS))]}, Apt {flat}"
    code = f"{city.postal}{draws.one_below('postal', number, 90):02d}"
    full = f"{street}, {city.name_en}, {city.region_en} {code}"
    return {"full": full, "street": street, "district": "", "postal_code": code}
