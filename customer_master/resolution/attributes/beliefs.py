"""What each level of agreement is believed to weigh before any pair of records was compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.float64]

ZERO: Final = -4.0
"""Log2 odds that two records that met under a blocking key are one party, whatever their attributes say."""

_MOST, _LEAST = 8.0, 1.0
"""Bits of the highest levels where hardly any record shares its value, and where nearly all do, at most."""

_WEIGHTS: Final[Mapping[str, tuple[float, ...]]] = {
    # kind -> bits of its levels from DIFFERENT on, among records that met under some key
    "company": (-4, -4, 0, 3, 3, 5, 5.5, 7, 7),
    "person": (-6, -3, 0, 2, 3, 4, 5, 6),
    "given_name": (-4, 0, 1, 2.5, 3, 3, 3),
    "family_name": (-4, 0, 1, 2.5, 3, 3, 3),
    "phone": (-1.5, 1, 4, 6, 7),
    "email": (-1.5, 0, 2, 4, 7, 9),
    "address": (-2.5, -1.5, 0, 1, 4, 6, 7),
    "place": (-2, -0.5, 1, 1.5, 1.5),
    "postcode": (-2.5, -1, 0.5, 2, 3),
    "date": (-3, -1, -1, 1, 0, 4, 6),
    "identifier": (-2.5, -0.5, 4, 5, 8, 9),
    "category": (-1.5, 0, 0.7),
    "text": (-1.5, 1, 3.5, 5, 5),
}


def belief(kind: str, sharing: float) -> Bits:
    """Give the bits of the levels of a kind; ``MISSING`` comes first and weighs nothing.

    Args:
        kind: name of the kind.
        sharing: how many records share a value, on average over records. The more do, the less agreement can weigh:
            alone it must not make many strangers one.

    >>> belief("postcode", 2).tolist(), belief("postcode", 64).tolist()
    ([0.0, -2.5, -1.0, 0.5, 2.0, 3.0], [0.0, -2.5, -1.0, 0.5, 2.0, 2.0])
    """
    most = max(_MOST - float(np.log2(max(sharing, 1.0))), _LEAST)
    return np.asarray(np.minimum(np.array((0.0, *_WEIGHTS[kind])), most), np.float64)
