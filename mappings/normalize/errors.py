"""The error of a reader that cannot make sense of a value."""

from __future__ import annotations


class ValueReadError(ValueError):
    """A value is there but cannot be read.

    Args:
        what: what was expected, as a clause (``"not a date"``), without the value.
        value_hint: at most a masked hint of the value, see :func:`hint`.
    """

    def __init__(self, what: str, value_hint: str) -> None:
        self.what = what
        self.value_hint = value_hint
        super().__init__(f"{what}: {value_hint}")

    def __reduce__(self) -> tuple[type[ValueReadError], tuple[str, str]]:
        return (ValueReadError, (self.what, self.value_hint))


def hint(text: str) -> str:
    """Show the shape of a value and not the value: digits become 9, letters A, Han characters 字.

    >>> hint("2024-13-45"), hint("约 三月上旬"), hint("a very long text that says much")
    ('9999-99-99', '字 字字字字', 'A AAAA AAAA AAAA AAA… (31 characters)')
    """
    shape = "".join(_shape(character) for character in text[:20])
    return shape if len(text) <= 20 else f"{shape}… ({len(text)} characters)"


def _shape(character: str) -> str:
    if character.isdigit():
        return "9"
    if "\u3400" <= character <= "\u9fff":
        return "字"
    return "A" if character.isalpha() else character
