"""Which values survive, where they come from and what they had to beat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_master.golden.evidence import Evidence
from customer_master.golden.policy import SurvivorshipPolicy, load_policy
from customer_master.golden.survivorship import golden_hash, survive
from customer_master.policies.documents import PolicyError
from mappings.canonical import Address, Email, Identifier, Kind, Name, NameType, Party, Phone

TEXT = Path("customer_master/policies/survivorship.yaml").read_text(encoding="utf-8")
POLICY = load_policy(TEXT)
VALID = "914403055812182182"
OTHER = "91310115434272812K"


def record(version: int, system: str = "erp", position: str = "2026-01-01", **party: Any) -> Evidence:
    kind = party.pop("kind", Kind.ORGANISATION)
    return Evidence(version + 1000, version, system, "party", f"K{version}", position, Party(kind=kind, **party))


def uscc(value: str, *, valid: bool = True) -> tuple[Identifier, ...]:
    return (Identifier("cn_uscc", value, valid),)


def names(text: str, type_: NameType = NameType.REGISTERED) -> tuple[Name, ...]:
    return (Name(text, type_, "zh"),)


def test_every_attribute_is_there_and_what_nobody_knows_is_none() -> None:
    golden = survive([record(1, names=names("深圳市华强电子有限公司"))], POLICY)
    assert golden.attrs == {
        "name": "深圳市华强电子有限公司",
        "english_name": None,
        "short_name": None,
        "uscc": None,
        "phone": None,
        "email": None,
        "address": None,
        "roles": [],
        "kind": "organisation",
    }
    assert golden.prov == {"name": {"v": 1, "r": "name.only", "n": 1, "why": "only"}}
    assert golden.conflicts == []


def test_the_legal_name_comes_from_a_record_with_a_valid_code_even_from_a_lesser_source() -> None:
    golden = survive(
        [
            record(1, "erp", names=names("华强电子")),
            record(2, "scm", names=names("深圳市华强电子有限公司"), identifiers=uscc(VALID)),
        ],
        POLICY,
    )
    assert golden.attrs["name"] == "深圳市华强电子有限公司"
    assert golden.prov["name"]["v"] == 2


def test_a_damaged_code_does_not_make_a_name_legal() -> None:
    golden = survive(
        [
            record(1, "erp", names=names("深圳市华强电子有限公司")),
            record(
                2, "scm", names=names("深圳市华星贸易有限公司"), identifiers=uscc("914403055812182000", valid=False)
            ),
        ],
        POLICY,
    )
    assert golden.attrs["name"] == "深圳市华强电子有限公司"
    assert golden.prov["name"]["why"] == "source_rank"


@pytest.mark.parametrize("placeholder", ["+8613800138000", "+8613800000000"])
def test_a_placeholder_phone_never_wins_though_it_is_the_newest(placeholder: str) -> None:
    golden = survive(
        [
            record(1, phones=(Phone("+8675526988888", "8012", "landline"),), position="2020-01-01"),
            record(2, phones=(Phone(placeholder, "", "mobile"),), position="2026-01-01"),
        ],
        POLICY,
    )
    assert golden.attrs["phone"] == {"number": "+8675526988888", "extension": "8012", "kind": "landline"}


def test_a_placeholder_name_leaves_the_attribute_empty() -> None:
    assert survive([record(1, names=names("测试"))], POLICY).attrs["name"] is None


def test_the_newest_phone_wins_and_a_fax_is_no_phone() -> None:
    golden = survive(
        [
            record(1, phones=(Phone("+8675526988888", "", "landline"),), position="2020-01-01T00:00:00Z"),
            record(2, phones=(Phone("+8675526988899", "", "landline"),), position="2026-01-01T00:00:00Z"),
            record(3, phones=(Phone("+8675526988877", "", "fax"),), position="2026-02-01T00:00:00Z"),
        ],
        POLICY,
    )
    assert golden.attrs["phone"]["number"] == "+8675526988899"
    assert golden.prov["phone"] == {"v": 2, "r": "phone.most_recent", "n": 2, "why": "most_recent"}


def test_an_address_survives_as_a_whole() -> None:
    old = Address("广东省深圳市南山区科技路1号", "CN", "440305", "518000")
    new = Address("广东省深圳市福田区深南大道2号", "CN", "440304", "")
    golden = survive(
        [record(1, addresses=(old,), position="2020"), record(2, addresses=(new,), position="2026")], POLICY
    )
    assert golden.attrs["address"] == {
        "text": "广东省深圳市福田区深南大道2号",
        "country": "CN",
        "region": "440304",
        "postal_code": "",
    }


def test_copies_inside_one_system_are_outvoted_by_two_systems() -> None:
    policy = load_policy(
        TEXT.replace("steps: [valid_first, most_recent, most_frequent, source_rank]", "steps: [most_frequent]")
    )
    a, b = (Email("sales@huaqiang.cn"),), (Email("info@huaqiang.cn"),)
    golden = survive(
        [record(1, emails=a), record(2, emails=a), record(3, emails=b), record(4, "scm", emails=b)], policy
    )
    assert golden.attrs["email"] == "info@huaqiang.cn"
    assert golden.prov["email"]["why"] == "most_frequent"


def test_roles_are_united() -> None:
    golden = survive([record(1, roles=("dealer",)), record(2, roles=("ship_to", "dealer"))], POLICY)
    assert golden.attrs["roles"] == ["dealer", "ship_to"]


def test_two_valid_codes_are_an_identity_conflict() -> None:
    golden = survive([record(1, identifiers=uscc(VALID)), record(2, "scm", identifiers=uscc(OTHER))], POLICY)
    (conflict,) = golden.conflicts
    assert conflict["attribute"] == "uscc"
    assert conflict["kind"] == "identity"
    assert conflict["winner"] == {"v": 1, "value": VALID}
    assert conflict["losers"] == [
        {"v": 2, "value": OTHER, "step": "source_rank", "needs": "a statement by a more trusted source"}
    ]


def test_another_writing_of_the_same_name_is_a_cosmetic_conflict_and_another_name_a_material_one() -> None:
    golden = survive(
        [
            record(1, names=names("深圳市华强电子有限公司"), identifiers=uscc(VALID)),
            record(2, "scm", names=names("深圳市華強電子有限责任公司"), identifiers=uscc(VALID)),
            record(3, "scm", names=names("深圳市金溢机械有限公司")),
        ],
        POLICY,
    )
    assert [(c["kind"], [x["v"] for x in c["losers"]]) for c in golden.conflicts if c["attribute"] == "name"] == [
        ("material", [3]),
        ("cosmetic", [2]),
    ]


def test_parties_of_two_kinds_have_no_golden_record() -> None:
    with pytest.raises(ValueError, match="exactly one kind of party"):
        survive([record(1), record(2, kind=Kind.PERSON)], POLICY)


_evidence = st.builds(
    record,
    st.integers(1, 50),
    st.sampled_from(["erp", "scm", "crm"]),
    st.sampled_from(["2024", "2025", "2026"]),
    names=st.sampled_from([(), names("华强电子"), names("深圳市华强电子有限公司"), names("华强", NameType.SHORT)]),
    identifiers=st.sampled_from([(), uscc(VALID), uscc(OTHER), uscc("914403055812182000", valid=False)]),
    phones=st.lists(
        st.builds(
            Phone, st.sampled_from(["+8675526988888", "+8613800138000", "+8613912345678"]), st.sampled_from(["", "1"])
        ),
        max_size=3,
    ).map(tuple),
    emails=st.sampled_from([(), (Email("a@b.cn"), Email("c@b.cn"))]),
    roles=st.sampled_from([(), ("dealer",), ("ship_to",)]),
)


@given(st.lists(_evidence, min_size=1, max_size=6, unique_by=lambda e: e.version_id), st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_makes_no_difference(evidence: list[Evidence], rng: Any) -> None:
    shuffled = list(evidence)
    rng.shuffle(shuffled)
    assert survive(shuffled, POLICY) == survive(evidence, POLICY)


@given(st.lists(_evidence, min_size=1, max_size=6, unique_by=lambda e: e.version_id))
def test_every_value_comes_from_the_version_it_names(evidence: list[Evidence]) -> None:
    golden = survive(evidence, POLICY)
    by_version = {e.version_id: e.party for e in evidence}
    for attribute, where in golden.prov.items():
        party = by_version[where["v"]]
        said = [n.text for n in party.names] + [i.value for i in party.identifiers] + [e.address for e in party.emails]
        said += [{"number": p.number, "extension": p.extension, "kind": p.kind} for p in party.phones]  # type: ignore[misc]
        assert golden.attrs[attribute] in said
    assert golden.attrs["phone"] is None or golden.attrs["phone"]["number"] != "+8613800138000"


def test_equal_content_has_an_equal_hash() -> None:
    assert golden_hash({"a": 1, "b": None}) == golden_hash({"b": None, "a": 1}) != golden_hash({"a": 1, "b": ""})


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            TEXT.replace("steps: [valid_first", "steps: [valid_frist", 1),
            r"survivorship policy, rules\.\w+\.steps\.0: .*; correct this entry",
        ),
        (TEXT.replace("sources:", "source:"), r"survivorship policy, sources: Field required"),
        ("rules: [", r"survivorship policy, line \d+: not readable as YAML"),
    ],
)
def test_a_broken_document_is_one_clear_sentence(broken: str, message: str) -> None:
    broken = "\n".join(line for line in broken.splitlines() if not line.startswith("#"))
    with pytest.raises(PolicyError, match=message):
        load_policy(broken)


def test_the_more_specific_source_ranks_before_its_system() -> None:
    policy = SurvivorshipPolicy.model_validate({**POLICY.model_dump(), "sources": ["scm/dealer", "erp", "scm"]})
    assert [policy.rank("scm", "dealer"), policy.rank("erp", "party"), policy.rank("scm", "ship_to")] == [0, 1, 2]
