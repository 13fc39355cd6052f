"""Words that turn the source's category and type codes into readable English and Chinese product names."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

DEPARTMENTS = {
    "GROCERY": ("Grocery", "食品杂货", 0.34),
    "DRUG GM": ("Household and drugstore", "日用百货", 0.38),
    "FUEL": ("Fuel station", "加油站", 0.09),
    "PRODUCE": ("Fruit and vegetables", "果蔬", 0.42),
    "MEAT": ("Meat", "鲜肉", 0.33),
    "MEAT-PCKGD": ("Packaged meat", "包装肉", 0.34),
    "DELI": ("Delicatessen", "熟食", 0.47),
    "MISCELLANEOUS": ("Services", "服务", 0.12),
    "PASTRY": ("Bakery", "烘焙", 0.52),
    "NUTRITION": ("Natural food", "天然食品", 0.38),
    "SEAFOOD-PCKGD": ("Packaged seafood", "包装海鲜", 0.33),
    "FLORAL": ("Flowers", "鲜花", 0.48),
    "COSMETICS": ("Cosmetics", "化妆品", 0.42),
    "SALAD BAR": ("Salad bar", "沙拉吧", 0.52),
    "SEAFOOD": ("Seafood", "海鲜", 0.32),
    "SPIRITS": ("Spirits", "酒类", 0.27),
    "GARDEN CENTER": ("Garden centre", "园艺", 0.40),
    "CHEF SHOPPE": ("Chef's counter", "现制餐食", 0.50),
    "TRAVEL & LEISURE": ("Travel and leisure", "旅行休闲", 0.30),
    "RESTAURANT": ("Restaurant", "餐饮", 0.55),
    "COUPON": ("Coupons", "优惠券", 0.00),
    "FROZEN GROCERY": ("Frozen grocery", "冷冻食品", 0.35),
    "AUTOMOTIVE": ("Car supplies", "汽车用品", 0.35),
}
"""department code: (English, Chinese, generated margin as a share of the shelf price). The margins are invented."""
OTHER_DEPARTMENT = ("Other", "其他", 0.30)

BRAND_FIRST = (
    "Golden:金 Green:绿 Bright:明 Happy:乐 Silver:银 Sunny:阳 Blue:蓝 Grand:鸿 Fresh:鲜 Pure:纯 Lucky:福 Morning:晨 "
    "Autumn:秋 Spring:春 Northern:北 Southern:南 Eastern:东 Western:西 Noble:雅 Gentle:和 Royal:御 Misty:岚 Amber:琥 "
    "Jade:玉 Crystal:晶 Little:小 Merry:欢 Starry:星 Honest:诚 Velvet:绒 Wild:野 Ocean:海"
)
BRAND_SECOND = (
    "Valley:谷 Field:禾 River:江 Hill:山 Garden:园 Forest:林 Spring:泉 Harbor:港 Meadow:原 Orchard:果 Bridge:桥 "
    "Moon:月 Cloud:云 Lake:湖 Farm:庄 Mill:坊 Hearth:灶 Kitchen:厨 Home:家 Table:席 Crane:鹤 Lotus:莲 Pine:松 "
    "Bamboo:竹 Willow:柳 Swan:鹄 Panda:熊 Peak:峰 Stone:岩 Cove:湾 House:居 Gate:门"
)
PRIVATE_BRAND = ("Evergreen Select", "常青优选")
"""The chain's own brand."""

