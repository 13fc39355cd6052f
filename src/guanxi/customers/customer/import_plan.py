"""What a file of customers may fill: the customer, its contact points and numbers, the organization it works for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text
from guanxi.customers.customer import import_ways as import_ways
from guanxi.customers.customer.models import Customer
from guanxi.records.fields import Field, Kind
from guanxi.records.importing.plan import ImportPlan, Part, deferred, register_plan

_ROWS = "guanxi.customers.customer.import_rows"
CONTACT_COLUMNS = deferred(f"{_ROWS}:contact_columns")
SEARCH_COLUMNS = deferred("guanxi.customers.customer.search_columns:search_columns")


def _contact(key: str, label: type_text, kind: str, name: str = "main", cells: Kind = "text") -> Part:
    return Part(
        key, "contact_point", label, natural=("customer", "kind", "normalized"), fields=("value",),
        fixed={"kind": kind, "label": name}, links={"customer": "customer"}, needs=("value",), kinds={"value": cells},
        derive=CONTACT_COLUMNS,
    )  # fmt: skip


def _number(key: str, label: type_text, kind: str) -> Part:
    return Part(
        key, "identifier", label, natural=("customer", "kind", "value"), fields=("value",), fixed={"kind": kind},
        links={"customer": "customer"}, needs=("value",),
    )  # fmt: skip


CUSTOMER_WORDS = {
    "gender": {
        "female": ("f", "w", "woman", "ms", "mrs", "miss", "女", "女性", "女士", "小姐"),
        "male": ("m", "man", "mr", "男", "男性", "先生"),
        "other": ("o", "x", "diverse", "其他", "未知", "保密"),
    },
    "kind": {
        "person": ("p", "individual", "private", "contact", "consumer", "b2c", "个人", "个人客户", "自然人", "散客"),
        "organization": (
            "o", "organisation", "company", "business", "corporate", "account", "b2b",
            "企业", "企业客户", "公司", "单位", "机构",
        ),
    },
    "status": {
        "prospect": ("lead", "potential", "new", "潜在", "潜在客户", "意向", "线索"),
        "active": ("current", "customer", "yes", "有效", "正常", "活跃", "成交", "已成交", "合作中"),
        "inactive": ("passive", "sleeping", "dormant", "no", "停用", "无效", "沉睡", "休眠", "不活跃"),
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
                "customer", "customer", _("customer"), words=CUSTOMER_WORDS, derives_from=("name", "latin_name"),
                derive=SEARCH_COLUMNS,
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
                fixed={"kind": "address"}, links={"customer": "customer"}, needs=("value",), derive=CONTACT_COLUMNS,
            ),
            _number("membership", _("membership number"), "membership"),
            _number("tax", _("tax number"), "tax"),
            Part(
                "organization", "customer", _("company of the person"), natural=("search_name",), fields=("name",),
                fixed={"kind": Customer.Kind.ORGANIZATION.value}, fills_only=True, derives_from=("name",),
                derive=SEARCH_COLUMNS,
            ),
            Part(
                "employment", "relationship", _("employer"), natural=("customer", "kind", "other"), fields=("kind",),
                fixed={"kind": "employee_of"}, links={"customer": "customer", "other": "organization"},
                needs=("organization.name",),
            ),
        ),
        identity=("customer.name", "email.value", "mobile.value", "phone.value"),
        prepare=deferred(f"{_ROWS}:prepare_customers"),
    )
)  # fmt: skip
