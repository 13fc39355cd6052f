"""Short bilingual texts of interactions, notes and tasks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What a contact was about. ``sentiment`` -2 to 2; ``outbound``: share of contacts the company began."""

    code: str
    weight: float
    sentiment: int
    outbound: float
    subject_en: str
    subject_zh: str
    body_en: str
    body_zh: str
    for_organizations: bool = False


# fmt: off
TOPICS = (
    Topic("late_delivery", 5, -1, 0.05, "Late delivery", "配送延误",
          "The order came two hours late.", "订单晚到了两个小时。"),
    Topic("damaged_goods", 4, -2, 0.0, "Damaged goods", "商品破损",
          "Two items arrived damaged; asked for a refund.", "两件商品破损，要求退款。"),
    Topic("missing_item", 4, -1, 0.0, "Missing item", "漏发商品",
          "One item was missing from the bag.", "袋中少了一件商品。"),
    Topic("price_question", 4, 0, 0.0, "Question about a price", "价格咨询",
          "Shelf price and till price differed.", "货架价格与收银价格不一致。"),
    Topic("coupon_problem", 3, -1, 0.0, "Coupon was not accepted", "优惠券无法使用",
          "The coupon did not scan at the till.", "收银台无法识别优惠券。"),
    Topic("card_balance", 3, 0, 0.0, "Points balance", "积分查询",
          "Asked for the points balance and expiry.", "询问积分余额和有效期。"),
    Topic("address_change", 2, 0, 0.0, "New address", "地址变更",
          "Has moved and gave the new address.", "已搬家，告知新地址。"),
    Topic("thanks", 2, 2, 0.0, "Praise for staff", "表扬员工",
          "Thanked the bakery team for a birthday cake.", "感谢烘焙部准备的生日蛋糕。"),
    Topic("recipe", 1, 1, 0.0, "Asked for a recipe", "询问做法",
          "Wanted a recipe for the fish on offer.", "想了解特价鱼的做法。"),
    Topic("welcome_call", 3, 1, 1.0, "Welcome call", "新客回访",
          "Explained card, app and delivery times.", "介绍了会员卡、手机应用和配送时间。"),
    Topic("win_back", 2, 0, 1.0, "Has not bought for a while", "久未购物回访",
          "Asked why the visits became rare.", "询问近期很少来店的原因。"),
    Topic("satisfaction", 2, 1, 1.0, "Satisfaction call", "满意度回访",
          "Content with freshness, less with queues.", "对新鲜度满意，对排队不满意。"),
    Topic("delivery_terms", 4, 0, 0.3, "Delivery times", "配送时间",
          "Needs delivery before seven in the morning.", "要求早上七点前送到。", True),
    Topic("price_review", 3, 0, 0.6, "Yearly price review", "年度议价",
          "Asked for a better rate on meat and oil.", "希望肉类和食用油给予更低价格。", True),
    Topic("invoice", 4, -1, 0.1, "Question about an invoice", "发票问题",
          "An invoice lacks the tax number.", "发票缺少税号。", True),
    Topic("menu_change", 3, 1, 0.4, "New menu", "更换菜单",
          "Changes the menu next month; needs samples.", "下月更换菜单，需要样品。", True),
    Topic("kitchen_visit", 3, 1, 1.0, "Visit to the kitchen", "上门拜访",
          "Went through needs with the head cook.", "与厨师长沟通了需求。", True),
    Topic("claim", 2, -2, 0.0, "Complaint about quality", "质量投诉",
          "A crate of greens was wilted.", "一箱青菜不新鲜。", True),
)
# fmt: on
OUTCOMES = (
    ("solved", "Solved at once.", "当场解决。", 6),
    ("refunded", "Refund given.", "已退款。", 2),
    ("follow_up", "Will call back.", "稍后回电。", 3),
    ("passed_on", "Passed on to the store.", "已转交门店。", 2),
    ("no_answer", "Could not be reached.", "未能接通。", 1),
)
"""(code, English, Chinese, weight)."""

NOTES = (
    ("Prefers contact in the evening.", "希望晚上联系。"),
    ("Allergic to nuts; check substitutes.", "对坚果过敏，替换商品需注意。"),
    ("Cooks for a large family at weekends.", "周末为一大家人做饭。"),
    ("Interested in organic vegetables.", "对有机蔬菜感兴趣。"),
    ("Buys for a neighbour as well.", "也为邻居代买。"),
    ("Wants paper receipts.", "需要纸质小票。"),
    ("Asked to be told about wine tastings.", "希望收到品酒会通知。"),
    ("Complained twice about queues; be generous.", "两次投诉排队，请多关照。"),
    ("Delivery entrance is at the back.", "送货请走后门。"),
    ("Has a dog and a cat; likes pet offers.", "养猫养狗，喜欢宠物优惠。"),
)
TASKS = (
    ("Call back about the complaint", "就投诉回电"),
    ("Send the new price list", "发送新价目表"),
    ("Check the address on file", "核对登记地址"),
    ("Ask for consent to e-mail", "征求邮件联系许可"),
    ("Arrange a tasting", "安排品尝会"),
    ("Offer the delivery subscription", "推荐配送包月"),
    ("Clarify the open refund", "确认未完成的退款"),
    ("Prepare the yearly review", "准备年度回顾"),
    ("Thank for the referral", "感谢客户推荐"),
    ("Visit the kitchen", "上门拜访厨房"),
)
TAGS = (
    ("vip", "VIP", "贵宾", 0.03),
    ("organic", "Buys organic", "偏好有机", 0.12),
    ("pets", "Has pets", "养宠物", 0.15),
    ("young_family", "Young family", "年轻家庭", 0.10),
    ("complains", "Complains often", "常投诉", 0.05),
    ("bargain_hunter", "Bargain hunter", "爱优惠", 0.14),
    ("staff_family", "Staff family", "员工家属", 0.02),
    ("newsletter", "Reads the newsletter", "阅读资讯", 0.20),
)
"""(code, English, Chinese, share of customers)."""
