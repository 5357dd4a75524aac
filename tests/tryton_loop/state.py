"""What an installation has come to, in words that two installations have in common."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

from customer_master.store.tables import OPEN
from hub.store import landing
from tests.tryton_loop.installation import Installation

Name = tuple[str, ...]
"""A record: system and native key; in the ERP the party's code, or what it says if the hub made it."""


def erp_parties(installation: Installation) -> dict[str, Name]:
    """Read every party of the ERP: key -> everything a user sees of it, the number of one the hub made left out."""
    rpc = installation.erp.rpc
    fields = {
        "party.identifier": ["code"],
        "party.address": ["street", "city", "postal_code"],
        "party.contact_mechanism": ["type", "value"],
    }
    said: dict[int, list[str]] = defaultdict(list)
    for model, names in fields.items():
        for row in rpc(f"{model}.search_read", [], 0, None, None, ["party", "active", *names]):
            said[row["party"]].append(" ".join([model, *(str(row[n] or "") for n in names), str(bool(row["active"]))]))
    parties = rpc("party.party.search_read", [], 0, None, None, ["name", "code", "active"])
    return {
        str(p["id"]): ("" if p["code"].startswith("HUB-") else p["code"], p["name"], *sorted(said[p["id"]]))
        for p in parties
    }


def state(installation: Installation) -> dict[str, Counter[Any]]:
    """Give the customers (which records, which golden values) and the ERP's parties, as multisets."""
    erp = erp_parties(installation)
    customers: dict[int, list[Name]] = defaultdict(list)
    golden: dict[int, str] = {}
    for row in installation.query(_CUSTOMERS, open=OPEN):
        said = erp.get(row["native_key"], ()) if row["code"] == "erp" else ()
        name = said if said and not said[0] else (said or (row["native_key"],))[:1]
        customers[row["party_id"]].append((row["code"], row["record_type"], *name))
        golden[row["party_id"]] = json.dumps(row["attrs"], sort_keys=True, ensure_ascii=False)
    return {
        "customers": Counter((tuple(sorted(records)), golden[party]) for party, records in customers.items()),
        "erp": Counter(erp.values()),
    }


def flaws(installation: Installation) -> list[str]:
    """List what must never be wrong once everything has been finished."""
    found = [what for what, sql in _FLAWS.items() if installation.value(sql, open=OPEN)]
    root = installation.settings.home / "landing"
    for batch in installation.query("select path, sha256 from hub.landing_batch"):
        landing.read(root, batch["path"], batch["sha256"])
    codes = Counter(
        p["code"] for p in installation.erp.rpc("party.party.search_read", [], 0, None, None, ["code"]) if p["code"]
    )
    found += [f"{code} is {n} times in the ERP" for code, n in codes.items() if n > 1]
    made = sum(code.startswith("HUB-") for code in codes)
    known = installation.value("select count(*) from master.source_record where correlation is not null")
    if made != known:
        found.append(f"the hub made {made} parties in the ERP and knows {known}")
    return found + _lost_files(installation)


def _lost_files(installation: Installation) -> list[str]:
    left = {str(path.relative_to(installation.scm.root)) for path in installation.scm.root.rglob("*") if path.is_file()}
    expected = {f"archive/{name}" for name in installation.delivered}
    return [f"lost: {name}" for name in expected - left] + [f"left over: {name}" for name in left - expected]


_CUSTOMERS = """
select m.party_id, s.code, r.record_type, r.native_key, g.attrs from master.membership m
join master.source_record r on r.id = m.record_id join master.source_system s on s.id = r.system_id
join master.golden_version g on g.party_id = m.party_id and g.to_cs = :open where m.to_cs = :open
"""

_FLAWS = {
    "commit numbers have gaps": "select :open > 0 and count(*) <> coalesce(max(cs), 0) or max(cs) <>"
    " (select last_cs from master.clock) from master.change_set",
    "a record belongs to no customer or to several": "select count(*) > 0 from (select r.id from master.source_record r"
    " left join master.membership m on m.record_id = r.id and m.to_cs = :open group by r.id having count(m.id) <> 1) x",
    "a record has no current version, or several": "select count(*) > 0 from (select r.id from master.source_record r"
    " left join master.source_record_version v on v.record_id = r.id and v.to_cs = :open"
    " group by r.id having count(v.id) <> 1) x",
    "a customer's golden values disagree with its being active": "select count(*) > 0 from master.party p"
    " join master.party_state s on s.party_id = p.id and s.to_cs = :open"
    " left join master.golden_version g on g.party_id = p.id and g.to_cs = :open"
    " where (s.status = 'active') <> (g.id is not null)",
    "a record waits to be resolved": "select :open < 0 or count(*) > 0 from master.resolve_queue",
    "a record made by the hub is not bound": "select :open < 0 or count(*) > 0 from master.source_record"
    " where binding <> 'bound'",
    "a delivery is not settled": "select :open < 0 or count(*) > 0 from hub.delivery"
    " where state not in ('delivered', 'already-equal', 'parked')",
    "a landed batch was not mapped": "select :open < 0 or count(*) > 0 from hub.landing_batch b where not exists"
    " (select 1 from hub.mapping_pass p where p.batch_id = b.id and p.kind = 'fresh' and p.state = 'done')",
}
