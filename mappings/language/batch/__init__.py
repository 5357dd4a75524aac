"""Mappings for whole batches, compiled to polars: the same cells as row by row, many times as fast.

Nothing else of the language imports polars: a process that imports this package must not fork afterwards.

May import: what ``mappings.language`` may, and polars.
"""

from mappings.language.batch.mapping import BatchMapping, BatchOutcome, payloads

__all__ = ["BatchMapping", "BatchOutcome", "payloads"]
