"""Names as search keys: folded text, tone-less pinyin, neighbouring characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from operator import add
from pathlib import Path
from threading import Lock

import msgspec

_SPACE = re.compile(r"[\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_PLAIN_HAN = re.compile(r"[\u4e00-\u9fff]+").fullmatch
_PARTS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\s\u3400-\u9fff\U00020000-\U0003ffff]+").findall
_LONGEST_PHRASE = 4
_READING = Lock()

# How these are read as a family name, where it differs from their usual reading.
_SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "曾": "zeng", "朴": "piao", "翟": "zhai",
    "盖": "ge", "尉": "wei", "任": "ren", "华": "hua", "种": "chong", "缪": "miao", "折": "she",
    "秘": "bi", "员": "yun", "冼": "xian", "洗": "xian", "召": "shao", "覃": "qin", "纪": "ji", "佴": "nai",
    "薄": "bo", "卜": "bu", "柏": "bai", "盛": "sheng", "葛": "ge", "宁": "ning", "谌": "chen", "占": "zhan",
    "应": "ying", "句": "gou", "相": "xiang", "万": "wan", "乜": "nie", "费": "fei", "祭": "zhai", "郗": "xi",
    "瞿": "qu", "曲": "qu", "强": "qiang", "车": "che", "沈": "shen", "贾": "jia", "石": "shi", "繁": "po",
    "單": "shan", "區": "ou", "蓋": "ge", "華": "hua", "種": "chong", "繆": "miao", "員": "yun",
    "紀": "ji", "寧": "ning", "諶": "chen", "應": "ying", "萬": "wan", "費": "fei", "強": "qiang", "車": "che",
    "賈": "jia",
}  # fmt: skip
_COMPOUND_SURNAMES = {
    "尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai",
    "尉遲": "yu chi", "萬俟": "mo qi", "單于": "chan yu", "長孫": "zhang sun", "澹臺": "tan tai",
}  # fmt: skip


def fold(text: str) -> str:
    """Return ``text`` without case, accents, width variants and punctuation; words stand one blank apart.

    An apostrophe within a word joins it (``O'Neil`` and ``ONeil`` are the same).
    """
    if _PLAIN_HAN(text):
        return unicodedata.normalize("NFKC", text)
    if text.isascii():
        plain = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        plain = "".join([char for char in decomposed if not unicodedata.combining(char)])
    return _SPACE.sub(" ", _APOSTROPHE.sub("", plain)).strip()


def pinyin_keys(name: str) -> tuple[str, str]:
    """Return the syllables of ``name`` in tone-less pinyin, one blank apart, and their initials.

    A name of two to four Chinese characters is taken for a person's, so that its first character is read as a family
    name (单雄信 is ``shan xiong xin``). Other words are read as the dictionary of pypinyin has them (重庆 is
    ``chong qing``), else character by character; ``ü`` is written ``v``. Words in other scripts stay as they are.
    """
    folded = fold(name)
    if not folded:
        return "", ""
    if folded.isascii():
        words = folded.split()
    else:
        words = []
        for part in _PARTS(folded):
            words += _syllables(part, len(part) == len(folded) <= _LONGEST_PHRASE) if part[0] >= "\u3400" else [part]
    return " ".join(words), "".join([word[0] for word in words])


def bigrams(text: str) -> list[str]:
    """Return the distinct pairs of neighbouring characters of the folded words of ``text``, in order.

    A word of one character stands for itself.
    """
    found: dict[str, None] = {}
    for word in fold(text).split():
        found.update(dict.fromkeys(map(add, word, word[1:]) if len(word) > 1 else [word]))
    return list(found)


def load_dictionary() -> None:
    """Read the dictionary of pinyin now, half a second's work, so that the first name need not wait for it.

    Safe in a thread of its own while others ask for names: they wait for it. Costs nothing once it is read.
    """
    _characters()
    _phrases()


def reading_of(char: str) -> str:
    """Return the usual reading of one Chinese character in tone-less pinyin; a character without one is itself."""
    return _readings[char]


def surname_reading(char: str) -> str:
    """Return how a character is read as a family name where that is not its usual reading, else an empty text."""
    return _SURNAMES.get(char, "")


def ambiguous_pairs() -> frozenset[str]:
    """Return all pairs of characters that may be read otherwise than one by one: in a phrase or as a family name."""
    return _phrases()[1].union(_COMPOUND_SURNAMES)


def _syllables(han: str, is_person: bool) -> list[str]:
    words: list[str] = []
    at = 0
    if is_person and len(han) > 1:
        if han[:2] in _COMPOUND_SURNAMES:
            words, at = _COMPOUND_SURNAMES[han[:2]].split(), 2
        elif han[0] in _SURNAMES and len(han) < _LONGEST_PHRASE:
            words, at = [_SURNAMES[han[0]]], 1
    phrases, beginnings = _phrases()
    while at < len(han):
        length = 1
        if han[at : at + 2] in beginnings:
            sizes = range(min(_LONGEST_PHRASE, len(han) - at), 1, -1)
            length = next((size for size in sizes if han[at : at + size] in phrases), 1)
        if length > 1:
            words += phrases[han[at : at + length]]
        else:
            words.append(_readings[han[at]])
        at += length
    return words


@cache
def _toneless(syllable: str) -> str:
    marked = unicodedata.normalize("NFD", syllable.replace("ü", "v").translate(_TONED_V))
    return "".join([char for char in marked if not unicodedata.combining(char)]).replace("ɡ", "g")


_TONED_V = str.maketrans(dict.fromkeys("ǖǘǚǜ", "v"))


class _Readings(dict[str, str]):
    """The usual reading of each character; a character without one is itself. Filled as characters are met."""

    def __missing__(self, char: str) -> str:
        known = _characters().get(str(ord(char)), "")
        self[char] = reading = _toneless(known.split(",")[0]) or char
        return reading


# The dictionary reads the traditional form as in 校長, but names have it as in 長江.
_readings = _Readings({"長": "chang"})


def _dictionary(name: str) -> bytes:
    """Return a dictionary of pypinyin as it lies in the package: as a module, each process would keep 60 MB of it."""
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pypinyin")
    return (Path(spec.origin).parent / name).read_bytes()


@cache
def _characters() -> dict[str, str]:
    return msgspec.json.decode(_dictionary("pinyin_dict.json"), type=dict[str, str])


def _phrases() -> tuple[dict[str, list[str]], frozenset[str]]:
    """Return the phrases that are not read as their characters are one by one, and the first two characters of each.

    Read once: threads that come meanwhile wait, since each would take half a second and the whole dictionary.
    """
    with _READING:
        return _read_phrases()


@cache
def _read_phrases() -> tuple[dict[str, list[str]], frozenset[str]]:
    # Written and read again, the few phrases hold none of the pages that the whole dictionary took.
    phrases = msgspec.json.decode(_own_phrases(), type=dict[str, list[str]])
    return phrases, frozenset(phrase[:2] for phrase in phrases)


def _own_phrases() -> bytes:
    phrases: dict[str, list[str]] = {}
    syllables = msgspec.json.Decoder(list[list[str]])
    for phrase, raw in msgspec.json.decode(_dictionary("phrases_dict.json"), type=dict[str, msgspec.Raw]).items():
        if 2 <= len(phrase) <= _LONGEST_PHRASE:
            read = [_toneless(choices[0]) for choices in syllables.decode(raw)]
            if len(read) == len(phrase) and read != [_readings[char] for char in phrase]:
                phrases[phrase] = read
    return msgspec.json.encode(phrases)
