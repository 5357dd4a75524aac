"""Keys under which records meet, the match document, and what is learned from data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from customer_master.policies.documents import PolicyError
from customer_master.resolution.explanation import SENTENCES, explain
from customer_master.resolution.levels import ATTRIBUTES, RARE, levels_of, strength
from customer_master.resolution.party import CAP, KeyKind, blocking_keys, from_stored, key_of, values_of
from customer_master.resolution.policy import load_policy
from customer_master.resolution.scoring import Scorer
from mappings.canonical import Kind

TEXT = Path("customer_master/policies/match.yaml").read_text(encoding="utf-8")


def keys(party: Any) -> set[int]:
    return {key.hash for key in blocking_keys(values_of(party))}


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
        "from customer_master.resolution.party import KeyKind, key_of\n"
        "print(key_of(KeyKind.PHONE, 'organisation', '华强'))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(other.stdout) == key_of(KeyKind.PHONE, "organisation", "华强")


def test_a_value_is_worth_less_the_more_records_hold_it() -> None:
    kind = KeyKind.PHONE
    assert [strength(kind, n) for n in (1, RARE[kind], RARE[kind] + 1, CAP[kind], CAP[kind] + 1)] == [0, 0, 1, 1, 2]


def test_what_is_compared_can_be_stored(party: Any) -> None:
    said = [
        party("深圳市华强电子有限公司", "Huaqiang", code="914403055812182182", contact="王建国", address="深圳市"),
        party("王伟", kind=Kind.PERSON, phone="+8613912345678", email="wang@huaqiang.com.cn"),
    ]
    for values in map(values_of, said):
        assert from_stored(json.loads(json.dumps(values))) == values


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("北京市济晶轩金属材料有限公司", "Beijing Jijingxuan Metal Materials Corp., Ltd."),
        ("烟台市爽贤家居用品股份有限公司", "烟台市爽贤家居股份有限公司"),
        ("嘉兴翔南自化工制造有限公司", "嘉兴翔南自化工制造有限公司".encode("gb18030").decode("latin-1")),
    ],
)
def test_records_of_one_city_meet_by_the_beginning_of_the_name_in_any_script(party: Any, a: str, b: str) -> None:
    assert keys(party(a)) & keys(party(b))


def test_a_house_is_found_in_pinyin_too(party: Any) -> None:
    a = party("甲乙电子有限公司", address="广东省中山市凤凰路9号")
    assert keys(a) & keys(party("Fine Foods Ltd.", address="No. 9 Fenghuang Road, Zhongshan, Guangdong"))


def test_a_vector_is_all_that_scoring_needs(party: Any, policy: Any) -> None:
    a = party("深圳市华强电子有限公司", code="914403055812182182", phone="+8675526988888")
    b = party("华强电子", phone="+8675526988888", address="广东省深圳市南山区科技路18号")
    explained = explain(a, b, policy)
    levels = bytes(
        next((level[row.level.upper()] for row in explained.rows if row.attribute == attribute), 0)
        for attribute, level in levels_of(Kind.ORGANISATION).items()
    )
    assert Scorer(policy)(Kind.ORGANISATION, [levels]) == [explained.score]


def test_the_waterfall_adds_up_and_speaks_two_languages(party: Any, policy: Any) -> None:
    a = party("深圳市华强电子有限公司", phone="+8675526988888")
    b = party("深圳市華強電子有限公司", phone="+8675526988888")
    explained = explain(a, b, policy)
    assert sum(row.weight for row in explained.rows) == pytest.approx(explained.score.weight, abs=0.01)
    phone = next(row for row in explained.rows if row.attribute == "phone")
    assert (phone.a, phone.b, phone.level) == ("+8675526988888", "+8675526988888", "rare")
    assert (phone.en, phone.zh) == ("the same phone number", "电话相同")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_every_level_can_be_explained(attribute: str, kind: Kind) -> None:
    for level in list(levels_of(kind)[attribute])[1:]:
        en, zh = SENTENCES[f"{attribute}.{level.name.lower()}"]
        assert en
        assert zh


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            TEXT.replace("contradiction:", "contradicton:", 1),
            r"match policy, kinds: .*organisation: identifier has no level 'contradicton'",
        ),
        (TEXT.replace("phone:", "fone:", 1), r"unknown attribute 'fone'; there are identifier, name"),
        (TEXT.replace("max_size:", "max_sise:"), r"match policy, max_size: Field required; correct this entry"),
    ],
)
def test_a_broken_document_is_one_clear_sentence(broken: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message) as caught:
        load_policy(broken)
    assert "\n" not in str(caught.value)
