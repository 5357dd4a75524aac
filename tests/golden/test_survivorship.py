"""Which values survive, where they come from and what they had to beat."""

from __future__ import annotations

from datetime import date

import pytest

from customer_master.golden.policy import load_policy
from customer_master.golden.survivorship import golden_hash, survive
from mappings.canonical import Address, Email, Kind, Name, NameType, Phone
from tests.golden.sources import DAMAGED, OTHER, POLICY, TEXT, VALID, names, record, uscc


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


@pytest.mark.parametrize("last_day", [date(2019, 12, 31), date(2999, 12, 31)])
@pytest.mark.parametrize(
    ("type_", "attribute"),
    [(NameType.REGISTERED, "name"), (NameType.SHORT, "short_name"), (NameType.ENGLISH, "english_name")],
)
def test_a_name_with_a_last_day_never_survives(type_: NameType, attribute: str, last_day: date) -> None:
    ended = Name("深圳市华强电子器材总厂", type_, "zh", valid_to=last_day)
    now = Name("华强电子", type_, "zh", valid_from=date(2020, 1, 1))
    best = record(1, "erp", "2026-06-01", names=(ended,), identifiers=uscc(VALID))
    golden = survive([best, record(2, "scm", "2020-01-01", names=(ended, now))], POLICY)
    assert golden.attrs[attribute] == "华强电子"
    assert golden.prov[attribute] == {"v": 2, "r": f"{attribute}.only", "n": 1, "why": "only"}
    assert survive([best], POLICY).attrs[attribute] is None


def test_a_record_whose_registered_name_has_ended_is_called_by_the_best_it_has_now() -> None:
    ended = Name("深圳市华强电子器材总厂", valid_to=date(2019, 12, 31))
    golden = survive([record(1, names=(ended, Name("华强", NameType.SHORT)))], POLICY)
    assert golden.attrs["name"] == "华强"


def test_a_damaged_code_does_not_make_a_name_legal() -> None:
    golden = survive(
        [
            record(1, "erp", names=names("深圳市华强电子有限公司")),
            record(2, "scm", names=names("深圳市华星贸易有限公司"), identifiers=uscc(DAMAGED, valid=False)),
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
        {
            "v": 2,
            "value": OTHER,
            "step": "source_rank",
            "needs": "the same value from erp, which stands before scm in sources",
        }
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


def test_equal_content_has_an_equal_hash() -> None:
    assert golden_hash({"a": 1, "b": None}) == golden_hash({"b": None, "a": 1}) != golden_hash({"a": 1, "b": ""})
