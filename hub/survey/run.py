"""The survey from files to findings."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hub.errors import UsageError
from hub.survey.analysis import Analysis, Source
from hub.survey.crew import Crew
from hub.survey.findings import Survey
from hub.survey.masking import mask, shorten
from hub.survey.matching import Matches, match
from hub.survey.progress import Report, silent
from hub.survey.records import layout_of
from hub.survey.work import read_file

_BYTES_ALONE = 1 << 20  # so little is through before another process has started


def survey(paths: Sequence[Path], *, masked: bool = True, report: Report = silent) -> Survey:
    """Look at extracts of customer data and tell what they hold, double and contradict.

    Args:
        paths: CSV or XLSX files, each once.
        masked: hide personal data in examples.
        report: told about the progress.

    Raises:
        UsageError: a file does not exist or is named twice.
        HubError: a file is no table, or cannot be read.
    """
    return survey_with_groups(paths, masked=masked, report=report)[0]


def survey_with_groups(
    paths: Sequence[Path], *, masked: bool = True, report: Report = silent
) -> tuple[Survey, Matches, list[Source]]:
    """Do the same, and give the groups of records and the rows too, for whoever has to check them."""
    started = time.monotonic()
    if len(set(paths)) < len(paths):
        raise UsageError("A file is named twice", "Name every file once")
    names = [path.name for path in paths]
    with Crew(alone=_size(paths) < _BYTES_ALONE, report=report) as crew:
        sources: list[Source] = []
        first = 0
        for path, (extract, columns) in zip(
            paths, crew.map("read files", read_file, [(path, masked) for path in paths]), strict=True
        ):
            if names.count(path.name) > 1:
                extract.name = f"{path.parent.name}/{path.name}"
            source = Source(extract, columns, layout_of(columns), first)
            sources.append(source)
            first += len(extract.rows) if source.layout.has_parties else 0
        matches = match(crew, [(s.extract.rows, s.layout) for s in sources if s.layout.has_parties])
        crew.dismiss()
        found = _findings(sources, matches, masked=masked)
    return replace(found, seconds=round(time.monotonic() - started, 1)), matches, sources


def _findings(sources: Sequence[Source], matches: Matches, *, masked: bool) -> Survey:
    """Write down what the groups of records say; the time is not known yet."""
    analysis = Analysis(sources, matches, mask if masked else shorten)
    return Survey(
        files=[analysis.file(n) for n in range(len(sources))],
        rows=analysis.rows,
        customers=analysis.customers(),
        in_several_files=analysis.in_several_files(),
        combinations=analysis.combinations(),
        overlaps=analysis.overlaps(),
        contradictions=analysis.contradictions(),
        doubtful=matches.doubtful,
        duplicates=analysis.duplicates(),
        conflicts=analysis.conflicts(),
        masked=masked,
        seconds=0.0,
    )


def _size(paths: Sequence[Path]) -> int:
    """Add up the sizes; a file that is not there says so when it is opened."""
    return sum(path.stat().st_size for path in paths if path.is_file())
