"""Persons of the demo company: one for each household of the source, and some further household members.

Who they are is generated; what the source knows of a household (age band, income band, …) is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.names import (
    CHINESE_FAMILY,
    CHINESE_GIVEN_LAST,
    ENGLISH_FAMILY,
    ENGLISH_GIVEN,
    chinese_given_names,
)
from guanxi.packs.grocery.places import AMERICA, CHINA, City
from guanxi.packs.grocery.staff import MANAGER, SELLER_OF, user_name

MEMBER_OFFSET = 100_000
"""Added to a household's number to get the number of its second member."""
CHINESE_SHARE = 0.6


@dataclass(slots=True)
class Person:
    """One person while being generated. ``number`` is the household's number (plus ``MEMBER_OFFSET``)."""

    number: int
    external_id: str
    chinese: bool
    family_latin: str
    given_latin: str
    native: str | None
    city: City
    created_at: datetime
    facts: dict[str, str | None] = field(default_factory=dict)

    @property
    def household(self) -> int:
        """The number of the household: its second member has the same."""
        second = MEMBER_OFFSET <= self.number < 2 * MEMBER_OFFSET
        return self.number - MEMBER_OFFSET if second else self.number

    @property
    def full_name(self) -> str:
        """The name as its bearer writes it."""
        return self.native or f"{self.given_latin} {self.family_latin}"

    @property
    def latin_name(self) -> str:
        """The name in Latin letters: Chinese family name first, English family name last."""
        if self.native:
            return f"{self.family_latin} {self.given_latin}"
        return f"{self.given_latin} {self.family_latin}"

    @property
    def owner(self) -> str:
        """The user who looks after this person: the territory's salesperson, for one in thirty the manager."""
        key_account = draws.one_below("key account", self.number, 30) == 0
        return user_name(MANAGER if key_account else SELLER_OF[self.city.territory])


def make_people(numbers: list[int], demographics: pl.DataFrame, opened: datetime) -> list[Person]:
    """One person for each household number (ascending). ``opened``: first day of the data; all were created before."""
    known = {row.pop("household_id"): row for row in demographics.iter_rows(named=True)}
    ids = np.asarray(numbers)
    chinese = draws.uniform("language", ids) < CHINESE_SHARE
    in_china = draws.uniform("country", ids) < np.where(chinese, 0.85, 0.08)
    china_city = draws.weighted("city", ids, draws.zipf_weights(len(CHINA), 0.8))
    america_city = draws.weighted("city", ids, draws.zipf_weights(len(AMERICA), 0.8))
    age_days = draws.integer("customer since", ids, 1500)
    people = []
    for at, number in enumerate(numbers):
        city = CHINA[china_city[at]] if in_china[at] else AMERICA[america_city[at]]
        family, given, native = _name(number, bool(chinese[at]))
        created = opened - timedelta(days=int(age_days[at]) + 1, minutes=int(age_days[at]) * 7 % 600)
        external_id, facts = f"H{number:04d}", dict(known.get(number, {}))
        people.append(Person(number, external_id, bool(chinese[at]), family, given, native, city, created, facts))
    return people


def make_members(people: list[Person]) -> list[Person]:
    """A second member for seven in ten households that the source calls married, at the same address."""
    members = []
    for head in people:
        if head.facts.get("marital_status") != "Married" or draws.one("second member", head.number) >= 0.7:
            continue
        number = head.number + MEMBER_OFFSET
        family, given, native = _name(number, head.chinese)
        if not head.chinese:
            family = head.family_latin
        created = head.created_at + timedelta(days=draws.one_below("member joined", number, 200))
        facts = dict(head.facts)
        members.append(
            Person(number, f"{head.external_id}-2", head.chinese, family, given, native, head.city, created, facts)
        )
    return members


_CHINESE_GIVEN = chinese_given_names()
_SINGLES = len(CHINESE_GIVEN_LAST)
_ONE_CHARACTER = 0.14  # share of one-character given names, roughly as in people born since 1970


def _name(number: int, chinese: bool) -> tuple[str, str, str | None]:
    """(family name in Latin letters, given name in Latin letters, native name or None)."""
    if not chinese:
        family = ENGLISH_FAMILY[draws.one_weighted("family", number, draws.zipf_weights(len(ENGLISH_FAMILY), 0.5))]
        return family, ENGLISH_GIVEN[draws.one_below("given", number, len(ENGLISH_GIVEN))][0], None
    hanzi, latin = CHINESE_FAMILY[draws.one_weighted("family", number, draws.zipf_weights(len(CHINESE_FAMILY), 0.8))]
    if draws.one("one character", number) < _ONE_CHARACTER:
        given_hanzi, given_latin = _CHINESE_GIVEN[draws.one_below("given", number, _SINGLES)]
    else:
        at = _SINGLES + draws.one_below("given", number, len(_CHINESE_GIVEN) - _SINGLES)
        given_hanzi, given_latin = _CHINESE_GIVEN[at]
    return latin, given_latin, hanzi + given_hanzi
