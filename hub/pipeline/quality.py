"""What the quality rules say about the data as it stands, from stored rows: nothing is checked again.

A rule holds a row back (*quarantined*) or only *warns*. A held row counts while its dead letter waits; warnings are
counted by the newest mapping of every batch that live records come from.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class QualityFigure:
    """How many rows of a system one rule concerns.

    Args:
        system: code of the system.
        stream: its stream.
        rule: id of the quality rule.
        effect: ``quarantined`` or ``warned``.
        rows: how many rows.
    """

    system: str
    stream: str
    rule: str
    effect: str
    rows: int


def figures(db: Connection) -> list[QualityFigure]:
    """Count for every rule the rows it concerns now, by system and stream, in that order."""
    return [QualityFigure(*row) for row in db.execute(text(_FIGURES))]


_FIGURES = """
with held as (
  select p.batch_id, l.cause as rule from hub.dead_letter l join hub.mapping_pass p on p.id = l.pass_id
  where l.kind = 'quarantined' and l.settled_us is null
), newest as (
  select distinct on (p.batch_id) p.batch_id, p.warnings from hub.mapping_pass p
  where p.state = 'done' and p.kind <> 'replay'
  and exists (select from master.source_record r where r.batch_id = p.batch_id)
  order by p.batch_id, p.id desc
), found as (
  select batch_id, rule, 'quarantined' as effect, count(*) as rows from held group by 1, 2
  union all
  select batch_id, w.key, 'warned', w.value::bigint from newest cross join lateral jsonb_each_text(warnings) w
)
select b.system, b.stream, found.rule, found.effect, sum(found.rows)::bigint
from found join hub.landing_batch b on b.id = found.batch_id group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""
