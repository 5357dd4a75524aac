"""Plots as SVG, drawn by hand: no script, nothing from outside, readable on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_ROW = 26
_BAR = 16
_CHARACTER = 6.6  # average width of a letter at the size of the labels; a Chinese character is twice as wide
_VALUE_SPACE = 110


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, how long, what stands behind it, and the name of its colour."""

    label: str
    value: float
    text: str
    tone: str = "plain"


def bars(bars_: Sequence[Bar], *, title: str, width: int = 720, longest: float | None = None) -> Markup:
    """Draw horizontal bars.

    Args:
        bars_: from top to bottom.
        title: what the plot shows, for whoever cannot see it.
        width: in pixels.
        longest: value of a bar over the full width; the largest value if ``None``.

    >>> "&lt;b&gt;" in bars([Bar("<b>", 1, "1")], title="t")
    True
    """
    left = min(max((_width(bar.label) for bar in bars_), default=0) + 12, width * 0.5)
    most = longest or max((bar.value for bar in bars_), default=0) or 1
    scale = (width - left - _VALUE_SPACE) / most
    rows = Markup("").join(_bar(bar, n, left, scale) for n, bar in enumerate(bars_))
    height = len(bars_) * _ROW + 4
    return Markup(
        '<svg role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-label="{title}">'
        '<line class="axis" x1="{left}" y1="0" x2="{left}" y2="{h}"/>{rows}</svg>'
    ).format(w=width, h=height, title=title, left=f"{left:.1f}", rows=rows)


def _bar(bar: Bar, place: int, left: float, scale: float) -> Markup:
    y = place * _ROW + 4
    length = max(bar.value * scale, 1.0) if bar.value else 0.0
    return Markup(
        '<text class="label" x="{x}" y="{ty}" text-anchor="end">{label}</text>'
        '<rect class="{tone}" x="{left}" y="{y}" width="{length}" height="{bar}" rx="2"/>'
        '<text class="value" x="{vx}" y="{ty}">{text}</text>'
    ).format(
        x=f"{left - 6:.1f}", ty=y + 12, label=_fit(bar.label, left - 12), tone=bar.tone, left=f"{left:.1f}", y=y,
        length=f"{length:.1f}", bar=_BAR, vx=f"{left + length + 6:.1f}", text=bar.text,
    )  # fmt: skip


def heat(names: Sequence[str], shares: Sequence[Sequence[float | None]], *, title: str) -> Markup:
    """Draw a square of shares: row and column by name, ``None`` on the diagonal.

    Args:
        names: of rows and columns.
        shares: 0 to 1 by row and column.
        title: what the plot shows, for whoever cannot see it.
    """
    left, cell, top = 210, 120, 30
    parts = [
        Markup('<text class="label" x="{x}" y="18" text-anchor="middle">{name}</text>').format(
            x=left + n * cell + cell // 2, name=_fit(name, cell - 6)
        )
        for n, name in enumerate(names)
    ]
    for row, own in enumerate(shares):
        y = top + row * 44
        parts.append(
            Markup('<text class="label" x="{x}" y="{y}" text-anchor="end">{name}</text>').format(
                x=left - 8, y=y + 26, name=_fit(names[row], left - 12)
            )
        )
        parts += [_square(left + n * cell, y, cell, share) for n, share in enumerate(own)]
    width, height = left + len(names) * cell + 4, top + len(names) * 44 + 4
    return Markup(
        '<svg role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-label="{title}">{parts}</svg>'
    ).format(w=width, h=height, title=title, parts=Markup("").join(parts))


def _square(x: int, y: int, size: int, share: float | None) -> Markup:
    if share is None:
        return Markup('<rect class="self" x="{x}" y="{y}" width="{w}" height="40" rx="3"/>').format(
            x=x, y=y, w=size - 4
        )
    return Markup(
        '<rect class="plain" fill-opacity="{o}" x="{x}" y="{y}" width="{w}" height="40" rx="3"/>'
        '<text class="{tone}" x="{tx}" y="{ty}" text-anchor="middle">{share}</text>'
    ).format(
        o=f"{0.08 + 0.92 * share:.2f}", x=x, y=y, w=size - 4, tone="light" if share > 0.55 else "value",
        tx=x + size // 2 - 2, ty=y + 25, share=f"{share:.0%}",
    )  # fmt: skip


def _width(text: str) -> float:
    return sum(_CHARACTER if character.isascii() else 2 * _CHARACTER for character in text)


def _fit(text: str, width: float) -> Markup:
    """Cut a label to the room it has."""
    if _width(text) <= width:
        return escape(text)
    while text and _width(text) > width - 2 * _CHARACTER:
        text = text[:-1]
    return escape(f"{text}…")
