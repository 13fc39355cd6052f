"""The demo company's own people: twelve users in four teams, and the six territories."""

from __future__ import annotations

import polars as pl

from guanxi.packs.grocery.places import TERRITORIES

COMPANY = ("Evergreen Market", "常青超市")
"""The demo company's name in English and Chinese; made up."""

TEAMS = (
    ("sales-china", "Sales China", "中国销售部"),
    ("sales-america", "Sales North America", "北美销售部"),
    ("service", "Customer service", "客户服务部"),
    ("marketing", "Marketing and analysis", "市场与分析部"),
)
_EAST, _NORTH, _SOUTH, _WEST, _US_WEST, _US_EAST = (code for code, _, _, _ in TERRITORIES)
USERS: tuple[tuple[str, str, str, str, str, str, list[str]], ...] = (
    ("lin.yada", "Lin Yada", "林雅达", "administrator", "marketing", "zh-hans", []),
    ("zhou.mingyuan", "Zhou Mingyuan", "周明远", "sales_manager", "sales-china", "zh-hans",
     [code for code, *_ in TERRITORIES]),
    ("chen.sihan", "Chen Sihan", "陈思涵", "salesperson", "sales-china", "zh-hans", [_EAST]),
    ("liu.zixuan", "Liu Zixuan", "刘子轩", "salesperson", "sales-china", "zh-hans", [_NORTH, _WEST]),
    ("huang.yutong", "Huang Yutong", "黄雨彤", "salesperson", "sales-china", "zh-hans", [_SOUTH]),
    ("grace.miller", "Grace Miller", "格蕾丝·米勒", "salesperson", "sales-america", "en", [_US_WEST]),
    ("daniel.brooks", "Daniel Brooks", "丹尼尔·布鲁克斯", "salesperson", "sales-america", "en", [_US_EAST]),
    ("he.jingyi", "He Jingyi", "何静怡", "service_agent", "service", "zh-hans", []),
    ("emily.carter", "Emily Carter", "艾米莉·卡特", "service_agent", "service", "en", []),
    ("su.xiaolan", "Su Xiaolan", "苏晓岚", "marketer", "marketing", "zh-hans", []),
    ("noah.bennett", "Noah Bennett", "诺亚·贝内特", "analyst", "marketing", "en", []),
    ("tang.shuning", "Tang Shuning", "唐书宁", "read_only", "marketing", "zh-hans", []),
)  # fmt: skip
"""(user name, Latin name, Chinese name, role, team, language, territories)."""
SELLER_OF = {_EAST: 2, _NORTH: 3, _WEST: 3, _SOUTH: 4, _US_WEST: 5, _US_EAST: 6}
"""territory: position in ``USERS`` of the salesperson who looks after it."""
MANAGER = 1
AGENT_OF = {"CN": 7, "US": 8}


def user_name(position: int) -> str:
    """The user name at a position of ``USERS``."""
    return USERS[position][0]


def team_of(username: str) -> str:
    """The team code of a user name."""
    return next(user[4] for user in USERS if user[0] == username)


def make_users() -> pl.DataFrame:
    """The twelve users (see ``DemoCompany.users``)."""
    columns = ["username", "name_latin", "name_native", "role", "team_code", "language", "territory_codes"]
    return pl.DataFrame(
        USERS, schema_overrides={"territory_codes": pl.List(pl.String)}, schema=columns, orient="row"
    ).with_columns((pl.col("username") + "@staff.example").alias("email"))


def make_teams() -> pl.DataFrame:
    """The four teams (see ``DemoCompany.teams``)."""
    return pl.DataFrame(TEAMS, schema=["code", "name_en", "name_zh"], orient="row")


def make_territories() -> pl.DataFrame:
    """The six territories (see ``DemoCompany.territories``)."""
    return pl.DataFrame(TERRITORIES, schema=["code", "name_en", "name_zh", "country"], orient="row")
