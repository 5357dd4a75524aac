"""How well a partition of records agrees with the truth: the hub's own measure, for the peer too."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from customer_master.resolution.metrics import bcubed, pairwise


def judged(truth: npt.ArrayLike, found: npt.ArrayLike) -> dict[str, float]:
    """Give pairwise precision, recall and F1, and B-cubed F1.

    Args:
        truth: the entity of each record.
        found: the group of each record, in the same order.
    """
    entity, group = (np.unique(np.asarray(labels), return_inverse=True)[1] for labels in (truth, found))
    pairs = pairwise(group, entity)
    own = {"precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1, "bcubed_f1": bcubed(group, entity).f1}
    return {name: round(value, 4) for name, value in own.items()}
