"""What must be written into one target record so that it says what was agreed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customer_master.store.evidence import Written, own_evidence
from hub.errors import HubError
from mappings.canonical import canonical_hash, to_payload
from mappings.canonical.elements import fingerprint
from mappings.language import CompiledMapping, Mapped, RenderedField
from mappings.language.crosswalks import UnseenCodeError
from mappings.normalize.errors import ValueReadError

_ELEMENT_OF: dict[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "name": ("names", lambda value: {"text": value}),
    "uscc": ("identifiers", lambda value: {"value": value}),
    "phone": ("phones", dict),
    "email": ("emails", lambda value: {"address": value}),
    "address": ("addresses", dict),
}


class UnwritableError(HubError):
    """An agreed value that the target's mapping has no words for; others may be written all the same."""


@dataclass(slots=True)
class Plan:
    """One write: the document in the target's shape and what it makes the hub's own writing."""

    document: dict[str, Any] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """The target says it all already."""
        return not self.written


def plan_create(mapping: CompiledMapping, desired: Mapping[str, Any]) -> Plan:
    """Plan a new target record from the agreed values.

    Args:
        mapping: mapping with the target's outbound section.
        desired: attribute -> agreed value.

    Raises:
        UnwritableError: the mapping cannot write one of the values.
    """
    plan = Plan()
    for attribute, value in desired.items():
        rendered = _rendered(mapping, attribute, value)
        if rendered.list is None:
            plan.document.update(rendered.values)
        else:
            plan.document.setdefault(rendered.list, []).append(rendered.values)
        element_attribute, element = _ELEMENT_OF[attribute][0], _ELEMENT_OF[attribute][1](value)
        plan.written.append(Written(element_attribute, fingerprint(element_attribute, element)))
    return plan


def plan_update(
    mapping: CompiledMapping,
    desired: Mapping[str, Any],
    policies: Mapping[str, str],
    payload: Mapping[str, Any],
    written: Sequence[Written],
    raw: Callable[[], Mapping[str, Any]],
    landed_at: datetime | None = None,
) -> Plan:
    """Plan the difference between what a target record says and what was agreed.

    A missing agreed value is never written. ``fill`` touches only gaps and our own writing; ``lead`` replaces another
    value, but never a valid identifier by a different one: that is a conflict of identity, for people to settle. What
    would change how the target's own values are read is left out, e.g. a foreign address beside a local telephone.

    Args:
        mapping: mapping with the target's outbound section.
        desired: attribute -> agreed value.
        policies: attribute -> ``fill`` or ``lead``.
        payload: canonical content of the target record, as last pulled.
        written: what the hub wrote into it earlier.
        raw: gives the record's raw document; called only if something must be written.
        landed_at: when that document landed; a mapping that does not ask for it can do without.

    Raises:
        UnwritableError: the mapping cannot write one of the values.
    """
    plan = Plan()
    ours = {(w.attribute, w.fingerprint): w for w in written}
    document: Mapping[str, Any] = {}
    for attribute, value in desired.items():
        element_attribute, to_element = _ELEMENT_OF[attribute]
        present = _present(attribute, payload.get(element_attribute, ()))
        marks = [fingerprint(element_attribute, e) for e in payload.get(element_attribute, ())]
        target_mark = fingerprint(element_attribute, to_element(value))
        if target_mark in marks:
            continue
        own_writing = [e for e in present if (element_attribute, fingerprint(element_attribute, e)) in ours]
        old = _to_replace(policies[attribute], present, own_writing)
        if present and old is None:
            continue
        earlier = ours.get((element_attribute, fingerprint(element_attribute, old))) if old is not None else None
        mark = Written(element_attribute, target_mark, earlier.replaced if earlier else old)
        document = document or raw()
        write = _write(mapping, attribute, value, element_attribute, old, document, landed_at)
        after = write.applied_to(document)
        own_words = _own_words(mapping, after, [*written, *plan.written, mark], landed_at)
        if _own_word(payload, written) in own_words:
            document = after
            write.put_into(plan.document)
            plan.written.append(mark)
    return plan


