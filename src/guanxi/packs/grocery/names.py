"""Built-in name lists: Chinese names with their Latin form, English names with nicknames.

No list says anything about gender: the given names are drawn from one pool, and nothing derives a gender from a name.
"""

from __future__ import annotations

# Most frequent first, so that Zipf weights give a realistic skew.
_FAMILY = (
    "王Wang 李Li 张Zhang 刘Liu 陈Chen 杨Yang 黄Huang 赵Zhao 吴Wu 周Zhou 徐Xu 孙Sun 马Ma 朱Zhu 胡Hu 郭Guo 何He 林Lin "
    "高Gao 罗Luo 郑Zheng 梁Liang 谢Xie 宋Song 唐Tang 许Xu 韩Han 邓Deng 冯Feng 曹Cao 彭Peng 曾Zeng 肖Xiao 田Tian "
    "董Dong 潘Pan 袁Yuan 蔡Cai 蒋Jiang 余Yu 于Yu 杜Du 叶Ye 程Cheng 魏Wei 苏Su 吕Lyu 丁Ding 任Ren 卢Lu 姚Yao 沈Shen "
    "钟Zhong 姜Jiang 崔Cui 谭Tan 陆Lu 范Fan 汪Wang 廖Liao 石Shi 金Jin 韦Wei 贾Jia 夏Xia 付Fu 方Fang 邹Zou 熊Xiong "
    "白Bai 孟Meng 秦Qin 邱Qiu 侯Hou 江Jiang 尹Yin 薛Xue 闫Yan 段Duan 雷Lei 龙Long 黎Li 史Shi 陶Tao 贺He 毛Mao 郝Hao "
    "顾Gu 龚Gong 邵Shao 万Wan 覃Qin 武Wu 钱Qian 戴Dai 严Yan 莫Mo 孔Kong 欧阳Ouyang 上官Shangguan 司马Sima 诸葛Zhuge"
)
_GIVEN_FIRST = (
    "晓xiao 子zi 文wen 雨yu 志zhi 思si 嘉jia 明ming 佳jia 俊jun 海hai 丽li 建jian 梦meng 宇yu 春chun 国guo 欣xin "
    "立li 永yong 瑞rui 天tian 秀xiu 一yi 若ruo 浩hao 诗shi 小xiao 玉yu 景jing 新xin 清qing 世shi 美mei 少shao 庆qing "
    "静jing 安an 书shu 雅ya 振zhen 云yun 启qi 可ke 乐le 承cheng 亦yi 锦jin 沛pei 予yu"
)
_GIVEN_LAST = (
    "华hua 明ming 文wen 平ping 林lin 涵han 轩xuan 宁ning 怡yi 杰jie 英ying 琳lin 辉hui 燕yan 芳fang 军jun 超chao "
    "玲ling 涛tao 霞xia 波bo 敏min 强qiang 娟juan 伟wei 洁jie 峰feng 慧hui 磊lei 颖ying 斌bin 婷ting 鹏peng 雪xue "
    "刚gang 丹dan 龙long 莉li 阳yang 悦yue 远yuan 晨chen 彤tong 然ran 航hang 萱xuan 博bo 瑶yao 睿rui 琪qi 豪hao "
    "岚lan 凯kai 薇wei 泽ze 妍yan 恒heng 菲fei 翔xiang 蕾lei 勇yong 珊shan 松song 倩qian 亮liang 萍ping 飞fei 娜na "
    "康kang 梅mei"
)
_ENGLISH_FAMILY = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis "
    "Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera "
    "Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart "
    "Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox "
    "Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders "
    "Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes "
    "Fisher Vasquez Simmons"
)
_ENGLISH_GIVEN = (
    "James:Jim Mary:Molly Robert:Bob Patricia:Pat John:Jack Jennifer:Jen Michael:Mike Linda:Lindy David:Dave "
    "Elizabeth:Liz William:Bill Barbara:Barb Richard:Rick Susan:Sue Joseph:Joe Jessica:Jess Thomas:Tom Sarah:Sally "
    "Christopher:Chris Karen:Kari Charles:Charlie Nancy:Nan Daniel:Dan Lisa:Lis Matthew:Matt Betty:Bets Anthony:Tony "
    "Margaret:Peggy Mark:Marky Sandra:Sandy Donald:Don Ashley:Ash Steven:Steve Kimberly:Kim Andrew:Andy Emily:Em "
    "Paul:Paulie Donna:Dee Joshua:Josh Michelle:Shelly Kenneth:Ken Carol:Caz Kevin:Kev Amanda:Mandy Brian:Bri "
    "Dorothy:Dot George:Georgie Melissa:Mel Timothy:Tim Deborah:Deb Ronald:Ron Stephanie:Steph Edward:Ted "
    "Rebecca:Becky Jason:Jay Laura:Laurie Jeffrey:Jeff Helen:Nell Ryan:Ry Sharon:Shari Jacob:Jake Cynthia:Cindy "
    "Nicholas:Nick Kathleen:Kathy Gary:Gaz Amy:Ames Eric:Rick Angela:Angie Jonathan:Jon Samantha:Sam Benjamin:Ben "
    "Katherine:Kate Samuel:Sam Christine:Chrissy Gregory:Greg Virginia:Ginny Alexander:Alex Victoria:Vicky"
)


def _pairs(words: str) -> tuple[tuple[str, str], ...]:
    """Split "王Wang 李Li" into (("王", "Wang"), ("李", "Li"))."""
    pairs = []
    for word in words.split():
        at = next(index for index, letter in enumerate(word) if letter.isascii())
        pairs.append((word[:at], word[at:]))
    return tuple(pairs)


def _nicknames(words: str) -> tuple[tuple[str, str], ...]:
    """Split "Robert:Bob" into (("Robert", "Bob"),)."""
    pairs = []
    for word in words.split():
        full, _, short = word.partition(":")
        pairs.append((full, short))
    return tuple(pairs)


CHINESE_FAMILY = _pairs(_FAMILY)
"""(characters, Latin) of Chinese family names, most frequent first; "Lyu" is the passport spelling of 吕."""
CHINESE_GIVEN_FIRST = _pairs(_GIVEN_FIRST)
CHINESE_GIVEN_LAST = _pairs(_GIVEN_LAST)
ENGLISH_FAMILY = tuple(_ENGLISH_FAMILY.split())
ENGLISH_GIVEN = _nicknames(_ENGLISH_GIVEN)
"""(given name, nickname) of English given names."""
NICKNAMES = dict(ENGLISH_GIVEN)


def chinese_given_names() -> tuple[tuple[str, str], ...]:
    """All given names (characters, Latin): one character, or two joined; about 3,500, in a fixed order."""
    single = [(hanzi, latin.capitalize()) for hanzi, latin in CHINESE_GIVEN_LAST]
    double = [
        (first + last, (first_latin + _joint(last_latin) + last_latin).capitalize())
        for first, first_latin in CHINESE_GIVEN_FIRST
        for last, last_latin in CHINESE_GIVEN_LAST
        if first != last
    ]
    return tuple(single + double)


def _joint(second: str) -> str:
    """The apostrophe that Hanyu Pinyin puts before a syllable that begins with a, e or o."""
    return "'" if second[0] in "aeo" else ""
