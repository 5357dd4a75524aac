"""Cyrillic and Greek written in Latin letters, as passports do: one name in two scripts is one name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_OTHER: Final = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_CYRILLIC: Final = (
    "а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch "  # noqa: RUF001 - meant
    "ъ - ы y ь - э e ю yu я ya і i ї yi є ye ґ g ђ dj ј j љ lj њ nj ћ c џ dz ў u ѓ g ќ k ё e"  # noqa: RUF001 - meant
)
_GREEK: Final = "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"  # noqa: RUF001
_LETTERS: Final = {
    ord(letter): latin.replace("-", "")
    for words in (_CYRILLIC.split(), _GREEK.split())
    for letter, latin in zip(words[::2], words[1::2], strict=True)
}


def latin(text: str) -> str:
    """Write a text that has Cyrillic or Greek letters in small Latin ones; any other stays as it is.

    >>> latin("Юрий Щукин"), latin("Хрущёв"), latin("Γιάννης"), latin("Müller AG"), latin("华强")
    ('yuriy shchukin', 'khrushchev', 'giannis', 'Müller AG', '华强')
    """
    if text.isascii() or not _OTHER.search(text):
        return text
    return "".join(map(_letter, unicodedata.normalize("NFC", text).lower()))


def _letter(letter: str) -> str:
    if ord(letter) in _LETTERS:
        return _LETTERS[ord(letter)]
    bare = unicodedata.normalize("NFD", letter)[0]
    return _LETTERS.get(ord(bare), letter)
