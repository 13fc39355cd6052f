"""What a file of customers may fill: the customer, its contact points and numbers, the organization it works for."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text
from guanxi.core.names import fold
from guanxi.customers.contact_point.rules import contact_keys
from guanxi.customers.customer.models import Customer
from guanxi.records.fields import Field, Kind
from guanxi.records.importing.plan import ImportPlan, Part, register_plan

_HAN = r"\p{Han}"
_ADDRESS = ("country", "region", "city", "district", "street", "postal_code")


def contact_columns(records: pl.DataFrame) -> pl.DataFrame:
    """Add the technical key columns of contact points to a frame, as ``contact_keys`` does for one.

    Numbers and e-mail addresses are canonical already. The first of each kind becomes a new customer's main one.
    """
    value = pl.col("value")
    others = records.filter(~pl.col("kind").is_in(["email", "phone"]))["value"].unique()
    folded = {text: contact_keys({"kind": "address", "value": text})["normalized"] for text in others.to_list()}
    is_phone = pl.col("kind") == "phone"
    normalized = (
        pl.when(is_phone).then(value)
        .when(pl.col("kind") == "email").then(value.str.strip_chars().str.to_lowercase())
        .otherwise(value.replace_strict(folded, default="", return_dtype=pl.String) if folded else pl.lit(""))
    )  # fmt: skip
    digits = value.str.replace_all(r"\D", "").str.reverse().str.slice(0, 24)
    first = pl.int_range(pl.len()).over("customer_id", "kind") == 0
    return records.with_columns(
        normalized.alias("normalized"),
        pl.when(is_phone).then(digits).otherwise(pl.lit("")).alias("digits_reversed"),
        (first & pl.col("is_new_parent")).alias("is_primary"),
    )


def _contact(key: str, label: type_text, kind: str, name: str = "main", cells: Kind = "text") -> Part:
    return Part(
        key, "contact_point", label, natural=("customer", "kind", "normalized"), fields=("value",),
        fixed={"kind": kind, "label": name}, links={"customer": "customer"}, needs=("value",), kinds={"value": cells},
        derive=contact_columns,
    )  # fmt: skip


def _number(key: str, label: type_text, kind: str) -> Part:
    return Part(
        key, "identifier", label, natural=("customer", "kind", "value"), fields=("value",), fixed={"kind": kind},
        links={"customer": "customer"}, needs=("value",),
    )  # fmt: skip


def prepare_customers(frame: pl.DataFrame) -> pl.DataFrame:
    """Complete parsed rows: whole names from given and family names, the kind from the company, whole addresses."""
    frame = _with_names(frame)
    if "organization.name" in frame.columns:
        frame = _with_organization(frame)
    return _with_address(frame)


def _with_names(frame: pl.DataFrame) -> pl.DataFrame:
    parts = [key for key in ("customer.family_name", "customer.given_name") if key in frame.columns]
    if not parts:
        return frame
    family, given = (
        pl.col(f"customer.{each}_name") if f"customer.{each}_name" in parts else pl.lit(None)
        for each in ("family", "given")
    )
    is_chinese = pl.concat_str([family, given], ignore_nulls=True).str.contains(_HAN)
    whole = (
        pl.when(is_chinese)
        .then(pl.concat_str([family, given], ignore_nulls=True))
        .otherwise(pl.concat_str([given, family], separator=" ", ignore_nulls=True))
    )
    named = pl.col("customer.name").fill_null(whole) if "customer.name" in frame.columns else whole
    frame = frame.with_columns(pl.when(named != "").then(named).alias("customer.name"))
    return frame.drop(parts)


def _with_organization(frame: pl.DataFrame) -> pl.DataFrame:
    """A row with a company and no person is the company; a company of a person's becomes a customer, too."""
    company = pl.col("organization.name")
    if "customer.name" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("customer.name"))
    if "customer.kind" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("customer.kind"))
    alone = pl.col("customer.name").is_null() & company.is_not_null()
    frame = frame.with_columns(
        pl.col("customer.name").fill_null(company),
        pl.when(alone)
        .then(pl.col("customer.kind").fill_null("organization"))
        .otherwise("customer.kind")
        .alias("customer.kind"),
    )
    own = pl.col("customer.name") == company
    frame = frame.with_columns(pl.when(own).then(None).otherwise(company).alias("organization.name"))
    names = [None if name is None else fold(name)[:420] for name in frame["organization.name"].to_list()]
    return frame.with_columns(pl.Series("organization.search_name", names, dtype=pl.String))