_ABBREVIATION_TEXT = (
    "FRZN=frozen FRZ=frozen FRE=fresh RW=raw SFT=soft DRNK=drink DRNKS=drinks DRNKNG=drinking BTL=bottle PK=pack "
    "CARB=carbonated INCL=including MLT=multi SNGL=single SGL=single SRV=serve SV=serve GRND=ground JCE=juice "
    "CHIX=chicken FRD=fried PREP=prepared FD=food SW=sweet GDS=goods SAL=salad DPS=dips PRPCK=prepacked "
    "HYGN=hygiene FEM=feminine VEG=vegetable SUPP=supplement SUPPLEMEN=supplement PKG=packaged MISC=assorted "
    "MEDS=medicines BRKFST=breakfast CHOC=chocolate POTATO=potato TORT=tortilla NON=non WT=weight EXCP=except "
    "DNRS=dinners ET=etc CATFD=cat-food SUP=super PREM=premium SPECILATY=specialty CRMD=creamed FS=French-style "
    "WHL=whole MLK=milk PWDRS=powders REFRIG=chilled REFRIGERATED=chilled CHOCOCLATE=chocolate MNRL=mineral "
    "CNTRL=control LIQS=liquids SAUS=sausage VAC=vacuum PAC=packed SPRD=spread BRD=breaded UNLEADED=unleaded "
    "MNERAL=mineral CRBNTD=carbonated FLVRD=flavoured STK=stick WRA=wraps IQF=loose-frozen BA=bags "
    "COMBIN=combined"
)
_CHINESE_TEXT = (
    "ORGANIC=有机 CHOCOLATE=巧克力 CHOC=巧克力 VANILLA=香草 PREMIUM=优质 ECONOMY=实惠 INSTANT=速溶 "
    "FROZEN=冷冻 FRZN=冷冻 KIDS=儿童 BABY=婴儿 INFANT=婴儿 ADULT=成人 DRY=干制 CANNED=罐装 SMOKED=烟熏 "
    "BONELESS=去骨 GROUND=绞制 GRND=绞制 WHOLE=整只 SEASONAL=应季 DIET=轻食 WHITE=白 RED=红 GREEN=青 "
    "YELLOW=黄 GOLD=金 BLACK=黑 SWEET=甜味 HOT=热 COLD=冷 BEEF=牛肉 PORK=猪肉 CHICKEN=鸡肉 CHIX=鸡肉 "
    "TURKEY=火鸡 HAM=火腿 BACON=培根 TUNA=金枪鱼 SALMON=三文鱼 SHRIMP=虾 APPLE=苹果 APPLES=苹果 ORANGE=橙 "
    "ORANGES=橙 GRAPE=葡萄 GRAPES=葡萄 STRAWBERRIES=草莓 BLUEBERRIES=蓝莓 BANANAS=香蕉 LEMON=柠檬 PEACHES=桃 "
    "PINEAPPLE=菠萝 TOMATO=番茄 TOMATOES=番茄 POTATO=土豆 POTATOES=土豆 ONIONS=洋葱 CARROTS=胡萝卜 CORN=玉米 "
    "BEANS=豆 RICE=大米 PASTA=意面 NOODLE=面条 NOODLES=面条 MACARONI=通心粉 SPAGHETTI=细意面 PIZZA=披萨 "
    "SOUP=汤 SANDWICH=三明治 SALAD=沙拉 CHEESE=奶酪 BUTTER=黄油 CREAM=奶油 MILK=牛奶 YOGURT=酸奶 EGGS=鸡蛋 "
    "BREAD=面包 CAKE=蛋糕 CAKES=蛋糕 COOKIES=曲奇 DONUTS=甜甜圈 MUFFINS=松饼 CHIPS=薯片 PRETZELS=椒盐卷饼 "
    "NUTS=坚果 PEANUT=花生 CANDY=糖果 GUM=口香糖 COFFEE=咖啡 TEA=茶 JUICE=果汁 WATER=水 WINE=葡萄酒 "
    "WINES=葡萄酒 BEER=啤酒 SHAMPOO=洗发水 CONDITIONERS=护发素 TOOTHPASTE=牙膏 BRUSHES=牙刷 SOAP=肥皂 "
    "LOTIONS=乳液 RAZORS=剃须刀 DIAPERS=尿裤 WIPES=湿巾 TISSUE=纸巾 TOWELS=纸巾 NAPKINS=餐巾 LAUNDRY=洗衣 "
    "LIQUID=液体 POWDER=粉状 BATTERIES=电池 DOG=狗 CAT=猫 MAGAZINE=杂志 CARDS=卡片 GIFT=礼品 ROSE=玫瑰 "
    "ICE=冰 MEXICAN=墨西哥风味 ITALIAN=意式 FRENCH=法式 ORIENTAL=东方风味 MICROWAVE=微波 SINGLE=单人份 "
    "MULTI=多件装 GASOLINE=车用 UNLEADED=无铅 TOYS=玩具 PARTY=派对 GARDEN=园艺 LADIES=女式 MENS=男式 "
    "HERBS=香草 SPICES=调味 LETTUCE=生菜 PEPPERS=椒 MUSHROOMS=蘑菇 CUCUMBERS=黄瓜 CELERY=芹菜 "
    "BROCCOLI=西兰花 STEAK=牛排 RIBS=肋排 WINGS=翅 BREAST=胸 SAUSAGE=香肠 BAGELS=贝果 ROLLS=餐包 BUNS=面包胚 "
    "CREAMERS=奶精 SUGAR=糖 HONEY=蜂蜜 OIL=油"
)
_SIZES = {
    "OZ": ("oz", "盎司"), "LB": ("lb", "磅"), "CT": ("ct", "件装"), "ML": ("ml", "毫升"),
    "L": ("l", "升"), "LT": ("l", "升"), "LTR": ("l", "升"), "GAL": ("gal", "加仑"),
    "QT": ("qt", "夸脱"), "PT": ("pt", "品脱"), "PK": ("pack", "包"), "EA": ("each", "个"),
    "ROLL": ("rolls", "卷"), "RL": ("rolls", "卷"), "SQ FT": ("sq ft", "平方英尺"), "IN": ("in", "英寸"),
    "GRAM": ("g", "克"), "GR": ("g", "克"), "YD": ("yd", "码"), "FT": ("ft", "英尺"),
    "PC": ("pc", "件"),
}  # fmt: skip
_ABBREVIATIONS = dict(pair.split("=") for pair in _ABBREVIATION_TEXT.split())
_CHINESE_WORDS = dict(pair.split("=") for pair in _CHINESE_TEXT.split())
_SIZE = re.compile(r"^([\d./]+)\s*([A-Z ]+)$")


