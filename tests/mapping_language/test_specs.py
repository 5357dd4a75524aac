"""The demo project's mapping documents pass their own tests and keep their promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.canonical import CanonicalRecord, to_payload
from mappings.language import Mapped, Rejected, compile_mapping, load_mapping, run_tests

SPECS = Path(__file__).parents[2] / "mappings" / "specs"
NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))
COMPILED = {name: compile_mapping(load_mapping(SPECS / f"{name}.yaml")) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_passes_its_own_tests(name: str) -> None:
    mapping = COMPILED[name].mapping
    assert mapping.name == name
    assert len(mapping.document.tests) >= 5
    assert [str(failure) for failure in run_tests(mapping)] == []


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("name", NAMES)
def test_no_document_whatever_makes_a_mapping_fail(name: str) -> None:
    compiled = COMPILED[name]
    source = compiled.mapping.document.source
    columns = [c if isinstance(c, str) else next(iter(c)) for c in source.requires]

    @settings(max_examples=150, deadline=None)
    @given(st.dictionaries(st.sampled_from(columns), anything))
    def total(document: dict[str, object]) -> None:
        outcome = compiled.map(document)
        if isinstance(outcome, Rejected):
            assert outcome.message
            assert outcome.remedy
            assert outcome.field

    total()


def test_a_record_holds_neither_null_nor_an_empty_element() -> None:
    outcome = COMPILED["scm.ship_tos"].map({"客户编码": "S1", "客户名称": "无", "电话": "-", "邮箱": None, "地址": ""})
    assert isinstance(outcome, Mapped)
    payload = to_payload(outcome.records[0])
    assert payload == {"model": 1, "kind": "organisation", "roles": ("customer",), "active": True, "references": []}


def erp_document(list_name: str | None, values: dict[str, object]) -> dict[str, object]:
    """Put rendered values into an ERP document as its pull would give them back."""
    document: dict[str, object] = {
        "id": 1, "code": "HUB-1", "name": "x", "active": True, "token": "",
        "identifiers": [], "addresses": [], "contact_mechanisms": [],
    }  # fmt: skip
    return document | (values if list_name is None else {list_name: [values]})


def there_and_back(attribute: str, value: object) -> CanonicalRecord:
    compiled = COMPILED["erp.party"]
    rendered = compiled.render(attribute, value)
    assert rendered is not None
    outcome = compiled.map(erp_document(rendered.list, rendered.values))
    assert isinstance(outcome, Mapped)
    return outcome.records[0]


ship_tos = COMPILED["scm.ship_tos"]
PLACES = [
    ("广东省", "深圳市", "南山区科技路1号"),
    ("", "上海市", "浦东新区世纪大道88号"),
    ("江苏", "苏州", "工业园区星湖街328号5幢"),
    ("浙江省", "杭州市", "杭州市西湖区文三路 90 号"),
    ("", "", "北京市海淀区中关村大街1号"),
    ("广东省", "广州市", "北京路12号"),
    ("香港", "", "九龍尖沙咀彌敦道100號"),
    ("", "", "Hauptstr. 5, 10115 Berlin, Germany"),
    ("内蒙古自治区", "呼和浩特市", ""),
]
PHONES = [
    "0755-26988888",
    "26988888转8012",
    "13912345678",
    "400-800-1234",
    "+49 30 901820",
    "00852 2123 4567",
    "010 62345678-203",
    "95588",
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PLACES), st.sampled_from(PHONES), st.integers(0, 9999), st.sampled_from(["518057", "", "100080"])
)
def test_what_goes_out_to_the_erp_comes_back_as_the_same_element(
    place: tuple[str, str, str], phone: str, number: int, postcode: str
) -> None:
    outcome = ship_tos.map(
        {
            "客户编码": "S1", "客户名称": f"深圳市华强{number}电子有限公司", "统一社会信用代码": "914403001922038216",
            "省": place[0], "市": place[1] or "深圳市", "地址": place[2], "邮编": postcode,
            "电话": phone[:-2] + f"{number % 100:02}", "邮箱": f"Sales{number}@Huaqiang.example",
        }
    )  # fmt: skip
    assert isinstance(outcome, Mapped)
    party = outcome.records[0].content
    assert there_and_back("name", party.names[0].text).content.names == party.names
    assert there_and_back("uscc", party.identifiers[0].value).content.identifiers == party.identifiers
    for one in party.phones:
        value = {"number": one.number, "extension": one.extension, "kind": one.kind}
        assert there_and_back("phone", value).content.phones == (one,)
    for email in party.emails:
        assert there_and_back("email", email.address).content.emails == (email,)
    for address in party.addresses:
        value = {
            "text": address.text,
            "country": address.country,
            "region": address.region,
            "postal_code": address.postal_code,
        }
        assert there_and_back("address", value).content.addresses == (address,)


@pytest.mark.parametrize(
    "written", ["+86 755 2698 8888 ext. 8012", "+86-755-2698-8888 ext. 8012", "+8675526988888 ext. 8012"]
)
def test_a_number_the_erp_reformats_is_still_the_same_number(written: str) -> None:
    outcome = COMPILED["erp.party"].map(erp_document("contact_mechanisms", {"type": "phone", "value": written}))
    assert isinstance(outcome, Mapped)
    assert [(p.number, p.extension) for p in outcome.records[0].content.phones] == [("+8675526988888", "8012")]


def test_the_erp_gets_its_own_shape() -> None:
    erp = COMPILED["erp.party"]
    phone = erp.render("phone", {"number": "+8675526988888", "extension": "8012", "kind": "landline"})
    assert phone is not None
    assert (phone.list, phone.values) == ("contact_mechanisms", {"type": "phone", "value": "+8675526988888 ext. 8012"})
    address = erp.render(
        "address", {"text": "广东省深圳市南山区科技路1号", "country": "CN", "region": "440305", "postal_code": "518057"}
    )
    assert address is not None
    assert address.values == {
        "street": "广东省深圳市南山区科技路1号",
        "city": "深圳市",
        "postal_code": "518057",
        "country": "CN",
    }
    assert erp.render("name", "华强").values == {"name": "华强"}  # type: ignore[union-attr]
    assert erp.render("uscc", "914403001922038216").values == {"type": None, "code": "914403001922038216"}  # type: ignore[union-attr]


def test_what_the_erp_does_not_take_or_is_not_there_renders_nothing() -> None:
    erp = COMPILED["erp.party"]
    assert erp.mapping.writes == {"name", "uscc", "phone", "email", "address"}
    assert erp.render("roles", ["customer"]) is None
    assert erp.render("email", "") is None
