"""Where two texts differ, character by character."""

from __future__ import annotations

from difflib import SequenceMatcher

_LONGEST = 400
"""Beyond this many characters the eye no longer compares characters, and the matching would take long."""


def differences(a: str, b: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Cut two texts into pieces that both have and pieces that only one has.

    Returns:
        For each text its pieces, ``(text, only here)``; joined they give the text.

    >>> differences("华强电子", "华强电器")
    ([('华强电', False), ('子', True)], [('华强电', False), ('器', True)])
    """
    if max(len(a), len(b)) > _LONGEST:
        return [(a, a != b)], [(b, a != b)]
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, a_from, a_to, b_from, b_to in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if a_to > a_from:
            left.append((a[a_from:a_to], tag != "equal"))
        if b_to > b_from:
            right.append((b[b_from:b_to], tag != "equal"))
    return left, right
