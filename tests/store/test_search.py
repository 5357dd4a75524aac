"""A customer is found by whatever somebody has in hand."""

from __future__ import annotations

from datetime import date

import pytest

from customer_master.store.search import Hit, search
from customer_master.store.visibility import EVERYTHING, Viewer
from hub.pipeline.resolve import resolve
from mappings.canonical import CanonicalRecord, Identifier, Kind, Name, NameType, Party, Phone
from tests.store.activities import order, take
from tests.store.workshop import Workshop, erp_row

HUAQIANG, CODE = "深圳市华强电子有限公司", "914403001922038216"


@pytest.fixture
def stocked(workshop: Workshop) -> Workshop:
    workshop.take_in([
        erp_row(
            1, code="C100042", name=HUAQIANG, identifiers=[{"type": None, "code": CODE}],
            contact_mechanisms=[
                {"type": "phone", "value": "0755-26988888"}, {"type": "email", "value": "li@huaqiang.com"},
            ],
            addresses=[{"street": "南山区科技路1号", "city": "深圳市", "country": "CN"}],
        ),
        erp_row(2, code="C100043", name="华强北商行"),
        erp_row(3, code="C100044", name="Müller Maschinenbau GmbH"),
    ])  # fmt: skip
    take(workshop, order("S77", "1"))
    return workshop


def found(workshop: Workshop, asked: str) -> list[Hit]:
    with workshop.engine.begin() as db:
        return search(db, asked, EVERYTHING)


@pytest.mark.parametrize(
    ("asked", "matched"),
    [
        (CODE, "identifier"), ("0755-26988888", "phone"), ("26988888", "phone"), ("+86 755 2698 8888", "phone"),
        ("Li@Huaqiang.com", "email"), ("huaqiang.com", "email"), ("erp/party/1", "key"), ("SO-S77", "key"),
        ("华强电子", "name"), ("華強電子", "name"), ("szshqdz", "name"), ("huaqiangdianzi", "name"),
        ("深圳市华强电子有限公司", "name"),
    ],
)  # fmt: skip
def test_one_customer_is_found_by_anything(stocked: Workshop, asked: str, matched: str) -> None:
    hits = found(stocked, asked)
    assert [(hit.name, hit.matched) for hit in hits] == [(HUAQIANG, matched)]


def test_two_characters_are_enough_and_the_best_comes_first(stocked: Workshop) -> None:
    assert [hit.name for hit in found(stocked, "华强")] == ["华强北商行", HUAQIANG]
    assert [hit.name for hit in found(stocked, "muller")] == []
    assert [hit.name for hit in found(stocked, "müller")] == ["Müller Maschinenbau GmbH"]


@pytest.mark.parametrize(
    "ended", [Name("吉林东风机械厂", NameType.FORMER), Name("吉林东风机械厂", valid_to=date(2019, 12, 31))]
)
def test_a_former_name_finds_and_matches_but_is_not_the_agreed_one(workshop: Workshop, ended: Name) -> None:
    now, phones = "长春宏图重工有限公司", (Phone("+8643188990011"),)
    identifiers = (Identifier("cn_uscc", CODE),)
    renamed = Party(Kind.ORGANISATION, (ended, Name(now)), identifiers, phones=phones)
    never_told = Party(Kind.ORGANISATION, (Name(ended.text),), phones=phones)
    workshop.land([erp_row(9, name="吉林大学")])
    both = enumerate((renamed, never_told))
    take(workshop, *(CanonicalRecord("party", "customer", str(n), party) for n, party in both), system="crm")
    resolve(workshop.work)
    assert [(hit.name, hit.records) for hit in found(workshop, "东风机械")] == [(now, 2)]


@pytest.mark.parametrize(
    "asked", ["", " ", "强", "%", "'", "\\", "没有这家公司", "13800138000", "a/b/c", "CM-0000-0000-0"]
)
def test_nothing_is_found_by_nonsense(stocked: Workshop, asked: str) -> None:
    assert found(stocked, asked) == []


def test_pairs_of_characters_that_stand_apart_are_no_name(stocked: Workshop) -> None:
    """The pairs 华强, 强电 and 电子 of a name make no name in another order."""
    assert found(stocked, "强电子华强") == []


def test_a_former_number_leads_to_the_customer_of_today(stocked: Workshop) -> None:
    (second,) = found(stocked, "华强北商行")
    stocked.take_in([erp_row(2, "2026-11-02T00:00:00Z", name=HUAQIANG, identifiers=[{"type": None, "code": CODE}])])
    (hit,) = found(stocked, second.public_id.lower())
    assert (hit.name, hit.former, hit.matched) == (HUAQIANG, second.public_id, "number")


def test_customers_of_other_units_take_no_place_in_the_list(stocked: Workshop) -> None:
    stocked.sql_do("update master.source_record set org_unit = 'plant' where native_key = '1'")
    plant = Viewer("li", frozenset({"plant"}))
    with stocked.engine.begin() as db:
        assert [hit.name for hit in search(db, "华强", EVERYTHING, limit=1)] == ["华强北商行"]
        assert [hit.name for hit in search(db, "华强", plant, limit=1)] == [HUAQIANG]
        assert search(db, "华强北商行", plant) == []
