"""What a column holds is recognised by its values, helped by its header, in Chinese and in English."""

from __future__ import annotations

import pytest

from bench.extracts import DEALERS, ERP, SHIP_TO
from hub.survey.columns import recognise
from hub.survey.files import Extract
from hub.survey.masking import mask

EXPECTED = {
    ERP: {
        "Party": "key", "Name 1": "organisation", "VAT/Tax Number": "identifier", "Street": "address", "Town": "city",
        "ZIP": "postal_code", "Ctry": "flag", "Telephone": "phone", "Mobile Phone": "mobile", "Fax": "fax",
        "Mail": "email",
    },
    SHIP_TO: {
        "客户编码": "key", "客户名称": "organisation", "简称": "short_name", "统一社会信用代码": "identifier",
        "税号": "identifier", "省": "province", "市": "city", "地址": "address", "邮编": "postal_code",
        "联系人": "person", "电话": "phone", "手机": "mobile", "邮箱": "email", "客户类型": "flag", "状态": "flag",
        "更新日期": "date",
    },
    DEALERS: {
        "Dealer No": "key", "Company (中文)": "organisation", "Company (English)": "organisation",
        "USCC/Tax ID": "identifier", "Address": "address", "City": "city", "Tel": "phone", "E-mail": "email",
        "Contact": "person", "Region": "flag", "Since": "date",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_every_column_of_the_generated_extracts_is_recognised(report, name):
    (file,) = [f for f in report["files"] if f["name"] == name]
    found = {c["name"]: c["holds"] for c in file["columns"]}
    assert {column: found[column] for column in EXPECTED[name]} == EXPECTED[name]


def recognised(header: str, *cells: str) -> str:
    (column,) = recognise(Extract("x.csv", "CSV", [header], [[cell] for cell in cells]), mask)
    return column.holds.value


PHONES = [f"139{n:08d}" for n in range(12_345_678, 12_345_778)]
NAMES = [f"深圳市华{c}电子有限公司" for c in "强盛达泰鑫恒瑞丰兴隆"]
PEOPLE = ["王小明", "李国强", "张伟", "陈建华", "赵丽", "周杰", "吴敏", "郑和平", "孙悦", "钱多多"]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("F1", PHONES, "mobile"),
        ("F2", NAMES, "organisation"),
        ("F3", PEOPLE, "person"),
        ("F4", [f"user{n}@example.com" for n in range(50)], "email"),
        ("F5", ["广东省", "江苏省", "浙江"] * 30, "province"),
        ("F6", [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(60)], "date"),
        ("F7", [f"{n * 37 % 100_000}.{n % 100:02d}" for n in range(200)] * 2, "amount"),
        ("Credit limit", [f"{n * 1000:,}" for n in range(1, 90)], "amount"),
        ("备注", ["老客户，账期六十天", "需要开票后付款", "由张经理介绍"] * 20, "text"),
        ("状态", ["有效", "停用"] * 40, "flag"),
        ("客户编码", [f"C{n:08d}" for n in range(80)], "key"),
        ("编号", [f"{n:06d}" for n in range(100_000, 100_090)], "key"),
        ("传真", [f"0755-2698{n:04d}" for n in range(50)], "fax"),
        ("Spalte", ["", "", ""], "empty"),
    ],
)  # fmt: skip
def test_values_decide_and_headers_help(header, cells, expected):
    assert recognised(header, *cells) == expected


def test_a_header_that_lies_is_not_believed():
    assert recognised("邮箱", *PHONES) == "mobile"
    assert recognised("电话", *[f"user{n}@example.com" for n in range(50)]) == "email"


def test_damage_and_placeholders_are_counted():
    cells = ["914403001922038216"] * 6 + ["9.14403E+17"] * 2 + ["无"] * 2
    (column,) = recognise(Extract("x.csv", "CSV", ["税号"], [[c] for c in cells]), mask)
    assert column.damaged == {"excel": 0.2}
    assert column.placeholders == 0.2
    assert column.distinct == 3