def _with_address(frame: pl.DataFrame) -> pl.DataFrame:
    """Write the whole address from its parts, and lend city and country between the customer and the address."""
    street = [key for key in ("address.street", "address.postal_code", "address.district") if key in frame.columns]
    for name in ("city", "country"):
        ours, theirs = f"customer.{name}", f"address.{name}"
        if theirs in frame.columns and ours not in frame.columns:
            frame = frame.with_columns(pl.col(theirs).str.slice(0, 60 if name == "country" else 120).alias(ours))
        elif ours in frame.columns and street and theirs not in frame.columns:
            frame = frame.with_columns(pl.col(ours).alias(theirs))
    parts = [name for name in _ADDRESS if f"address.{name}" in frame.columns]
    if "address.value" in frame.columns or not street:
        return frame
    columns = {name: pl.col(f"address.{name}") for name in parts}
    chinese = [columns[name] for name in ("region", "city", "district", "street") if name in columns]
    western = [
        columns[name] for name in ("street", "district", "city", "region", "postal_code", "country") if name in columns
    ]
    joined = pl.concat_str(chinese, ignore_nulls=True) if chinese else pl.lit("")
    value = (
        pl.when(joined.str.contains(_HAN))
        .then(joined)
        .otherwise(pl.concat_str(western, separator=", ", ignore_nulls=True))
    )
    has_street = pl.any_horizontal(pl.col(key).is_not_null() for key in street)
    return frame.with_columns(pl.when(has_street).then(value.str.slice(0, 400)).alias("address.value"))


CUSTOMER_WORDS = {
    "gender": {
        "female": ("f", "w", "woman", "ms", "mrs", "miss", "女", "女性", "女士", "小姐"),
        "male": ("m", "man", "mr", "男", "男性", "先生"),
        "other": ("o", "x", "diverse", "其他", "未知", "保密"),
    },
    "kind": {
        "person": ("p", "individual", "private", "contact", "consumer", "b2c", "个人", "个人客户", "自然人", "散客"),
        "organization": (
            "o", "organisation", "company", "business", "corporate", "account", "b2b", "企业", "企业客户", "公司", "单位", "机构",
        ),
    },
    "status": {
        "prospect": ("lead", "potential", "new", "潜在", "潜在客户", "意向", "线索"),
        "active": ("current", "customer", "yes", "有效", "正常", "活跃", "成交", "已成交", "合作中"),
        "inactive": ("passive", "sleeping", "no", "停用", "无效", "沉睡", "休眠", "不活跃"),
        "lost": ("churned", "former", "流失", "已流失"),
        "blocked": ("blacklisted", "banned", "冻结", "黑名单", "禁用"),
    },
    "preferred_channel": {
        "phone": ("telephone", "call", "电话"), "email": ("mail", "邮件", "邮箱", "电子邮件"), "sms": ("text", "短信"),
        "wechat": ("weixin", "微信"), "visit": ("in person", "拜访", "上门"), "post": ("letter", "邮寄", "信件"),
    },
}  # fmt: skip
CUSTOMERS = register_plan(
    ImportPlan(
        name="customer", label=_("customers"), root="customer", icon="users",
        parts=(
            Part(
                "customer", "customer", _("customer"), words=CUSTOMER_WORDS,
                extra=(Field("family_name", _("family name"), max_length=100), Field("given_name", _("given name"),
                max_length=100)),
            ),
            _contact("email", _("e-mail"), "email", cells="email"),
            _contact("mobile", _("mobile phone"), "phone", "mobile", "phone"),
            _contact("phone", _("phone"), "phone", "main", "phone"),
            _contact("email_2", _("second e-mail"), "email", "other", "email"),
            _contact("wechat", _("WeChat"), "wechat"),
            _contact("website", _("website"), "website", cells="url"),
            Part(
                "address", "contact_point", _("address"), natural=("customer", "kind", "normalized"),
                fields=("street", "postal_code", "district", "city", "region", "country", "value"),
                fixed={"kind": "address"}, links={"customer": "customer"}, needs=("value",), derive=contact_columns,
            ),
            _number("membership", _("membership number"), "membership"),
            _number("tax", _("tax number"), "tax"),
            Part(
                "organization", "customer", _("company of the person"), natural=("search_name",), fields=("name",),
                fixed={"kind": Customer.Kind.ORGANIZATION.value}, fills_only=True,
            ),
            Part(
                "employment", "relationship", _("employer"), natural=("customer", "kind", "other"), fields=("kind",),
                fixed={"kind": "employee_of"}, links={"customer": "customer", "other": "organization"},
                needs=("organization.name",),
            ),
        ),
        identity=("customer.name", "email.value", "mobile.value", "phone.value"), prepare=prepare_customers,
    )
)  # fmt: skip
