"""Organizations that buy for their kitchens, classes and offices, and the relationships between customers.

All of them are generated: the source knows households only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.people import MEMBER_OFFSET, Person
from guanxi.packs.grocery.places import AMERICA, CHINA, City
from guanxi.packs.grocery.product_words import brand
from guanxi.packs.grocery.staff import MANAGER, SELLER_OF, user_name

COUNT = 320
NUMBER_OFFSET = 200_000
"""Added to an organization's serial number, so that draws differ from those of persons."""

INDUSTRIES = (
    ("restaurant", "Restaurant", "餐饮有限公司", 90),
    ("kindergarten", "Kindergarten", "幼儿园", 70),
    ("office", "Business Services", "商务服务有限公司", 60),
    ("cafe", "Café", "咖啡馆", 40),
    ("school", "School", "实验学校", 25),
    ("hotel", "Hotel", "酒店管理有限公司", 25),
    ("care_home", "Care Home", "养老院", 10),
)
"""(code, English ending, Chinese ending, weight)."""
_JOBS = (("purchasing", "采购"), ("kitchen", "厨房"), ("administration", "行政"), ("management", "管理"))


@dataclass(frozen=True, slots=True)
class Organization:
    """One corporate buyer. ``number`` = ``NUMBER_OFFSET`` + serial; ``name_zh``: None without a Chinese name."""

    number: int
    external_id: str
    name_en: str
    name_zh: str | None
    industry: str
    city: City
    created_at: datetime
    credit_limit: int

    @property
    def owner(self) -> str:
        """The salesperson of its territory; the sales manager for the largest credit limits."""
        return user_name(MANAGER if self.credit_limit >= 40_000 else SELLER_OF[self.city.territory])


def make_organizations(opened: datetime) -> list[Organization]:
    """The corporate buyers, ``COUNT`` of them, created before ``opened``."""
    ids = np.arange(1, COUNT + 1) + NUMBER_OFFSET
    industries = draws.weighted("industry", ids, tuple(weight for *_, weight in INDUSTRIES))
    chinese = draws.uniform("language", ids) < 0.6
    china_city = draws.weighted("city", ids, draws.zipf_weights(len(CHINA), 0.8))
    america_city = draws.weighted("city", ids, draws.zipf_weights(len(AMERICA), 0.8))
    days, limits = draws.integer("customer since", ids, 1200), draws.uniform("credit limit", ids)
    result = []
    for at in range(COUNT):
        code, english, ending, _ = INDUSTRIES[industries[at]]
        city = CHINA[china_city[at]] if chinese[at] else AMERICA[america_city[at]]
        brand_en, brand_zh = brand(at * 3 + 11)
        place = city.name_zh.removesuffix("市")
        name_zh = f"{place}{brand_zh}{ending}" if chinese[at] else None
        name_en = f"{city.name_en} {brand_en} {english}" if chinese[at] else f"{brand_en} {english}"
        limit = int(2_000 * 25 ** float(limits[at])) // 500 * 500
        created = opened - timedelta(days=int(days[at]) + 1)
        external_id, number = f"B{at + 1:04d}", int(ids[at])
        result.append(Organization(number, external_id, name_en, name_zh, code, city, created, limit))
    return result


def make_relationships(people: list[Person], members: list[Person], organizations: list[Organization]) -> pl.DataFrame:
    """Employees, household members and referrals between customers (see ``DemoCompany.relationships``)."""
    rows = _employees(people, organizations) + _households(people, members) + _referrals(people)
    columns = ["from_customer_id", "to_customer_id", "kind", "role", "strength", "since", "until"]
    types = {"strength": pl.Int8, "since": pl.Date, "until": pl.Date}
    return pl.DataFrame(rows, schema=columns, schema_overrides=types, orient="row").sort(columns[:3])


Row = tuple[str, str, str, str | None, int, date, date | None]


def _employees(people: list[Person], organizations: list[Organization]) -> list[Row]:
    by_territory: dict[str, list[Person]] = {}
    for person in people:
        by_territory.setdefault(person.city.territory, []).append(person)
    rows: list[Row] = []
    for organization in organizations:
        near = by_territory[organization.city.territory]
        number = organization.number
        first = int(draws.one_below("first employee", number, len(near)))
        for step in range(1 + draws.one_below("employees", number, 3)):
            person = near[(first + step * 17) % len(near)]
            job = _JOBS[(number + step) % len(_JOBS)]
            strength = 1 + draws.one_below("tie", number * 10 + step, 5)
            since = max(organization.created_at, person.created_at).date()
            left = draws.one("left", number * 10 + step) < 0.08
            until = since + timedelta(days=120) if left else None
            role = job[1] if organization.name_zh else job[0]
            rows.append((person.external_id, organization.external_id, "employee_of", role, strength, since, until))
    return rows


def _households(people: list[Person], members: list[Person]) -> list[Row]:
    heads = {person.number: person for person in people}
    rows: list[Row] = []
    for member in members:
        head = heads[member.number - MEMBER_OFFSET]
        since = member.created_at.date()
        rows.append((member.external_id, head.external_id, "household_member", None, 5, since, None))
        rows.append((member.external_id, head.external_id, "spouse_of", None, 5, since, None))
    return rows


def _referrals(people: list[Person]) -> list[Row]:
    """One person in eight was referred by someone who was a customer before."""
    by_age = sorted(people, key=lambda person: (person.created_at, person.number))
    rows: list[Row] = []
    for at, person in enumerate(by_age):
        if at < 20 or draws.one("referred", person.number) >= 0.125:
            continue
        # Skewed towards a few keen advocates.
        referrer = by_age[int(at * draws.one("referrer", person.number) ** 4)]
        strength = 1 + draws.one_below("referral tie", person.number, 5)
        since = person.created_at.date()
        rows.append((person.external_id, referrer.external_id, "referred_by", None, strength, since, None))
    return rows
