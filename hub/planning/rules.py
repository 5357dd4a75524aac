"""What changed quality rules would say of the rows there are: they hold for what is delivered from now on.

A new version of a rule document maps nothing again, so the next run alone would tell nothing of it. Here, on the
scratch copy and after everything else, the newest rows of the entities are replayed through the gate.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from hub.pipeline.record import record_again
from hub.pipeline.work import Work
from hub.planning.drafts import Draft
from hub.planning.waiting import Letters, letters_missing, waiting


def replayed_by_rules(work: Work, drafts: Collection[Draft]) -> tuple[list[Letters], list[Letters]]:
    """Replay what changed quality rules concern; the run is a scratch copy's, which is of no use afterwards.

    Args:
        work: the run.
        drafts: the documents, compared with those that were active.

    Returns:
        By cause, the rows that would be held if they came again, and those waiting now that would be let through.
    """
    changed = {draft.name for draft in drafts if draft.kind == "quality" and draft.becomes_active}
    entities = [entity for entity, rules in work.documents.rules.items() if rules.origin in changed]
    with work.engine.connect() as db:
        before, batches = waiting(db), _batches(db, entities)
    for number, (batch_id, rows) in enumerate(batches.items(), 1):
        record_again(work, batch_id, rows)
        work.report("try quality rules", number, len(batches))
    with work.engine.connect() as db:
        after = waiting(db)
    return letters_missing(after, before), letters_missing(before, after)


def _batches(db: Connection, entities: Collection[str]) -> dict[int, list[int]]:
    found = db.execute(text(_ROWS), {"entities": list(entities)})
    return {row.batch_id: row.rows for row in found}


_ROWS = """
select batch_id, array_agg(row_no order by row_no) as rows from (
  select batch_id, row_no from master.source_record where entity = any(:entities) and batch_id is not null
  union
  select p.batch_id, d.row_no from hub.dead_letter d join hub.mapping_pass p on p.id = d.pass_id
  where d.settled_us is null and d.kind = 'quarantined' and cardinality(cast(:entities as text[])) > 0) concerned
group by batch_id order by batch_id
"""
