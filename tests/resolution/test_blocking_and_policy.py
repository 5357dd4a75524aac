"""Keys under which records meet, the match document, and what is learned from data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from customer_master.policies.documents import PolicyError
from customer_master.resolution.blocking import CAP, RARE, KeyKind, Rarity, blocking_keys, key_hash, rarity
from customer_master.resolution.comparison import LEVELS, from_vector
from customer_master.resolution.explanation import SENTENCES, explain
from customer_master.resolution.features import features
from customer_master.resolution.policy import load_policy
from customer_master.resolution.scoring import score
from customer_master.resolution.training import estimate
from mappings.canonical import Kind

TEXT = Path("customer_master/policies/match.yaml").read_text(encoding="utf-8")


def keys(party: Any) -> set[int]:
    return {key.hash for key in blocking_keys(features(party))}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"code": "914403055812182182"}, {"code": "440305581218218"}),
        ({"code": "914403055812182182"}, {"damaged": "914403055812182000"}),
        ({"code": "914403055812182182"}, {"damaged": "914403055812182180"}),
        ({"phone": "+8675526988888"}, {"phone": "+8675526988888"}),
        ({"email": "li@huaqiang.com.cn"}, {"email": "sales@huaqiang.com.cn"}),
        ({"address": "广东省深圳市南山区科技路18号"}, {"address": "深圳市南山区科技路18号3楼"}),
    ],
)
def test_records_meet_by_each_proof_though_their_names_do_not(party: Any, a: dict[str, str], b: dict[str, str]) -> None:
    assert keys(party("深圳市华强电子有限公司", **a)) & keys(party("Everbright Trading Ltd", **b))


@pytest.mark.parametrize("name", ["深圳市華強電子有限公司", "华强电子（深圳）有限公司", "深圳市花墙电子有限公司"])
def test_records_meet_by_the_name_in_disguise(party: Any, name: str) -> None:
    assert keys(party("深圳市华强电子有限公司")) & keys(party(name))


def test_colleagues_at_a_free_mail_service_do_not_meet_by_it(party: Any) -> None:
    a, b = party("甲乙电子有限公司", email="a@163.com"), party("丙丁机械有限公司", email="b@163.com")
    assert not keys(a) & keys(b)


def test_kinds_never_meet(party: Any) -> None:
    same = {"phone": "+8613912345678", "email": "wang@huaqiang.com.cn", "address": "广东省深圳市南山区科技路18号"}
    found = [keys(party("王伟", kind=kind, **same)) for kind in Kind]
    assert len(set.union(*found)) == sum(map(len, found))


def test_a_hash_is_the_same_in_another_process() -> None:
    program = (
        "from customer_master.resolution.blocking import KeyKind, key_hash\n"
        "from mappings.canonical import Kind\n"
        "print(key_hash(KeyKind.PHONE, Kind.ORGANISATION, '华强'))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(other.stdout) == key_hash(KeyKind.PHONE, Kind.ORGANISATION, "华强")


def test_rarity_falls_with_the_number_of_holders() -> None:
    kind = KeyKind.PHONE
    assert [rarity(kind, n) for n in (1, RARE[kind], RARE[kind] + 1, CAP[kind], CAP[kind] + 1)] == [
        Rarity.RARE,
        Rarity.RARE,
        Rarity.COMMON,
        Rarity.COMMON,
        Rarity.WORTHLESS,
    ]


def test_a_vector_is_all_that_scoring_needs(party: Any, policy: Any) -> None:
    a = party("深圳市华强电子有限公司", code="914403055812182182", phone="+8675526988888")
    b = party("华强电子", phone="+8675526988888", address="广东省深圳市南山区科技路18号")
    explained = explain(a, b, policy)
    levels = bytes(
        next((LEVELS[attribute][row.level.upper()] for row in explained.rows if row.attribute == attribute), 0)
        for attribute in LEVELS
    )
    assert score(from_vector(Kind.ORGANISATION, levels), policy) == explained.score


def test_the_waterfall_adds_up_and_speaks_two_languages(party: Any, policy: Any) -> None:
    a = party("深圳市华强电子有限公司", phone="+8675526988888")
    b = party("深圳市華強電子有限公司", phone="+8675526988888")
    explained = explain(a, b, policy)
    assert sum(row.weight for row in explained.rows) == pytest.approx(explained.score.weight, abs=0.01)
    phone = next(row for row in explained.rows if row.attribute == "phone")
    assert (phone.a, phone.b, phone.level) == ("+8675526988888", "+8675526988888", "rare")
    assert (phone.en, phone.zh) == ("the same phone number", "电话相同")


@pytest.mark.parametrize("attribute", LEVELS)
def test_every_level_can_be_explained(attribute: str, party: Any, policy: Any) -> None:
    for level in list(LEVELS[attribute])[1:]:
        en, zh = SENTENCES[f"{attribute}.{level.name.lower()}"]
        assert en
        assert zh


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            TEXT.replace("contradiction:", "contradicton:", 1),
            r"match policy, kinds\.\w+\.attributes: .*no level 'contradicton'",
        ),
        (TEXT.replace("phone:", "fone:", 1), r"unknown attribute 'fone'; there are identifier, name"),
        (TEXT.replace("max_size:", "max_sise:"), r"match policy, max_size: Field required; correct this entry"),
    ],
)
def test_a_broken_document_is_one_clear_sentence(broken: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message) as caught:
        load_policy(broken)
    assert "\n" not in str(caught.value)


def test_expectation_maximisation_finds_the_mixture_again(policy: Any) -> None:
    agreeing, disagreeing = bytes([4, 8, 0, 4, 0, 5, 0, 0, 0]), bytes([0, 1, 0, 1, 0, 2, 0, 0, 0])
    vectors = [agreeing] * 300 + [disagreeing] * 700 + [bytes([0, 8, 0, 4, 0, 2, 0, 0, 0])] * 10
    found = estimate(vectors, policy.kinds[Kind.ORGANISATION])
    assert found.prior == pytest.approx(0.31, abs=0.02)
    assert found.m["phone"][4] > 0.95
    assert found.u["phone"][1] > 0.95
    with pytest.raises(ValueError, match="no comparison vectors"):
        estimate([], policy.kinds[Kind.ORGANISATION])
