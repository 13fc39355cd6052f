"""Two further systems that know part of the same persons, spelled differently, and the truth about who is who.

The online shop writes CSV in GBK with Chinese headers, the loyalty-card system an Excel sheet with English ones. What
was changed in each copy is listed in ``true_matches``, so that matching can be measured by kind of difference.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.contacts import DOMAINS, mail_name, mobile_number, postal_address
from guanxi.packs.grocery.names import CHINESE_FAMILY, CHINESE_GIVEN_LAST, NICKNAMES
from guanxi.packs.grocery.people import Person, make_people

SHOP_SHARE, CARD_SHARE, TWICE_SHARE = 0.38, 0.46, 0.05
"""Share of persons who are in the shop, in the card system, and twice in the system they are in."""
STRANGERS = {"online_shop": 280, "loyalty_card": 190}
"""Persons of each system who are no customers here: nothing may match them."""
_STRANGER_OFFSET = {"online_shop": 300_000, "loyalty_card": 400_000}
_OLD_PHONE_SERIAL = {"CN": 5_000, "US": 2_400}
_CHANGES = (("typo", 0.16), ("other_script", 0.30), ("nickname", 0.14), ("moved", 0.18), ("old_phone", 0.16),
            ("other_mail", 0.30), ("no_phone", 0.08))  # fmt: skip
"""(kind of difference, share of copies that have it); several may fall on one copy."""
SHOP_HEADERS = {
    "source_id": "会员编号", "name": "姓名", "mobile": "手机号码", "email": "电子邮箱", "city": "城市",
    "address": "收货地址", "registered_on": "注册日期",
}  # fmt: skip
CARD_HEADERS = {
    "source_id": "Card No", "name": "Cardholder", "mobile": "Mobile", "email": "E-mail", "city": "City",
    "address": "Address", "registered_on": "Issued",
}  # fmt: skip


def make_source(system: str, people: list[Person], phones: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of one system (columns of ``SHOP_HEADERS``) and its true matches.

    ``phones``: mobile number (E.164) by customer id. Rows stand in an order that tells nothing about the matches.
    """
    share = SHOP_SHARE if system == "online_shop" else CARD_SHARE
    rows, matches = [], []
    for person in people:
        if draws.one(f"in {system}", person.number) >= share:
            continue
        twice = draws.one(f"twice in {system}", person.number) < TWICE_SHARE
        for copy in range(2 if twice else 1):
            key = person.number * 10 + copy
            row, changes = _copy(system, person, key, phones[person.external_id])
            rows.append(row)
            matches.append((system, row["source_id"], person.external_id, ",".join(changes)))
    opened = max(person.created_at for person in people)
    offset = _STRANGER_OFFSET[system]
    for stranger in make_people([offset + at for at in range(STRANGERS[system])], _NO_FACTS, opened):
        serial = 2_600 + stranger.number % 1000 if stranger.city.country == "CN" else 1_800 + stranger.number % 300
        rows.append(_row(system, stranger, stranger.number * 10, mobile_number(stranger.city.country, serial)))
    columns = ["source_system", "source_id", "customer_id", "changes"]
    truth = pl.DataFrame(matches, schema=columns, orient="row").sort("source_id")
    return pl.DataFrame(rows).sort("source_id"), truth


_NO_FACTS = pl.DataFrame(schema={"household_id": pl.Int64})


def _row(system: str, person: Person, key: int, phone: str) -> dict[str, str]:
    """A faithful row of a person in a system."""
    number = int(draws.mixed(draws.as_ids(key + len(system) * 10_000_000))[0] % np.uint64(10**9))
    address = postal_address(person.household, person.city)
    registered = person.created_at + timedelta(days=draws.one_below(f"registered {system}", key, 200))
    chinese_city = person.city.country == "CN"
    return {
        "source_id": f"{'WS' if system == 'online_shop' else 'LC'}{number:09d}",
        "name": person.full_name,
        "mobile": phone.removeprefix("+86").removeprefix("+1"),
        "email": f"{mail_name(person.latin_name)}{person.number % 10_000}@{DOMAINS[person.number % len(DOMAINS)]}",
        "city": person.city.name_zh if chinese_city and system == "online_shop" else person.city.name_en,
        "address": address["full"],
        "registered_on": registered.date().isoformat(),
    }


