"""Printable customer numbers, safe to read out over the telephone.

A number like ``CM-7K3F-92QX-4`` holds a party's internal id, scrambled so that neighbours look unlike, in Crockford's
base 32 (no I, L, O, U), with his check character (modulo 37), see https://www.crockford.com/base32.html.
"""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK = _ALPHABET + "*~$=U"
_BITS = 40
_MASK = (1 << _BITS) - 1
_FACTOR = 0x9E3779B97D & _MASK | 1  # odd, hence invertible modulo 2**40; digits of the golden ratio spread neighbours
_INVERSE = pow(_FACTOR, -1, 1 << _BITS)
_FOLDED = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def encode(party_id: int) -> str:
    """Print an internal id (1 to 2**40 - 1).

    >>> encode(1), encode(2)
    ('CM-KRVQ-KEBX-N', 'CM-7HQF-6WQT-T')
    """
    number = party_id * _FACTOR & _MASK
    digits = "".join(_ALPHABET[number >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return f"CM-{digits[:4]}-{digits[4:]}-{_CHECK[number % 37]}"


def decode(text: str) -> int:
    """Read a printed customer number back, forgiving case, spaces and the letters I, L and O.

    >>> decode("cm-krvq kebx n")
    1

    Raises:
        ValueError: the text is no customer number, or a character was misread (the check character tells).
    """
    body = text.strip().upper().translate(_FOLDED).removeprefix("CM")
    if len(body) != 9 or any(c not in _ALPHABET for c in body[:8]):
        raise ValueError("This is no customer number; it looks like CM-7K3F-92QX-4")
    number = 0
    for character in body[:8]:
        number = number << 5 | _ALPHABET.index(character)
    if _CHECK[number % 37] != body[8]:
        raise ValueError("The customer number was misread somewhere: its check character does not fit; read it again")
    return number * _INVERSE & _MASK
