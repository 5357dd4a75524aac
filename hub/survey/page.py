"""The report as one HTML page: no script, nothing loaded from anywhere, fit for printing."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from customer_master.resolution.explanation import SENTENCES
from hub.survey.columns import Column
from hub.survey.findings import FileFinding, Overlap, Survey
from hub.survey.labels import ATTRIBUTES, DAMAGES, DEFECTS, HOLDS
from hub.survey.plots import Bar, bars, heat

_COMBINATIONS = 12
_REASONS = 8
_SIZES = 9


def render(survey: Survey) -> str:
    """Write the page.

    Every value from the files is escaped by the template; what a cell holds stays text.
    """
    environment = Environment(
        loader=PackageLoader("hub.survey", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["n"] = lambda number: f"{number:,}"
    environment.filters["percent"] = _percent
    environment.filters["both"] = _both
    return environment.get_template("survey.html").render(
        survey=survey,
        reduced=1 - survey.customers / survey.rows if survey.rows else 0.0,
        plots=_plots(survey),
        fill=_fill,
        reasons=_reasons,
        sizes=_sizes,
        problems=_problems,
        sentence=_sentence,
        holds=HOLDS,
        attributes=ATTRIBUTES,
        defects=DEFECTS,
    )


def _both(words: tuple[str, str]) -> str:
    """Give Chinese and English side by side.

    >>> _both(("phone", "电话"))
    '电话 phone'
    """
    return f"{words[1]} {words[0]}"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share == 0 or share >= 0.095 else f"{share:.1%}"


def _sentence(level: str) -> str:
    return _both(SENTENCES[level])


def _plots(survey: Survey) -> dict[str, Markup]:
    known = [
        Bar(name, count, f"{count:,}", "strong" if " + " in name else "plain")
        for name, count in survey.combinations.items()
    ]
    disputed = [Bar(_both(ATTRIBUTES[a]), count, f"{count:,}", "bad") for a, count in survey.contradictions.items()]
    names = [file.name for file in survey.files if file.has_parties]
    return {
        "combinations": bars(known[:_COMBINATIONS], title="customers by the files that know them"),
        "contradictions": bars(disputed, title="customers with contradictions, by attribute"),
        "overlap": heat(names, _shares(names, survey.overlaps), title="share of rows that the other file knows too"),
    }


def _shares(names: list[str], overlaps: list[Overlap]) -> list[list[float | None]]:
    share = {(overlap.a, overlap.b): overlap.share for overlap in overlaps}
    return [[share.get((a, b)) for b in names] for a in names]


def _fill(file: FileFinding) -> Markup:
    return bars(
        [Bar(c.name, c.fill, _percent(c.fill), "plain" if c.fill > 0.5 else "weak") for c in file.columns],
        title="share of rows with a value, by column",
        width=560,
        longest=1.0,
    )


def _reasons(file: FileFinding) -> Markup:
    chosen = list(file.reasons.items())[:_REASONS]
    return bars([Bar(_sentence(r), n, f"{n:,}", "strong") for r, n in chosen], title="what agrees in duplicates")


def _sizes(file: FileFinding) -> Markup:
    sizes = list(file.sizes.items())
    shown = [Bar(f"{size} 行 rows", n, f"{n:,}", "strong") for size, n in sizes[:_SIZES]]
    rest = sum(n for _, n in sizes[_SIZES:])
    return bars(
        [*shown, *([Bar("…", rest, f"{rest:,}", "strong")] if rest else [])], title="rows of one customer", width=420
    )


def _problems(column: Column) -> list[str]:
    """List what is wrong with a column's values."""
    found: list[tuple[tuple[str, str], float]] = [(("placeholders", "占位值"), column.placeholders)]
    found += [(DAMAGES[kind], share) for kind, share in column.damaged.items()]
    found.append((("not of this kind", "不符"), column.unfit))
    return [f"{_both(words)} {_percent(share)}" for words, share in found if share >= 0.005]
