"""When a source is due, as authors write it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.schedule.cadence import cadence


@pytest.mark.parametrize("text", ["* * * * *", "*/15 * * * *", "0 6-20/2 1,15 * 1-5", "59 23 31 12 7"])
def test_cron_expressions_are_taken_as_they_are(text: str) -> None:
    assert cadence(text) == text


@pytest.mark.parametrize(
    ("text", "interval"),
    [("45s", timedelta(seconds=45)), ("30m", timedelta(minutes=30)), ("1d", timedelta(days=1))],
)
def test_intervals(text: str, interval: timedelta) -> None:
    assert cadence(text) == interval


@pytest.mark.parametrize(
    "text", ["", "0m", "5", "60 * * * *", "* * * *", "* 24 * * *", "*/0 * * * *", "5-1 * * * *", "@daily", "a b c d e"]
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"neither a cron expression|is no .* of a cron expression"):
        cadence(text)
