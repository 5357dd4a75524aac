"""What somebody may look at a person's data for; who saw whose and for which purpose is noted."""

from __future__ import annotations

from typing import Literal, get_args

Purpose = Literal["call_back", "delivery", "service", "correction"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
