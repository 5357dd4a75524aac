"""Text: cleaning, the folded form in which equal things are equal, pinyin, placeholders and damaged encodings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache, lru_cache
from itertools import chain, islice, product

import opencc
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT, RE_HANS
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.seg.mmseg import p_set
from pypinyin.seg.simpleseg import simple_seg

from mappings.normalize.data import PLACEHOLDERS, PLACEHOLDERS_BY_FIELD

_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_NO_VALUE = re.compile(  # a test record, or one filling character repeated
    r"(?:测试|test|demo|dummy)(?:客户|公司|用户|数据|账号|账户|记录|有限公司|customer|company|user|account|data|record)?\d*"
    r"|0+|x+|无+|某+"
)
_ONE_DIGIT_REPEATED = re.compile(r"(\d)\1*")
_COUNTING_UP = "12345678901234567890"
_COUNTING_DOWN = "98765432109876543210"
_KNOWN_MOJIBAKE = re.compile("\ufffd|锟斤拷|烫烫|屯屯屯|锘縷")
_LATIN1_RUN = re.compile("[\x80-\xff]{4,}")
_LONG_LATIN1_RUN = re.compile("[\xa1-\xff]{7}")  # no language written in Latin letters has so many of these in a row
_UTF8_READ_AS_LATIN1 = (
    re.compile(  # two Han characters: lead byte E4 to E9, then continuation bytes, some lost on the way
        "(?:[ä-é][\x80-\xbf\u0152-\u0192\u02c6-\u02dc\u2013-\u203a\u20ac\u2122]{1,2}){2}"
    )
)


class _CleaningTable(dict[int, str | None]):
    """Translation table, filled as characters are met: white space to blanks, invisible characters to nothing."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        if character.isspace():
            self[code] = " "
        elif unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
            self[code] = None
        else:
            self[code] = character
        return self[code]


class _FoldingTable(dict[int, str | None]):
    """Translation table, filled as characters are met: separators to nothing, traditional to simplified characters.

    The conversion goes character by character, so that a character folds alike in every context (opencc's phrase
    rules would keep 乾 in 乾隆 and change it elsewhere).
    """

    def __init__(self) -> None:
        super().__init__()
        self._t2s = opencc.OpenCC("t2s")

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kind = unicodedata.category(character)
        if kind[0] in "ZPC" or (kind[0] == "S" and character != "+"):
            self[code] = None
        else:
            self[code] = self._simplified(character)
        return self[code]

    def _simplified(self, character: str) -> str:
        for _ in range(3):  # a variant may lead to a traditional character and only then to the simplified one
            character = self._t2s.convert(character)
        return unicodedata.normalize("NFKC", character)


class _SimplifyingTable(dict[int, str]):
    """Translation table, filled as characters are met: only Han characters change."""

    def __missing__(self, code: int) -> str:
        self[code] = (_FOLDING[code] or chr(code)) if code > 0x2FFF else chr(code)
        return self[code]


_ASCII_DROPPED = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) != "+")
"""What folding drops of plain ASCII, as :class:`_FoldingTable` does; bytes lose it at a third of the cost."""
_CLEANING = _CleaningTable()
_FOLDING = _FoldingTable()
_SIMPLIFYING = _SimplifyingTable()


def _plain_text() -> re.Pattern[str]:
    """Make a pattern of what stays as it is, as most text: digits, small letters, simplified characters (GB 2312)."""
    listed = bytes(byte for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF) for byte in (row, cell))
    characters = listed.decode("gb2312", "ignore")
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")  # by line: no phrases
    return re.compile(f"[0-9a-z{''.join(c for c, same in zip(characters, simplified, strict=True) if c == same)}]*")


_PLAIN = _plain_text()


