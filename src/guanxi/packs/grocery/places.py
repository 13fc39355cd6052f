"""Real cities with made-up streets, the six sales territories, and the stores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    """A real city: ``latitude`` and ``longitude`` of its centre in degrees, ``postal`` the first digits of its code."""

    name_en: str
    name_zh: str
    region_en: str
    region_zh: str
    country: str
    territory: str
    postal: str
    latitude: float
    longitude: float
    districts: tuple[str, ...] = ()


# fmt: off
CHINA = (
    City("Shanghai", "上海市", "Shanghai", "上海市", "CN", "east-china", "2000", 31.23, 121.47,
         ("浦东新区", "徐汇区", "静安区", "杨浦区")),
    City("Beijing", "北京市", "Beijing", "北京市", "CN", "north-china", "1000", 39.90, 116.41,
         ("朝阳区", "海淀区", "东城区", "丰台区")),
    City("Shenzhen", "深圳市", "Guangdong", "广东省", "CN", "south-china", "5180", 22.54, 114.06,
         ("南山区", "福田区", "罗湖区", "宝安区")),
    City("Guangzhou", "广州市", "Guangdong", "广东省", "CN", "south-china", "5100", 23.13, 113.26,
         ("天河区", "越秀区", "海珠区", "番禺区")),
    City("Hangzhou", "杭州市", "Zhejiang", "浙江省", "CN", "east-china", "3100", 30.27, 120.16,
         ("西湖区", "拱墅区", "滨江区", "余杭区")),
    City("Chengdu", "成都市", "Sichuan", "四川省", "CN", "west-china", "6100", 30.57, 104.07,
         ("锦江区", "武侯区", "青羊区", "成华区")),
    City("Nanjing", "南京市", "Jiangsu", "江苏省", "CN", "east-china", "2100", 32.06, 118.80,
         ("玄武区", "鼓楼区", "建邺区", "江宁区")),
    City("Wuhan", "武汉市", "Hubei", "湖北省", "CN", "west-china", "4300", 30.59, 114.31,
         ("武昌区", "江汉区", "洪山区", "汉阳区")),
    City("Chongqing", "重庆市", "Chongqing", "重庆市", "CN", "west-china", "4000", 29.56, 106.55,
         ("渝中区", "江北区", "沙坪坝区", "南岸区")),
    City("Tianjin", "天津市", "Tianjin", "天津市", "CN", "north-china", "3000", 39.13, 117.20,
         ("和平区", "南开区", "河西区", "河东区")),
    City("Suzhou", "苏州市", "Jiangsu", "江苏省", "CN", "east-china", "2150", 31.30, 120.58,
         ("姑苏区", "虎丘区", "吴中区", "相城区")),
    City("Xi'an", "西安市", "Shaanxi", "陕西省", "CN", "west-china", "7100", 34.34, 108.94,
         ("雁塔区", "碑林区", "未央区", "莲湖区")),
    City("Qingdao", "青岛市", "Shandong", "山东省", "CN", "north-china", "2660", 36.07, 120.38,
         ("市南区", "市北区", "崂山区", "李沧区")),
    City("Xiamen", "厦门市", "Fujian", "福建省", "CN", "south-china", "3610", 24.48, 118.09,
         ("思明区", "湖里区", "集美区", "海沧区")),
)
AMERICA = (
    City("Seattle", "西雅图", "WA", "华盛顿州", "US", "us-west", "981", 47.61, -122.33),
    City("New York", "纽约", "NY", "纽约州", "US", "us-east", "100", 40.71, -74.01),
    City("San Francisco", "旧金山", "CA", "加利福尼亚州", "US", "us-west", "941", 37.77, -122.42),
    City("Boston", "波士顿", "MA", "马萨诸塞州", "US", "us-east", "021", 42.36, -71.06),
    City("Los Angeles", "洛杉矶", "CA", "加利福尼亚州", "US", "us-west", "900", 34.05, -118.24),
    City("Chicago", "芝加哥", "IL", "伊利诺伊州", "US", "us-east", "606", 41.88, -87.63),
    City("Philadelphia", "费城", "PA", "宾夕法尼亚州", "US", "us-east", "191", 39.95, -75.17),
    City("Portland", "波特兰", "OR", "俄勒冈州", "US", "us-west", "972", 45.52, -122.68),
    City("Denver", "丹佛", "CO", "科罗拉多州", "US", "us-west", "802", 39.74, -104.99),
    City("Atlanta", "亚特兰大", "GA", "佐治亚州", "US", "us-east", "303", 33.75, -84.39),
)
# fmt: on
CITIES = CHINA + AMERICA

TERRITORIES = (
    ("east-china", "East China", "华东", "CN"),
    ("north-china", "North China", "华北", "CN"),
    ("south-china", "South China", "华南", "CN"),
    ("west-china", "Central and West China", "中西部", "CN"),
    ("us-west", "United States West", "美国西部", "US"),
    ("us-east", "United States East", "美国东部", "US"),
)
"""(code, English name, Chinese name, country)."""

# Made-up street names: no claim that such a street exists in any of the cities.
CHINESE_STREETS = tuple(
    first + second + kind
    for first in ("清风", "云杉", "听泉", "梧月", "锦鲤", "青萍", "望舒", "松涛", "晴川", "知秋")
    for second in ("东", "西", "南", "北", "中")
    for kind in ("路", "街", "巷")
)
AMERICAN_STREETS = tuple(
    first + " " + kind
    for first in ("Lantern", "Copper Kettle", "Quiet Heron", "Bluebell", "Windmill", "Juniper Hollow", "Orchard Gate",
                  "Pebble Creek", "Harvest Moon", "Stonebridge", "Maple Hollow", "Silver Fern")
    for kind in ("Street", "Avenue", "Lane", "Road", "Court")
)  # fmt: skip
AMERICAN_AREA_CODES = (
    "206", "212", "415", "617", "213", "312", "215", "503", "303", "404", "713", "305",
    "702", "602", "619", "512", "614", "704", "901", "816", "918", "502", "414", "505",
    "916", "407", "317", "904", "817", "801", "203", "315", "402", "515", "608", "757",
)  # fmt: skip
"""Area codes whose numbers 555-0100 to 555-0199 are set aside for fiction by the North American Numbering Plan."""