@cache
def categories() -> dict[str, tuple[str, str]]:
    """Source category: (English name, Chinese name), all 302 that were sold."""
    with Path(__file__).with_name("categories.csv").open(encoding="utf-8", newline="") as lines:
        return {row["category"]: (row["name_en"], row["name_zh"]) for row in csv.DictReader(lines)}


@cache
def brand(manufacturer: int) -> tuple[str, str]:
    """An invented brand for a manufacturer's number; 1,024 combinations, so a few manufacturers share one."""
    first, second = BRAND_FIRST.split(), BRAND_SECOND.split()
    one = first[manufacturer % len(first)].split(":")
    two = second[(manufacturer // len(first) * 7 + manufacturer) % len(second)].split(":")
    return f"{one[0]} {two[0]}", one[1] + two[1]


@cache
def type_words(product_type: str) -> tuple[str, tuple[str, ...]]:
    """A source type such as ``SFT DRNK 2 LITER BTL`` as (readable English, Chinese qualifiers); both may be empty.

    Text in brackets is dropped (it names other companies' brands or is cut off).
    """
    words = re.findall(r"[A-Z0-9%]+", re.sub(r"\(.*", "", product_type))
    english = " ".join(_ABBREVIATIONS.get(word, word.lower()) for word in words)
    chinese = tuple(dict.fromkeys(_CHINESE_WORDS[word] for word in words if word in _CHINESE_WORDS))
    return english[:1].upper() + english[1:], chinese


@cache
def size_words(package_size: str) -> tuple[str, str]:
    """A package size such as ``12 OZ`` as (``12 oz``, ``12盎司``); what is not understood stays as it is."""
    match = _SIZE.match(package_size.strip())
    if match is None or match[2].strip() not in _SIZES:
        return package_size.lower(), package_size.lower()
    english, chinese = _SIZES[match[2].strip()]
    return f"{match[1]} {english}", f"{match[1]}{chinese}"