def clean(text: str) -> str:
    r"""Bring text into the form in which it is stored: NFC, no invisible characters, single blanks, trimmed.

    >>> clean("  深圳市\u3000华强\u200b电子\ufeff ")
    '深圳市 华强电子'
    """
    if not text.isprintable():  # printable text has no white space but blanks, and nothing invisible
        text = text.translate(_CLEANING)
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Give the form in which equal things are equal.

    Width and compatibility forms (NFKC), case, traditional characters, blanks, punctuation and brackets make no
    difference any more. Never written back: 昇 and 升 fall together.

    >>> fold("香港東風（集團）有限公司") == fold("香港东风(集团) 有限公司")
    True
    >>> fold("Huaqiang Electronics Co., Ltd."), fold("ＡＢＣ－１２３")
    ('huaqiangelectronicscoltd', 'abc123')
    """
    if _PLAIN.fullmatch(text):
        return text
    if text.isascii():
        return text.lower() if text.isalnum() else text.lower().encode().translate(None, _ASCII_DROPPED).decode()
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDING)
    if folded.isascii() or unicodedata.is_normalized("NFKC", folded):
        return folded
    return unicodedata.normalize("NFKC", folded).casefold()


def simplify(text: str) -> str:
    """Fold width, case and traditional characters but keep blanks, punctuation and brackets, which carry structure.

    >>> simplify("華強（集團） Co., LTD")
    '华强(集团) co., ltd'
    """
    if _PLAIN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKC", clean(text)).casefold()
    return plain if plain.isascii() else plain.translate(_SIMPLIFYING)


def has_han(text: str) -> bool:
    """Tell whether a text contains Han characters.

    >>> has_han("华为 Technologies"), has_han("Huawei"), has_han("トヨタ")
    (True, False, False)
    """
    return _HAN.search(text) is not None


@lru_cache(maxsize=16384)
def is_placeholder(text: str, field: str = "any") -> bool:
    """Tell whether a text only stands where a value should be: 无, N/A, 测试, 13800138000 …; empty text is one too.

    Args:
        text: the value.
        field: what it should be: ``any``, ``name``, ``phone``, ``email``, ``address`` or ``identifier``.

    >>> [is_placeholder(t) for t in ("暂无", "N/A", "--", "#REF!", "000000", "无锡")]
    [True, True, True, True, True, False]
    >>> is_placeholder("13800138000", "phone"), is_placeholder("散户", "name"), is_placeholder("散户")
    (True, True, False)
    """
    folded = fold(text)
    if folded in PLACEHOLDERS or _NO_VALUE.fullmatch(folded):
        return True
    match field:
        case "phone":
            return _is_digit_filler(folded)
        case "identifier":
            return _is_digit_filler(folded) or "xxxx" in folded
        case "name":
            return folded in PLACEHOLDERS_BY_FIELD["name"] or _ONE_DIGIT_REPEATED.fullmatch(folded) is not None
        case "email":
            return simplify(text) in PLACEHOLDERS_BY_FIELD["email"]
        case _:
            return folded in PLACEHOLDERS_BY_FIELD.get(field, frozenset())


def is_filler_number(digits: str) -> bool:
    """Tell of digits, a + before them or not, what :func:`is_placeholder` tells of a phone, at a third of the cost.

    >>> is_filler_number("+8613800138000"), is_filler_number("0000"), is_filler_number("13912345678")
    (True, True, False)
    """
    return digits in PLACEHOLDERS or not digits.strip("0") or _is_digit_filler(digits)


def _is_digit_filler(folded: str) -> bool:
    """Recognise numbers nobody has: all one digit after the prefix, counting up or down, the well-known examples."""
    digits = folded.removeprefix("+").removeprefix("86")
    if digits in PLACEHOLDERS_BY_FIELD["phone"] or digits.rstrip("x") in _COUNTING_UP or digits in _COUNTING_DOWN:
        return True
    last = digits[-7:]
    if last != last[0] * len(last):
        return False
    return len(last) == 7 or _ONE_DIGIT_REPEATED.fullmatch(digits) is not None


def looks_mojibake(text: str) -> bool:
    """Tell whether a text was decoded with the wrong encoding somewhere on its way (锟斤拷, æ·±åœ³, ÉîÛÚ, 娣卞湷).

    >>> [looks_mojibake(t) for t in ("锟斤拷", "æ·±åœ³", "ÉîÛÚÊÐ", "ÖØÇìÐÅÇì»", "娣卞湷")]
    [True, True, True, True, True]
    >>> [looks_mojibake(t) for t in ("深圳市", "Café Zürich", "Łódź", "")]
    [False, False, False, False]
    """
    if text.isascii():
        return False
    if _KNOWN_MOJIBAKE.search(text):
        return True
    if has_han(text):
        return _is_han_when_reread(text, "gb18030", "utf-8")
    if _UTF8_READ_AS_LATIN1.search(text) or _LONG_LATIN1_RUN.search(text):
        return True
    return any(_is_han_when_reread(run, "latin-1", "gb18030") for run in _LATIN1_RUN.findall(text))


def _is_han_when_reread(text: str, written: str, really: str) -> bool:
    try:
        reread = text.encode(written).decode(really)
    except UnicodeError:
        return False
    wide = all(c.isascii() or unicodedata.east_asian_width(c) in "FW" for c in reread)  # Han and its punctuation
    return wide and len(_HAN.findall(reread)) >= 2


def readings(text: str) -> str:
    """Give the toneless pinyin of a text, joined; other characters stay.

    >>> readings("重庆銀行"), readings("ABC 电子")
    ('chongqingyinhang', 'abcdianzi')
    """
    return "".join(_syllables(text))


def initials(text: str) -> str:
    """Give the first letter of every syllable.

    >>> initials("深圳华强"), initials("3M 中国")
    ('szhq', '3zg')
    """
    return "".join([syllable[0] for syllable in _syllables(text)])


def all_readings(text: str, at_most: int = 8) -> tuple[str, ...]:
    """Give the toneless pinyin of a text in all ways its characters can be read, the usual readings first.

    Args:
        text: a short text, as a trade name.
        at_most: how many ways to give.

    >>> all_readings("长虹"), all_readings("3M")
    (('changhong', 'zhanghong'), ('3m',))
    """
    ways = product(*map(sounds, fold(text)))
    return tuple(dict.fromkeys("".join(way) for way in islice(ways, at_most)))


@lru_cache(maxsize=16384)
def sounds(character: str) -> tuple[str, ...]:
    """Give the readings of a folded character, toneless, the usual one first; a letter or digit is its own.

    Those that pypinyin's phrases have: its table of characters has obscure ones too, by which all sounds like all.

    >>> sounds("重"), sounds("a")
    (('zhong', 'chong'), ('a',))
    """
    return _readings_in_phrases().get(character) or tuple(lazy_pinyin(character))


@cache
def _readings_in_phrases() -> dict[str, tuple[str, ...]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in PHRASES_DICT.items():
        for character, syllable in zip(phrase, syllables, strict=False):
            counts[character][syllable[0]] += 1
    return {
        character: tuple(dict.fromkeys(to_normal(syllable) for syllable, _ in counted.most_common()))
        for character, counted in counts.items()
    }


def sound_alike(left: str, right: str) -> bool:
    """Tell whether two folded texts may be read alike, character by character.

    >>> sound_alike("长虹", "常红"), sound_alike("长虹", "长江"), sound_alike("长", "长虹")
    (True, False, False)
    """
    return len(left) == len(right) and all(a == b or _may_sound_alike(a, b) for a, b in zip(left, right, strict=True))


@lru_cache(maxsize=32768)
def _may_sound_alike(left: str, right: str) -> bool:
    return not set(sounds(left)).isdisjoint(sounds(right))


@lru_cache(maxsize=16384)
def _syllables(text: str) -> tuple[str, ...]:
    """Read a text syllable by syllable; a run of other characters stands for one."""
    folded = fold(text)
    if folded.isascii():
        return (folded,) if folded else ()
    return tuple(chain.from_iterable(map(_word_syllables, _words(folded))))


def _words(text: str) -> list[str]:
    """Split a text where pypinyin does, which takes three times as long: runs without Han characters are one word."""
    if RE_HANS.match(text):
        return _han_words(text)
    return [word for run in simple_seg(text) for word in (_han_words(run) if RE_HANS.match(run) else (run,))]


def _han_words(run: str) -> list[str]:
    """Split a run of Han characters into the longest words that pypinyin knows, from the left."""
    words: list[str] = []
    start = 0
    while start < len(run):
        word, end = run[start], start + 2
        while end <= len(run) and (longer := run[start:end]) in p_set:  # some word begins so
            if longer in PHRASES_DICT:
                word = longer
            end += 1
        words.append(word)
        start += len(word)
    return words


@lru_cache(maxsize=32768)
def _word_syllables(word: str) -> tuple[str, ...]:
    """Read one word: names are made of few words, and reading them is the dear part."""
    return tuple(lazy_pinyin(word))
