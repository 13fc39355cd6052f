"""What the sample data say, in both languages. Every person, company and number is invented."""

from __future__ import annotations

from typing import Final

# name, its Latin form, kind, status, city, phone, e-mail
Person = tuple[str, str, str, str, str, str, str]
CUSTOMERS: Final[dict[str, tuple[Person, ...]]] = {
    "zh": (
        ("沈知夏", "Shen Zhixia", "person", "active", "上海市", "+86 139 0000 1101", "shen.zhixia@sample.example"),
        ("陆景行", "Lu Jingxing", "person", "active", "杭州市", "+86 139 0000 1102", "lu.jingxing@sample.example"),
        ("顾南乔", "Gu Nanqiao", "person", "prospect", "苏州市", "+86 139 0000 1103", "gu.nanqiao@sample.example"),
        ("谢云舟", "Xie Yunzhou", "person", "inactive", "南京市", "+86 139 0000 1104", "xie.yunzhou@sample.example"),
        ("青禾食品有限公司", "", "organization", "active", "上海市", "+86 21 0000 1105", "info@qinghe.example"),
        ("远帆物流有限公司", "", "organization", "prospect", "宁波市", "+86 574 0000 1106", "info@yuanfan.example"),
        ("木槿咖啡", "", "organization", "active", "杭州市", "+86 571 0000 1107", "info@mujin.example"),
        ("许星遥", "Xu Xingyao", "person", "lost", "无锡市", "+86 139 0000 1108", "xu.xingyao@sample.example"),
    ),
    "en": (
        ("Ada Fielding", "", "person", "active", "Portland", "+1 503 555 0101", "ada.fielding@sample.example"),
        ("Marcus Whitlow", "", "person", "active", "Seattle", "+1 206 555 0102", "marcus.whitlow@sample.example"),
        ("Ines Carvalho", "", "person", "prospect", "Boston", "+1 617 555 0103", "ines.carvalho@sample.example"),
        ("Tobias Renner", "", "person", "inactive", "Denver", "+1 303 555 0104", "tobias.renner@sample.example"),
        ("Greenfield Foods", "", "organization", "active", "Portland", "+1 503 555 0105", "info@greenfield.example"),
        ("Harbor Freight Lines", "", "organization", "prospect", "Oakland", "+1 510 555 0106", "info@harbor.example"),
        ("Hibiscus Coffee", "", "organization", "active", "Seattle", "+1 206 555 0107", "info@hibiscus.example"),
        ("Priya Raman", "", "person", "lost", "Austin", "+1 512 555 0108", "priya.raman@sample.example"),
    ),
}
# name and list price
PRODUCTS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "zh": (("精品咖啡豆 1 kg", "168.00"), ("燕麦奶 12 盒", "118.00"), ("马克杯", "39.00")),
    "en": (("Coffee beans, 1 kg", "28.00"), ("Oat milk, box of 12", "32.00"), ("Mug", "9.00")),
}
CATEGORY: Final = {"zh": "示例商品", "en": "Sample goods"}
# customer, days ago, total, status
ORDERS: Final = (
    (0, 12, "336.00", "completed"), (0, 48, "168.00", "completed"), (1, 5, "118.00", "completed"),
    (4, 20, "2360.00", "completed"), (4, 55, "1180.00", "completed"), (6, 3, "780.00", "open"),
    (6, 33, "504.00", "completed"), (3, 210, "39.00", "completed"),
)  # fmt: skip
# customer, days ago, channel, direction, words
INTERACTIONS: Final[dict[str, tuple[tuple[int, int, str, str, str], ...]]] = {
    "zh": (
        (0, 2, "phone", "in", "询问新到的咖啡豆"), (1, 9, "wechat", "in", "想改送货时间"),
        (2, 4, "visit", "out", "首次拜访，感兴趣"), (4, 15, "email", "out", "发送年度报价"),
        (5, 6, "phone", "out", "介绍配送方案"), (6, 1, "store", "in", "当面订了一批杯子"),
    ),
    "en": (
        (0, 2, "phone", "in", "Asked about the new beans"), (1, 9, "chat", "in", "Wants another delivery time"),
        (2, 4, "visit", "out", "First visit, interested"), (4, 15, "email", "out", "Sent the yearly offer"),
        (5, 6, "phone", "out", "Explained how we deliver"), (6, 1, "store", "in", "Ordered mugs at the counter"),
    ),
}  # fmt: skip
# customer, days from now, priority, words
TASKS: Final[dict[str, tuple[tuple[int, int, str, str], ...]]] = {
    "zh": ((2, 1, "high", "回访并发报价"), (4, 3, "normal", "确认年度合同"), (3, -2, "normal", "问候，很久没来了"),
           (5, 7, "low", "寄送样品")),
    "en": ((2, 1, "high", "Call back with an offer"), (4, 3, "normal", "Confirm the yearly contract"),
           (3, -2, "normal", "Say hello, it has been long"), (5, 7, "low", "Send samples")),
}  # fmt: skip
NOTES: Final[dict[str, tuple[tuple[int, str], ...]]] = {
    "zh": ((0, "喜欢浅烘焙，周末有空"), (4, "采购由王经理负责")),
    "en": ((0, "Likes a light roast, free on weekends"), (4, "Mr Wong decides on purchases")),
}
