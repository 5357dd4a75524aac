"""A waterfall drawn for people: a row for each step, its bar where it leads the score from and to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.web.i18n import phrase

if TYPE_CHECKING:
    from customer_master.resolution.waterfall import Step
    from hub.matching.explaining import Explanation

_WIDEST = 24  # characters of the bars, on a terminal of six times as many
_NAMES = {"prior": "start", "learning": "learning", "policy": "merge policy"}


def show_explanation(console: Console, found: Explanation, language: str) -> None:
    """Show why two records are one or two.

    Args:
        console: where to.
        found: the pair, explained.
        language: ``zh`` or ``en``.
    """
    console.print(_steps(found, language, min(console.width // 6, _WIDEST)))
    for finding in found.findings:
        console.print(Text(f"  {say(language, finding)}", style="bold"), soft_wrap=True)
    for link in found.chain:
        console.print(Text(f"    {link.left} — {link.right}  {link.bits:+.2f}"), soft_wrap=True)
    for warning in found.warnings:
        console.print(Text(f"  {say(language, warning)}", style="yellow"), soft_wrap=True)


def say(language: str, text: str) -> str:
    """Say an English sentence of a comparison in a language."""
    return phrase(language, "sentence", text)


def _steps(found: Explanation, language: str, width: int) -> Table:
    table = Table(title=Text(found.file), title_justify="left")
    table.add_column(say(language, "attribute"), overflow="fold")
    for record in (found.left, found.right):
        table.add_column(Text(record), overflow="fold")
    table.add_column(say(language, "what it says"), overflow="fold")
    table.add_column(say(language, "bits"), justify="right", no_wrap=True)
    table.add_column("", min_width=width, no_wrap=True)
    scale, score = _Scale(found, width), 0.0
    for step in found.waterfall.steps:
        table.add_row(
            Text(_name(step, language)),
            Text(step.left),
            Text(step.right),
            say(language, step.sentence),
            f"{step.bits:+.2f}",
            scale.bar(score, score + step.bits),
            style="" if step.bits else "dim",
        )
        score += step.bits
    table.add_section()
    total = found.waterfall.score
    table.add_row(say(language, "score"), "", "", "", f"{total:+.2f}", scale.bar(0.0, total), style="bold")
    return table


def _name(step: Step, language: str) -> str:
    return say(language, _NAMES[step.kind]) if step.kind in _NAMES else step.name


class _Scale:
    """Bits on the characters of a bar."""

    def __init__(self, found: Explanation, width: int) -> None:
        self._width = width
        ends = [0.0]
        for step in found.waterfall.steps:
            ends.append(ends[-1] + step.bits)
        self._low, self._span = min(ends), (max(ends) - min(ends)) or 1.0

    def bar(self, start: float, end: float) -> Text:
        """Draw a step, green upwards and red downwards, with a line at 0 bits; nothing where it adds nothing."""
        cells = ["│" if place == self._place(0.0) else " " for place in range(self._width)]
        if round(start, 2) == round(end, 2):
            return Text("".join(cells), style="not bold")
        first, last = sorted((self._place(start), self._place(end)))
        last = max(last, first + 1)
        bar = Text("".join(cells))
        return Text.assemble(bar[:first], ("█" * (last - first), "green" if end > start else "red"), bar[last:])

    def _place(self, bits: float) -> int:
        return min(round((bits - self._low) / self._span * (self._width - 1)), self._width - 1)
