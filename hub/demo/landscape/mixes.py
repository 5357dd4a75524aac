"""Mixes drawn by number: landscapes made of other things than the usual one, so that nothing is fitted to that.

Which customers there are, who knows them, how much is filled in and how often each disguise is worn all vary, within
what a company's files may look like.
"""

from __future__ import annotations

import math
from random import Random

from hub.demo.landscape.customers import Mix
from hub.demo.landscape.disguises import DISGUISES
from hub.demo.landscape.sources import PROFILES

_SHARES = {
    "individual_business": (0.01, 0.12),
    "person": (0.01, 0.10),
    "public_body": (0.005, 0.06),
    "foreign": (0.03, 0.20),
    "distributor": (0.10, 0.40),
}
_FACTORS = {"disguise": (0.8, 1.25), "neighbours": (0.6, 1.6), "filled": (0.9, 1.1)}
_MOST = 2.0
"""A stream or a disguise is up to so many times as frequent as usual, or as rare."""


def some_mix(number: int) -> Mix:
    """Draw a mix.

    Args:
        number: repeats it; the seed of a landscape is another one.

    >>> some_mix(3) == some_mix(3), some_mix(3) == some_mix(4)
    (True, False)
    """
    rng = Random(f"mix/{number}")
    values = {name: round(rng.uniform(*bounds), 3) for name, bounds in (_SHARES | _FACTORS).items()}
    return Mix(
        **values,
        streams={profile.stream: _factor(rng) for profile in PROFILES},
        disguises={kind: _factor(rng) for kind in DISGUISES},
    )


def _factor(rng: Random) -> float:
    """Draw a factor; as likely above 1 as below."""
    return round(math.pow(_MOST, rng.uniform(-1, 1)), 3)
