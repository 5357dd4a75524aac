"""The applied documents, read and compiled: what a run works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Engine

from customer_master.golden.policy import SurvivorshipPolicy
from customer_master.golden.policy import load_policy as load_survivorship
from customer_master.resolution.policy import MatchPolicy
from customer_master.resolution.policy import load_policy as load_match
from customer_master.stewardship.policy import StewardshipPolicy
from customer_master.stewardship.policy import load_policy as load_stewardship
from dq_rules.gate import check as check_rows
from dq_rules.rows import SAMPLES, flatten
from dq_rules.rules import RuleSet, parse_rules
from hub.coherence import check_together, crosswalks_of
from hub.errors import HubError
from hub.project import Connection, Document, Subscription, parse_connection, parse_subscription
from hub.store import documents as store
from mappings.canonical import CanonicalRecord
from mappings.language import CompiledMapping, compile_mapping, parse_mapping, run_tests
from mappings.language.crosswalks import Crosswalk, parse_crosswalk
from mappings.language.extensions import outdated
from mappings.language.mapping import NO_CROSSWALKS


@dataclass(frozen=True, slots=True)
class ActiveMapping:
    """A compiled mapping and the activation that made it the active one."""

    compiled: CompiledMapping
    hash: str
    activation: int


@dataclass(frozen=True, slots=True)
class ActiveDocuments:
    """All active documents, by what they are looked up by."""

    connections: dict[str, Connection]
    mappings: dict[tuple[str, str], ActiveMapping]
    rules: dict[str, RuleSet]
    match: MatchPolicy
    match_hash: str
    survivorship: SurvivorshipPolicy
    survivorship_hash: str
    stewardship: StewardshipPolicy
    stewardship_hash: str
    subscriptions: tuple[Subscription, ...]
    policy_activations: dict[str, int]

    def streams_of(self, system: str) -> tuple[str, ...]:
        """List the streams of a system that have a mapping."""
        return tuple(stream for owner, stream in self.mappings if owner == system)

    def mapping_named(self, name: str) -> ActiveMapping:
        """Find a mapping by its document name.

        Raises:
            HubError: no such mapping is active.
        """
        for mapping in self.mappings.values():
            if mapping.compiled.mapping.name == name:
                return mapping
        raise HubError(f"No mapping {name!r} is applied", "Name an existing mapping in the subscription")


def apply(engine: Engine, read: Sequence[Document]) -> list[Document]:
    """Check a project's documents, each alone and all together, store them and activate what changed.

    Args:
        engine: the hub's database.
        read: all documents of the project.

    Returns:
        The documents that became active now.

    Raises:
        HubError: one must not be applied as it stands, so none is; besides the errors of the document kinds.
    """
    crosswalks = crosswalks_of(read)
    for document in read:
        check(document, crosswalks)
    check_together(read)
    with engine.begin() as db:
        changed = store.apply(db, read)
        for document in changed:
            if document.kind == "quality":
                _try_rules(document)
    return changed


def _try_rules(document: Document) -> None:
    """Run rules on a sample: only the engine knows its expectations. Costs seconds, so only for new rules."""
    rules = parse_rules(document.body, document.origin)
    sample = CanonicalRecord(rules.entity, "sample", "1", SAMPLES[rules.entity])
    check_rows(rules, [flatten(sample)])


def check(document: Document, crosswalks: Mapping[str, Crosswalk] = NO_CROSSWALKS) -> None:
    """Read a document as far as a machine can judge it; a mapping's own tests must pass.

    Args:
        document: the document.
        crosswalks: those of the project, by their references; only mappings name any.

    Raises:
        HubError: it must not be applied as it stands.
    """
    match document.kind:
        case "connection":
            parse_connection(document)
        case "subscription":
            parse_subscription(document)
        case "mapping":
            _check_mapping(document, crosswalks)
        case "crosswalk":
            parse_crosswalk(document.body, document.origin)
        case "quality":
            entity = parse_rules(document.body, document.origin).entity
            if entity not in SAMPLES:
                raise HubError(f"{document.origin}: unknown entity {entity!r}", f"Entities are: {', '.join(SAMPLES)}")
        case "match":
            load_match(document.body)
        case "survivorship":
            load_survivorship(document.body)
        case "stewardship":
            load_stewardship(document.body)


def _check_mapping(document: Document, crosswalks: Mapping[str, Crosswalk]) -> None:
    failures = run_tests(parse_mapping(document.body, document.origin, crosswalks))
    if failures:
        raise HubError(f"{document.origin}: {failures[0]}", "Mend the mapping or its test")


def load(engine: Engine) -> ActiveDocuments:
    """Read the active documents from the database.

    Raises:
        HubError: something a run needs was never applied.
    """
    with engine.connect() as connection:
        rows = store.active(connection)
    return _compiled(tuple(rows))


def demand_installed(documents: ActiveDocuments) -> None:
    """Demand that the functions of packages are those that the mappings were applied with; else they need applying.

    Raises:
        HubError: another version of one is installed than was applied.
    """
    for mapping in documents.mappings.values():
        for clause in outdated(mapping.compiled.mapping.text):
            name = mapping.compiled.mapping.name
            raise HubError(
                f"Mapping {name} has another function now: {clause}", "Look at hub plan, then run: hub apply"
            )


def applied_crosswalks(connection: DatabaseConnection) -> dict[str, Crosswalk]:
    """Read all versions of crosswalks that were ever applied, by their references."""
    return crosswalks_of(_document(row) for row in store.active(connection))


def compiled_mapping(body: str, name: str, crosswalks: Mapping[str, Crosswalk] = NO_CROSSWALKS) -> CompiledMapping:
    """Compile a mapping document that was checked when it was applied; another version of one leaves the others be."""
    return _compiled_with(body, name, tuple(c for reference, c in crosswalks.items() if reference in body))


@lru_cache(maxsize=256)
def _compiled_with(body: str, name: str, crosswalks: tuple[Crosswalk, ...]) -> CompiledMapping:
    return compile_mapping(parse_mapping(body, name, {c.reference: c for c in crosswalks}))


@lru_cache(maxsize=4)
def _compiled(rows: tuple[store.Active, ...]) -> ActiveDocuments:
    by_kind: dict[str, list[store.Active]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    missing = {"connection", "mapping", "quality", "match", "survivorship", "stewardship"} - set(by_kind)
    if missing:
        raise HubError(f"No {', '.join(sorted(missing))} document is applied", "Run: hub apply")
    mappings = {}
    crosswalks = crosswalks_of(map(_document, by_kind.get("crosswalk", ())))
    for row in by_kind["mapping"]:
        compiled = compiled_mapping(row.body, row.name, crosswalks)
        mappings[compiled.mapping.system, compiled.mapping.stream] = ActiveMapping(compiled, row.hash, row.activation)
    connections = [parse_connection(_document(row)) for row in by_kind["connection"]]
    return ActiveDocuments(
        connections={c.connection: c for c in connections},
        mappings=mappings,
        rules={rules.entity: rules for rules in (parse_rules(row.body, row.name) for row in by_kind["quality"])},
        match=load_match(by_kind["match"][0].body),
        match_hash=by_kind["match"][0].hash,
        survivorship=load_survivorship(by_kind["survivorship"][0].body),
        survivorship_hash=by_kind["survivorship"][0].hash,
        stewardship=load_stewardship(by_kind["stewardship"][0].body),
        stewardship_hash=by_kind["stewardship"][0].hash,
        subscriptions=tuple(parse_subscription(_document(row)) for row in by_kind.get("subscription", ())),
        policy_activations={kind: by_kind[kind][0].activation for kind in ("match", "survivorship")},
    )


def _document(row: store.Active) -> Document:
    return Document(row.kind, row.name, row.body, f"{row.kind} {row.name}")