def _copy(system: str, person: Person, key: int, phone: str) -> tuple[dict[str, str], list[str]]:
    """A row of a customer with some of the differences of ``_CHANGES``, and which."""
    row = _row(system, person, key, phone)
    changes = [kind for kind, share in _CHANGES if draws.one(f"{system} {kind}", key) < share]
    if "nickname" in changes and "other_script" in changes:
        changes.remove("other_script")
    if "other_script" in changes:
        row["name"] = _other_script(person)
    if "nickname" in changes:
        row["name"] = _nickname(person)
    if "typo" in changes:
        row["name"] = _typo(row["name"], key)
    if "moved" in changes:
        row["address"] = postal_address(key + 50_000_000, person.city)["full"]
    if "old_phone" in changes:
        country = person.city.country
        row["mobile"] = mobile_number(country, _OLD_PHONE_SERIAL[country] + key % (3_000 if country == "CN" else 600))[
            3 if country == "CN" else 2 :
        ]
    if "no_phone" in changes:
        row["mobile"] = ""
    if "other_mail" in changes:
        row["email"] = f"{mail_name(person.latin_name).replace('.', '_')}@{DOMAINS[key % len(DOMAINS)]}"
    return row, changes


def _other_script(person: Person) -> str:
    """Pinyin for characters in Western order; for an English name "Family, Given"."""
    if person.native:
        return f"{person.given_latin} {person.family_latin}"
    return f"{person.family_latin}, {person.given_latin}"


def _nickname(person: Person) -> str:
    """小 + last character of a Chinese name after the family name; the usual short form of an English one."""
    if person.native:
        return f"{person.native[0]}小{person.native[-1]}"
    return f"{NICKNAMES[person.given_latin]} {person.family_latin}"


_SOUNDS: dict[str, list[str]] = {}
for _hanzi, _latin in (*CHINESE_GIVEN_LAST, *((hanzi, latin.lower()) for hanzi, latin in CHINESE_FAMILY)):
    if _hanzi not in _SOUNDS.setdefault(_latin, []):
        _SOUNDS[_latin].append(_hanzi)
_SAME_SOUND = {
    hanzi: group[(at + 1) % len(group)]
    for group in _SOUNDS.values()
    if len(group) > 1
    for at, hanzi in enumerate(group)
}


def _typo(name: str, key: int) -> str:
    """A character of the same sound for a Chinese name if one is listed, else a stray space; for Latin
    letters two neighbours swapped."""
    for at in range(len(name) - 1, -1, -1):
        if name[at] in _SAME_SOUND:
            return name[:at] + _SAME_SOUND[name[at]] + name[at + 1 :]
    if not name.isascii():
        return name[0] + " " + name[1:]
    at = 1 + int(draws.one_below("typo at", key, max(1, len(name) - 2)))
    return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]


def shop_csv(rows: pl.DataFrame) -> bytes:
    """The online shop's export: CSV, GBK, Chinese headers."""
    text = rows.select([pl.col(name).alias(header) for name, header in SHOP_HEADERS.items()]).write_csv()
    return text.encode("gbk")


def card_workbook(rows: pl.DataFrame) -> bytes:
    """The loyalty-card system's export: an Excel workbook with one sheet ``Cardholders``; all cells are text."""
    from openpyxl import Workbook  # takes a third of a second to import, and only this export needs it

    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime(2020, 1, 1)  # noqa: DTZ001 - openpyxl wants it bare
    sheet = book.create_sheet("Cardholders")
    sheet.append(list(CARD_HEADERS.values()))
    for row in rows.select(list(CARD_HEADERS)).iter_rows():
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
