"""Duplicates, overlap and contradictions agree with the truth of the generated extracts."""

from __future__ import annotations

from bench.extracts import DEALERS, ERP, SHIP_TO, assess
from hub.survey import survey
from hub.survey.run import survey_with_groups

HEADER = "编码,公司名称,统一社会信用代码,地址,联系人,电话,邮箱\n"
A = (
    "A1,深圳市华强电子有限公司,914403001922038216,深圳市南山区科技路1号,王小明,0755-26988888,info@huaqiang.com\n"
    "A2,深圳华强电子有限责任公司,,深圳市南山区科技路1号,李国强,0755-26988888,\n"
    "A3,上海宏达贸易有限公司,,上海市浦东新区世纪大道88号,陈建华,021-62345678,sales@hongda.com\n"
    "A4,深圳市华强电子有限公司,,北京市海淀区中关村大街27号,赵丽,010-82345678,\n"
)
B = (
    "B1,华强电子（深圳）有限公司,914403001922038216,深圳市福田区深南大道2008号,王小明,0755-83000001,wang@huaqiang.com\n"
    "B2,苏州远大机械有限公司,,苏州市工业园区星湖街328号,周杰,0512-62345678,\n"
)


def test_duplicates_agree_with_the_truth(extracts):
    folder, known = extracts
    names = [ERP, SHIP_TO, DEALERS]
    result, matches, sources = survey_with_groups([folder / name for name in names])
    quality = assess([record for name in names for record in known[name]], matches.groups)
    assert quality.precision >= 0.98
    assert quality.recall_with_evidence >= 0.8
    assert [source.first for source in sources] == [0, 2000, 4000]
    assert result.customers == result.rows - sum(len(group) - 1 for group in matches.groups)


def test_the_figures_fit_each_other(report):
    assert report["rows"] == sum(file["rows"] for file in report["files"]) == 6000
    assert sum(report["combinations"].values()) == report["customers"]
    several = sum(count for files, count in report["combinations"].items() if " + " in files)
    assert several == report["in_several_files"]
    for file in report["files"]:
        assert file["customers"] == file["rows"] - file["duplicate_rows"]
        assert (
            sum((size - 1) * count for size, count in file["sizes"].items() for size in [int(size)])
            == file["duplicate_rows"]
        )
        assert sum(n for names, n in report["combinations"].items() if file["name"] in names) == file["customers"]
    assert len(report["overlaps"]) == 6


def test_overlap_and_reasons_of_a_case_small_enough_to_know(tmp_path):
    (tmp_path / "a.csv").write_text(HEADER + A)
    (tmp_path / "b.csv").write_text(HEADER + B)
    result = survey([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert (result.rows, result.customers, result.in_several_files) == (6, 4, 1)
    assert {(o.a, o.b): o.rows for o in result.overlaps} == {("a.csv", "b.csv"): 2, ("b.csv", "a.csv"): 1}
    (first, _) = result.files
    assert (first.duplicate_groups, first.duplicate_rows, first.sizes) == (1, 1, {2: 1})
    assert {"phone.rare", "address.rare"} <= set(first.reasons)
    assert {"phone", "address"} == set(result.contradictions), "two mailboxes of one company contradict nothing"


def test_a_name_alone_never_makes_a_duplicate(tmp_path):
    (tmp_path / "a.csv").write_text(HEADER + A)
    result = survey([tmp_path / "a.csv"])
    assert result.customers == 3, "A1 and A4 share a name and nothing else"


def test_two_valid_numbers_of_one_customer_are_told_and_not_merged(tmp_path):
    other = A.splitlines()[0].replace("A1", "B1").replace("914403001922038216", "91440300708461136T")
    (tmp_path / "a.csv").write_text(HEADER + A.splitlines()[0] + "\n")
    (tmp_path / "b.csv").write_text(HEADER + other + "\n")
    result = survey([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert result.customers == 2
    assert result.contradictions == {"identifier": 1}
    (example,) = result.conflicts
    assert example.against == ("identifier.contradiction",)
    assert [value.file for value in example.values] == ["a.csv", "b.csv"]
    assert example.values[0].row == 2


def test_a_file_without_customers_is_described_all_the_same(tmp_path):
    (tmp_path / "prices.csv").write_text("item,price\nA-100,12.50\nA-200,13.75\nA-300,99.00\n")
    result = survey([tmp_path / "prices.csv"])
    assert not result.files[0].has_parties
    assert result.rows == 0
    assert [c.name for c in result.files[0].columns] == ["item", "price"]
