"""Tables written as text: words between blanks, rows between semicolons and line ends."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """Split at blanks.

    >>> words("有限公司 厂")
    ('有限公司', '厂')
    """
    return tuple(text.split())


def rows(text: str) -> tuple[tuple[str, ...], ...]:
    """Split into rows and these into words.

    >>> rows("110000 010 1000; 120000 022 3000")
    (('110000', '010', '1000'), ('120000', '022', '3000'))
    """
    return tuple(words(row) for line in text.strip().splitlines() for row in line.split(";"))
