"""``python -m hub.demo.landscape``: write a landscape and its truth, and show how hard it is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hub.demo.landscape import generate, some_mix
from hub.demo.landscape.files import DATE, write_files
from hub.demo.landscape.truth import Truth, write_truth


def main(
    out: Annotated[Path, typer.Option(help="Folder for the SCM files and truth.jsonl.")],
    customers: Annotated[int, typer.Option(min=1, max=6_000_000, help="How many customers there truly are.")] = 2000,
    seed: Annotated[int, typer.Option(help="Repeats the same landscape.")] = 7,
    mix: Annotated[int | None, typer.Option(help="Number of a mix to draw; without it the usual one.")] = None,
    date: Annotated[str, typer.Option(help="Eight digits in the file names.")] = DATE,
) -> None:
    """Write the SCM files of a landscape and its truth, and print the kinds of disguise with their rates."""
    landscape = generate(customers, seed, None if mix is None else some_mix(mix))
    paths = write_files(landscape, out, date=date)
    write_truth(landscape.truth(), out / "truth.jsonl")
    console = Console()
    console.print(statistics(landscape.truth()))
    for path in paths:
        console.print(f"{path}  {path.stat().st_size:,} bytes", highlight=False)


def statistics(truth: Truth) -> Table:
    """Count records, pairs and kinds of a truth."""
    streams = Counter(f"{row.system} {row.stream}" for row in truth.rows())
    kinds: Counter[tuple[str, str]] = Counter()
    evidence: Counter[tuple[str, str]] = Counter()
    totals: Counter[str] = Counter()
    identified = 0
    for pair in truth.pairs():
        totals[pair.label] += 1
        identified += pair.label == "M" and pair.shares_identifier
        for kind in pair.kinds:
            kinds[pair.label, kind] += 1
            evidence[pair.label, kind] += pair.shares_non_name_evidence
    table = Table(
        title=" · ".join(f"{name} {count:,}" for name, count in streams.items()),
        caption=f"true pairs {totals['M']:,}, of which {1 - identified / max(totals['M'], 1):.0%} share no identifier",
    )
    table.add_column("kind")
    for heading in ("pairs", "share of its class", "share non-name evidence"):
        table.add_column(heading, justify="right")
    for (label, kind), count in sorted(kinds.items()):
        table.add_row(
            f"{label} {kind}", f"{count:,}", f"{count / totals[label]:.1%}", f"{evidence[label, kind] / count:.0%}"
        )
    return table


if __name__ == "__main__":
    typer.run(main)
