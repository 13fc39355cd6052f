"""Finds the encoding of a text file by checks that decide, and by a guess only where none does."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from guanxi.records.importing.reading.limits import ImportRefused

SAMPLE = 256 << 10
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON_SIMPLIFIED = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出会也时要就可以对生能而那得于着下自之年过后作里用道行所然家种事成方多经去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运"
    "客户姓联系邮箱址号码备注单价额订编商称省县街称贸易限责任生日男女负责标签级来源状态"
)
_COMMON_TRADITIONAL = frozenset(
    "的一是不了在人有我他這中大來上國個到說們為子和你地出會也時要就可以對生能而那得於著下自之年過後作裡用道行所然家種事成方多經去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運"
    "客戶姓聯繫絡郵箱址號碼備註單價額訂編商稱省縣街貿易限責任生日男女負責標籤級來源狀態臺灣電話手機"
)


@dataclass(frozen=True, slots=True)
class Charset:
    """A Python codec name and the confidence in it, from 0 to 1."""

    name: str
    confidence: float


def detect_charset(path: Path) -> Charset:
    """Find the encoding of a text file.

    A byte order mark decides; then NUL bytes (UTF-16); then valid UTF-8. Where the beginning is plain ASCII, the first
    stretch that is not is looked at, wherever it is. Chinese and Western single bytes are told apart by how many of the
    decoded characters are common ones. Raises ``ImportRefused("binary_file")`` for what is no text.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
        for mark, name in _BOMS:
            if sample.startswith(mark):
                return Charset(name, 1.0)
        if b"\x00" in sample and (wide := _utf16(sample)) is not None:
            return wide
        while sample.isascii():
            following = file.read(SAMPLE)
            if not following:
                return Charset("utf-8", 1.0)
            sample = following
    return _without_nul_bytes(sample)


def _utf16(sample: bytes) -> Charset | None:
    """Tell UTF-16 without a mark from binary data; ``None`` for text in which a NUL byte has strayed."""
    even = sample[: len(sample) // 2 * 2]
    scores: list[tuple[float, str]] = []
    for name in ("utf-16-le", "utf-16-be"):
        text = even.decode(name, "replace")
        plain = sum(1 for char in text if _is_plain(char))
        scores.append((plain / max(len(text), 1), name))
    share, name = max(scores)
    if share >= 0.9:
        return Charset(name, round(share, 3))
    controls = sum(sample.count(code) for code in range(32) if code not in (9, 10, 13))
    if controls > 0.02 * len(sample):
        raise ImportRefused("binary_file")
    return None


def _is_plain(char: str) -> bool:
    code = ord(char)
    return (
        char in "\r\n\t"
        or 0x20 <= code < 0x250
        or 0x2010 <= code < 0x2050
        or 0x3000 <= code < 0x3100
        or 0x4E00 <= code < 0x9FA6
        or 0xFF00 <= code < 0xFFE7
    )


def _without_nul_bytes(sample: bytes) -> Charset:
    if _decoded(sample, "utf-8") is not None:
        return Charset("utf-8", 1.0)
    chinese = max(
        (_common_share(sample, "gb18030", _COMMON_SIMPLIFIED), "gb18030"),
        (_common_share(sample, "big5", _COMMON_TRADITIONAL), "big5"),
        (_common_share(sample, "big5hkscs", _COMMON_TRADITIONAL) - 0.001, "big5hkscs"),
    )
    western = _western_share(sample)
    if chinese[0] >= 0.3 and chinese[0] >= western - 0.5:
        return Charset(chinese[1], round(min(0.99, 0.5 + chinese[0] / 2), 3))
    if western >= 0.6:
        name = "cp1252" if _decoded(sample, "cp1252") is not None else "latin-1"
        return Charset(name, round(0.4 + western / 2, 3))
    return _guessed(sample, chinese)


def _decoded(sample: bytes, name: str) -> str | None:
    """Decode a sample that may end within a character; ``None`` if it is not in this encoding."""
    try:
        return codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return None


def _common_share(sample: bytes, name: str, common: frozenset[str]) -> float:
    text = _decoded(sample, name)
    if text is None:
        return 0.0
    foreign = [char for char in text if ord(char) > 0x7F and char not in "，。、；：？！（）《》“”‘’　"]
    return sum(1 for char in foreign if char in common) / max(len(foreign), 1)


def _western_share(sample: bytes) -> float:
    """Share of the high bytes that stand as accented letters between plain ones, as in Western text."""
    text = sample.decode("latin-1")
    high = alone = 0
    for index, char in enumerate(text):
        if char < "\x80":
            continue
        high += 1
        before = text[index - 1] if index else " "
        after = text[index + 1] if index + 1 < len(text) else " "
        alone += before < "\x80" and after < "\x80" and (char >= "\xa0" or char in "\x80\x91\x92\x93\x94\x96\x97")
    return alone / max(high, 1)


def _guessed(sample: bytes, chinese: tuple[float, str]) -> Charset:
    best = from_bytes(sample[: 32 << 10]).best()
    if best is not None and _decoded(sample, best.encoding) is not None:
        return Charset(best.encoding, round(0.6 * (1 - best.chaos), 3))
    if chinese[0] > 0 and _decoded(sample, chinese[1]) is not None:
        return Charset(chinese[1], 0.3)
    return Charset("utf-8", 0.1)
