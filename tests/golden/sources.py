"""What sources say, for the tests of the golden record, and policies made of a few lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from customer_master.golden.evidence import Evidence
from customer_master.golden.policy import SurvivorshipPolicy, load_policy
from mappings.canonical import Address, Email, Identifier, Kind, Name, NameType, Party, Phone

TEXT = Path("customer_master/policies/survivorship.yaml").read_text(encoding="utf-8")
POLICY = load_policy(TEXT)
VALID = "914403055812182182"
OTHER = "91310115434272812K"
DAMAGED = "914403055812182000"


def record(version: int, system: str = "erp", position: str = "2026-01-01", **party: Any) -> Evidence:
    kind = party.pop("kind", Kind.ORGANISATION)
    return Evidence(version + 1000, version, system, "party", f"K{version}", position, Party(kind=kind, **party))


def uscc(value: str, *, valid: bool = True) -> tuple[Identifier, ...]:
    return (Identifier("cn_uscc", value, valid),)


def names(text: str, type_: NameType = NameType.REGISTERED) -> tuple[Name, ...]:
    return (Name(text, type_, "zh"),)


def emails(*addresses: str) -> tuple[Email, ...]:
    return tuple(map(Email, addresses))


def phones(*numbers: str) -> tuple[Phone, ...]:
    return tuple(Phone(number, "", "landline") for number in numbers)


def policy(*email_steps: str, **document: Any) -> SurvivorshipPolicy:
    """The demo's policy with other steps for the e-mail address, or other parts of the document."""
    content = POLICY.model_dump(mode="json") | document
    if email_steps:
        content["rules"] = content["rules"] | {"email": {"steps": email_steps, "critical": True}}
    return SurvivorshipPolicy.model_validate(content)


def grouped(*steps: str, fill: bool = False) -> SurvivorshipPolicy:
    """The demo's policy with phone and e-mail address in one group."""
    rules = {a: r for a, r in POLICY.model_dump(mode="json")["rules"].items() if a not in ("phone", "email")}
    contact = {"attributes": ["phone", "email"], "steps": steps, "fill": fill, "critical": True}
    return policy(rules=rules, groups={"contact": contact})


ANYTHING = policy(
    copies_from={"crm": ["erp"]},
    trust={"erp": {"max": 90, "min": 30, "half_life_days": 365}, "scm": {"max": 60, "min": 60}},
    groups={"contact": {"attributes": ["phone", "email"], "steps": ["valid_first", "trust", "most_complete"]}},
    rules={
        "name": {"steps": ["valid_first", "most_frequent", "trust", "longest"], "critical": True},
        "english_name": {"steps": ["oldest", "shortest"]},
        "short_name": {"steps": ["unanimous"], "critical": True},
        "uscc": {"steps": ["only_valid", "most_frequent"], "critical": True},
        "address": {"steps": ["active_first", "most_recent", "most_complete"], "critical": True},
    },
)
"""Every step, a group and copies in one document."""

witness = st.builds(
    record,
    st.integers(1, 50),
    st.sampled_from(["erp", "scm", "crm"]),
    st.sampled_from(["2024-01-31", "2025-02-28T12:00:00Z", "2026-11-20T02:15:00.000000Z", "v17"]),
    names=st.lists(
        st.builds(
            Name,
            st.sampled_from(["华强电子", "深圳市华强电子有限公司", "深圳市華強電子有限公司", "深圳市金溢机械有限公司"]),
            st.sampled_from(NameType),
        ),
        max_size=3,
    ).map(tuple),
    identifiers=st.sampled_from([(), uscc(VALID), uscc(OTHER), uscc(DAMAGED, valid=False), uscc(VALID) + uscc(OTHER)]),
    phones=st.lists(
        st.builds(
            Phone,
            st.sampled_from(["+8675526988888", "+8613800138000", "+8613912345678"]),
            st.sampled_from(["", "1"]),
            st.sampled_from(["landline", "other", "fax"]),
        ),
        max_size=3,
    ).map(tuple),
    emails=st.lists(st.sampled_from(["sales@huaqiang.example", "info@huaqiang.example"]), max_size=2).map(
        lambda addresses: emails(*addresses)
    ),
    addresses=st.lists(
        st.builds(
            Address,
            st.sampled_from(["广东省深圳市南山区科技路1号", "深圳市南山区科技路1号", "深圳市福田区深南大道2号"]),
            region=st.sampled_from(["", "440305"]),
        ),
        max_size=2,
    ).map(tuple),
    roles=st.sampled_from([(), ("dealer",), ("ship_to",)]),
    active=st.booleans(),
)
"""One record of a party."""

evidence = st.lists(witness, min_size=1, max_size=6, unique_by=lambda e: e.version_id)
"""The records of one party."""