@dataclass(frozen=True, slots=True)
class _Write:
    """One value in the target's shape: ``set`` fields of the record itself, ``add`` or ``replace`` a child."""

    values: dict[str, Any]
    list: str | None = None
    child: Any = None

    def put_into(self, document: dict[str, Any]) -> None:
        if self.list is None:
            document.setdefault("set", {}).update(self.values)
        elif self.child is None:
            document.setdefault("add", {}).setdefault(self.list, []).append(self.values)
        else:
            document.setdefault("replace", {}).setdefault(self.list, []).append({"id": self.child, **self.values})

    def applied_to(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Show the raw document as it will come back."""
        if self.list is None:
            return {**document, **self.values}
        children = list(document.get(self.list) or ())
        if self.child is None:
            children.append({"id": None, "active": True, **self.values})
        else:
            children = [{**c, **self.values} if c["id"] == self.child else c for c in children]
        return {**document, self.list: children}


def _own_words(
    mapping: CompiledMapping, document: Mapping[str, Any], written: Sequence[Written], landed_at: datetime | None
) -> set[str]:
    """Hash what the records of a document say of their own."""
    outcome = mapping.map(document, at=landed_at)
    return {_own_word(to_payload(r), written) for r in outcome.records} if isinstance(outcome, Mapped) else set()


def _own_word(payload: Mapping[str, Any], written: Sequence[Written]) -> str:
    evidence = own_evidence(payload, written)
    return canonical_hash(payload if evidence is None else evidence)


def _present(attribute: str, elements: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """List the elements that stand where the agreed value would stand."""
    match attribute:
        case "uscc":
            return [e for e in elements if e["type"] == "cn_uscc"]
        case "phone":
            return [e for e in elements if e["kind"] != "fax"]
        case "name":
            return [e for e in elements if e["type"] == "registered" and not e.get("valid_to")]
        case _:
            return list(elements)


def _to_replace(
    policy: str, present: Sequence[Mapping[str, Any]], own_writing: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    if own_writing:
        return own_writing[0]
    if policy == "lead" and present and not any(e.get("valid") is True for e in present if "valid" in e):
        return present[0]
    return None


def _write(
    mapping: CompiledMapping,
    attribute: str,
    value: Any,
    element_attribute: str,
    old: Mapping[str, Any] | None,
    document: Mapping[str, Any],
    landed_at: datetime | None,
) -> _Write:
    rendered = _rendered(mapping, attribute, value)
    if rendered.list is None:
        return _Write(rendered.values)
    child = None if old is None else _child(mapping, document, rendered.list, element_attribute, old, landed_at)
    return _Write(rendered.values, rendered.list, child)


def _rendered(mapping: CompiledMapping, attribute: str, value: Any) -> RenderedField:
    try:
        rendered = mapping.render(attribute, value)
    except ValueReadError as error:
        remedy = error.remedy if isinstance(error, UnseenCodeError) else "Mend its outbound section, then replay"
        where = f"Mapping {mapping.mapping.name} cannot write {attribute}"
        raise UnwritableError(f"{where}: {error.what}", remedy) from None
    if rendered is None:
        raise HubError(
            f"Mapping {mapping.mapping.name} does not say how {attribute} is written",
            "Add it to the outbound section, or take it out of the subscription",
        )
    return rendered


def _child(
    mapping: CompiledMapping,
    raw: Mapping[str, Any],
    list_name: str,
    element_attribute: str,
    old: Mapping[str, Any],
    landed_at: datetime | None,
) -> Any:
    """Find the child of a raw document that the mapping reads as a given element, by reading each child alone."""
    mark = fingerprint(element_attribute, old)
    for child in raw.get(list_name) or ():
        outcome = mapping.map({**raw, list_name: [child]}, at=landed_at)
        for record in outcome.records if isinstance(outcome, Mapped) else ():
            payload = to_payload(record)
            if mark in [fingerprint(element_attribute, e) for e in payload.get(element_attribute, ())]:
                return child["id"]
    return None
