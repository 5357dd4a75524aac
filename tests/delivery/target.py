"""A target in memory: it takes writes in the ERP's shape and gives its documents back as the ERP does."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from customer_master.store.evidence import Written, own_evidence
from hub.delivery.plan import Plan, plan_create, plan_update
from hub.delivery.send import _merged
from hub.demo.landscape import generate
from mappings.canonical import to_payload
from mappings.language import CompiledMapping, Mapped, compile_mapping, parse_mapping

LISTS = ("identifiers", "addresses", "contact_mechanisms")
POLICIES = {"name": "lead", "uscc": "lead", "phone": "fill", "email": "fill", "address": "fill"}


@cache
def mapping(name: str = "erp.party") -> CompiledMapping:
    path = Path(f"mappings/specs/{name}.yaml")
    return compile_mapping(parse_mapping(path.read_text(encoding="utf-8"), name))


def read(document: Mapping[str, Any], name: str = "erp.party") -> dict[str, Any]:
    outcome = mapping(name).map(document)
    assert isinstance(outcome, Mapped), f"the target's own document is not readable any more: {outcome}"
    return stored(to_payload(outcome.records[0]))


def stored(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Give a payload as the database gives it back."""
    again: dict[str, Any] = json.loads(json.dumps(payload))
    return again


@dataclass(slots=True)
class TargetRecord:
    """One record of the target, and what the hub knows it has written there."""

    document: dict[str, Any]
    written: list[dict[str, Any]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1000))

    @classmethod
    def found(cls, document: Mapping[str, Any]) -> TargetRecord:
        """Somebody entered it in the target."""
        record = cls({"id": 42, "active": True, "token": "", "write_date": None, "code": "C42", "name": None})
        for name in LISTS:
            record.document[name] = []
            for child in document.get(name, ()):
                record._add(name, child)
        record.document.update({k: v for k, v in document.items() if k not in LISTS})
        return record

    @classmethod
    def created(cls, desired: Mapping[str, Any]) -> TargetRecord:
        """The hub made it."""
        plan = plan_create(mapping(), desired)
        record = cls.found({"code": "HUB-42", **plan.document})
        record.written = [w.to_json() for w in plan.written]
        return record

    @property
    def payload(self) -> dict[str, Any]:
        return read(self.document)

    @property
    def evidence(self) -> dict[str, Any]:
        """What the record says of its own, as the master sees it."""
        own = own_evidence(self.payload, [Written(**w) for w in self.written])
        return self.payload if own is None else own

    def plan(self, desired: Mapping[str, Any], policies: Mapping[str, str] = POLICIES) -> Plan:
        written = [Written(**w) for w in self.written]
        return plan_update(mapping(), desired, policies, self.payload, written, lambda: self.document)

    def publish(self, desired: Mapping[str, Any], policies: Mapping[str, str] = POLICIES) -> Plan:
        plan = self.plan(desired, policies)
        self.written = _merged(self.written, plan)
        document = copy.deepcopy(self.document)
        document.update(plan.document.get("set", {}))
        self.document = document
        for name, children in plan.document.get("add", {}).items():
            for child in children:
                self._add(name, child)
        for name, children in plan.document.get("replace", {}).items():
            for child in children:
                (standing,) = (c for c in document[name] if c["id"] == child["id"])
                standing.update(child)
        return plan

    def _add(self, name: str, child: Mapping[str, Any]) -> None:
        self.document[name].append({"id": next(self.numbers), "active": True, **child})


@cache
def erp_documents() -> list[dict[str, Any]]:
    """Give parties as people enter them in an ERP, with everything that is wrong with them."""
    return list(generate(300, 11).erp())


@cache
def agreed_values() -> dict[str, list[Any]]:
    """Give values as golden records hold them, taken from what another system says."""
    found: dict[str, list[Any]] = {attribute: [] for attribute in POLICIES}
    for row in generate(300, 12).ship_tos():
        outcome = mapping("scm.ship_tos").map(row)
        if not isinstance(outcome, Mapped):
            continue
        payload = stored(to_payload(outcome.records[0]))
        found["name"] += [n["text"] for n in payload.get("names", ()) if n["type"] == "registered"]
        found["uscc"] += [i["value"] for i in payload.get("identifiers", ()) if i["type"] == "cn_uscc"]
        found["phone"] += [p for p in payload.get("phones", ()) if p["kind"] != "fax"]
        found["email"] += [e["address"] for e in payload.get("emails", ())]
        found["address"] += payload.get("addresses", ())
    return found
