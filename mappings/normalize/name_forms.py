"""Forms under which names of persons meet: letters without accents, sound, nicknames, romanised family names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mappings.normalize.data import NICKNAME_LINES, ROMANISED_SURNAMES
from mappings.normalize.text import simplify

_LIGATURES: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_APOSTROPHE = re.compile(r"(?<=\w)['’`´](?=\w)")
_WORD = re.compile(r"[^\W_]+")
_LATIN_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^[kgp]n", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^x", "s"),
        (r"x", "ks"),
        (r"^ma?c(?=[^aeiouyh])", "mak"),
        (r"tch|sch|ch|sh", "x"),
        (r"gh(?=t|s|$)", ""),
        (r"dg(?=[eiy])", "j"),
        (r"ph|v", "f"),
        (r"c(?=[eiy])|z", "s"),
        (r"ck|qu|[cq]", "k"),
        (r"th|dt", "t"),
        (r"mb$", "m"),
        (r"(?<!^)[hw]", ""),
        (r"^[aeiouy]+", "a"),
        (r"(?<!^)[aeiouy]+", ""),
        (r"(.)\1+", r"\1"),
    )
)
_MANDARIN_SOUNDS: Final = ((re.compile(r"([zcs])h"), r"\1"), (re.compile(r"(?<=[aei])ng"), "n"))


def name_words(text: str) -> list[str]:
    """Split a name into words of small letters without accents; Han characters come simplified.

    >>> name_words("Jörg-Peter O’Neil"), name_words("Łukasz ØSTERGÅRD"), name_words("陳大文")
    (['jorg', 'peter', 'oneil'], ['lukasz', 'ostergard'], ['陈大文'])
    """
    plain = _APOSTROPHE.sub("", simplify(text))
    if not plain.isascii():
        bare = unicodedata.normalize("NFD", plain.translate(_LIGATURES))
        plain = unicodedata.normalize("NFC", "".join(c for c in bare if not "\u0300" <= c <= "\u036f"))
    return _WORD.findall(plain)


@lru_cache(maxsize=32768)
def latin_sound(word: str) -> str:
    """Give a code that names pronounced alike share, however English, German or French spell them: the consonants.

    >>> latin_sound("stephen") == latin_sound("steven"), latin_sound("meyer") == latin_sound("maier")
    (True, True)
    >>> latin_sound("catherine") == latin_sound("kathryn"), latin_sound("smith") == latin_sound("jones")
    (True, False)
    """
    for pattern, sound in _LATIN_SOUNDS:
        word = pattern.sub(sound, word)
    return word


def mandarin_sound(reading: str) -> str:
    """Give the form of pinyin in which what many speakers do not tell apart is equal: zh and z, ing and in.

    >>> mandarin_sound("zhangjing") == mandarin_sound("zangjin")
    True
    """
    for pattern, sound in _MANDARIN_SOUNDS:
        reading = pattern.sub(sound, reading)
    return reading


def _groups(lines: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, dict[str, None]] = {}
    for line in lines:
        for name in line:
            groups.setdefault(name, {})[line[0]] = None
    return {name: tuple(found) for name, found in groups.items()}


FULL_NAMES: Final = _groups(NICKNAME_LINES)
"""Given name → the full names it may stand for, itself one of them: bert → albert, herbert, robert …"""
PINYIN_SURNAMES: Final = _groups(ROMANISED_SURNAMES)
"""Family name in Latin letters → the pinyin of the Chinese family names written so somewhere: wong → wang, huang."""
_SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    r"(?:a|ai|an|ang|ao|e|ei|en|eng|er|i|ia|ian|iang|iao|ie|in|ing|iong|iu|o|ong|ou|u|ua|uai|uan|uang|ue|ui|un|uo|v|ve)"
)


def is_pinyin_syllable(word: str) -> bool:
    """Tell whether a word may be one syllable of pinyin.

    >>> [is_pinyin_syllable(word) for word in ("zhuang", "xia", "yun", "smith", "xiaoming", "john")]
    [True, True, True, False, False, False]
    """
    return _SYLLABLE.fullmatch(word) is not None
