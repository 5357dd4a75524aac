"""``hub match explain``: why two records of a file are one or two."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

from customer_master.resolution.engine import Resolution, resolve
from hub.cli import main
from hub.matching.evaluation import Trial
from hub.matching.explaining import Explanation, explain
from hub.matching.grouping import texts_of
from hub.matching.opening import open_file
from hub.matching.oracle import Oracle

Hub = Callable[..., tuple[int, str, str]]

HEADER = ("rec_id", "truth", "客户名称", "电话", "邮箱")
CITIES = ("深圳", "北京", "上海", "广州", "成都", "武汉", "杭州", "南京")
FIRST, SECOND = "华金宏天立远万永博瑞", "强隅达勤信航通昌雅丰"
BUSINESSES = ("电子", "物业管理", "贸易", "软件", "机械")


def company(number: int) -> list[tuple[str, ...]]:
    """Three records of a company: registered name and phone; short name, phone and mailbox; mailbox and more.

    Of every eighth company the third has a mailbox only, so that nothing but the second links it to the first.
    """
    trade = FIRST[number % 10] + SECOND[(number // 10 + number) % 10]
    city, business = CITIES[number % 8], BUSINESSES[number * 7 // 10 % 5]
    phone, mail = f"0755-2{number * 7919 % 9000000 + 1000000:07}", f"{number * 37 + 100}kf@qy{number * 53 + 11}.cn"
    name = f"{city}市{trade}{business}有限公司"
    third = ("", "") if number % 8 == 7 else (name.replace("市", ""), phone if number % 2 else "")
    return [
        (f"r{number}", str(number), name, phone, ""),
        (f"s{number}", str(number), trade + business, phone[5:], mail),
        (f"t{number}", str(number), *third, mail),
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = tmp_path_factory.mktemp("explain") / "customers.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *(row for number in range(80) for row in company(number))])
    return table


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hub:
    monkeypatch.setenv("COLUMNS", "150")

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hub", "match", "explain", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def told(path: Path, a: str, b: str, *, labels: int = 0, policy: bool = False) -> Explanation:
    return explain(path, (a, b), Trial(labels, 3, policy, {}))


def bits(found: Explanation) -> list[tuple[str, str, float]]:
    return [(step.name, step.kind, step.bits) for step in found.waterfall.steps]


def resolved(path: Path, labels: int) -> tuple[list[Any], Oracle, Resolution]:
    """The names of the records, who answered, and what the engine finds."""
    opened = open_file(path, {})
    oracle = Oracle(opened.records.truth, labels)
    texts = texts_of(opened.schema, opened.records.columns)
    found = resolve(opened.schema, texts, labels=oracle if labels else None, seed=3)
    return opened.records.ids.to_pylist(), oracle, found


@pytest.mark.parametrize("labels", [0, 20])
def test_the_bars_add_up_to_the_score_that_the_engine_gave(path: Path, labels: int) -> None:
    names, _, found = resolved(path, labels)
    steps = told(path, "r7", "s7", labels=labels).waterfall.steps
    (place,) = np.flatnonzero((found.pairs == sorted((names.index("r7"), names.index("s7")))).all(axis=1))
    assert sum(round(100 * step.bits) for step in steps) == round(100 * found.scores[place])
    assert [steps[0].kind, steps[-1].kind] == ["prior", "learning"]


def test_the_order_of_the_two_makes_no_difference(path: Path) -> None:
    forth, back = told(path, "r7", "t7"), told(path, "t7", "r7")
    assert bits(forth) == bits(back)
    assert (forth.findings, forth.left, forth.right) == (back.findings, back.right, back.left)
    assert [(link.left, link.right, link.bits) for link in forth.chain] == [
        (link.right, link.left, link.bits) for link in reversed(back.chain)
    ]


def test_a_pair_that_no_key_brought_together_is_explained_all_the_same(path: Path) -> None:
    found = told(path, "t7", "t15")
    assert not found.is_candidate
    assert found.findings[0].startswith("this was no candidate pair: no blocking key that says enough")
    assert found.findings[1] == "two groups: the pair does not speak for one"
    assert {step.kind for step in found.waterfall.steps} == {"prior", "company", "phone", "email"}


def test_two_in_one_group_by_a_third_are_told_which(path: Path) -> None:
    found = told(path, "r7", "t7")
    assert (found.is_one_group, found.because_of) == (True, "chain")
    assert [(link.left, link.right) for link in found.chain] == [("r7", "s7"), ("s7", "t7")]
    assert all(link.bits > 0 for link in found.chain)
    assert told(path, "r7", "s7").chain == ()


def test_the_merge_policy_holds_a_name_alone_down(path: Path, tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    rows = [row for number in range(80) for row in company(number)[:2]]
    rows += [(f"n{number}", str(number), company(number)[1][2], "", "") for number in range(0, 80, 4)]
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER[:4], *(row[:4] for row in rows)])
    free, kept = told(table, "s8", "n8"), told(table, "s8", "n8", policy=True)
    assert free.waterfall.score > 0
    assert bits(kept)[:-1] == bits(free)
    assert (kept.waterfall.steps[-1].kind, kept.waterfall.score) == ("policy", -1.0)
    assert "the merge policy leaves it to a person: too little speaks for it but the name" in kept.findings
    assert not any("merge policy" in finding for finding in free.findings)
    assert "the merge policy lets the two be one" in told(path, "r1", "t1", policy=True).findings[0]


def test_whoever_was_asked_is_named_as_the_reason(path: Path) -> None:
    names, oracle, _ = resolved(path, 20)
    asked = [(names[a], names[b]) for a, b in oracle.asked.tolist()]
    same = next(pair for pair in asked if pair[0][1:] == pair[1][1:])
    different = next(pair for pair in asked if pair[0][1:] != pair[1][1:])
    yes, no = told(path, *same, labels=20), told(path, *different, labels=20)
    assert (yes.is_one_group, yes.because_of, no.is_one_group, no.because_of) == (True, "answer", False, "answer")
    assert yes.findings == ("one group: somebody was asked, and answered that they are one",)
    assert no.findings == ("two groups: somebody was asked, and answered that they are two",)


def test_a_short_name_beside_the_registered_one_reads_well_in_chinese(hub: Hub, path: Path) -> None:
    code, out, err = hub(path, "r7", "s7", "--language", "zh")
    assert (code, err) == (0, "")
    for words in (
        "属性", "说明", "比特", "得分", "起点", "学习", "永昌", "字号与行业相同，仅一方写明地区或集团",
        "电话号码相同，一方未写区号或国家代码", "无从比较：一方没有邮箱", "归为一组：这一对本身即支持", "█",
    ):  # fmt: skip
        assert words in out, words
    assert "the same" not in out


def test_the_table_is_in_english_unless_told_otherwise(hub: Hub, path: Path) -> None:
    code, out, _ = hub(path, "r7", "t7")
    assert code == 0
    for words in ("customers.csv", "what it says", "score", "a chain of other records links the two", "r7 — s7  +"):
        assert words in out, words


def test_json_has_the_score_at_the_top_and_says_every_step(hub: Hub, path: Path) -> None:
    code, out, _ = hub(path, "r7", "s7", "--json", "--language", "zh", "--labels", 20, "--seed", 1, "--policy")
    found: dict[str, Any] = json.loads(out)
    assert code == 0
    assert list(found) == [
        "score", "file", "left", "right", "waterfall", "is_candidate", "allowed", "is_one_group", "because_of",
        "chain", "warnings", "findings",
    ]  # fmt: skip
    assert list(found["waterfall"][0]) == ["name", "kind", "level", "left", "right", "bits", "says"]
    steps = {step["kind"]: step for step in found["waterfall"]}
    assert steps["phone"]["level"] == "local"
    assert steps["phone"]["says"] == "电话号码相同，一方未写区号或国家代码"
    assert steps["phone"]["left"].startswith("0755-")
    assert round(sum(step["bits"] for step in found["waterfall"]), 2) == found["score"]


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        (("r7", "r7"), "r7 is named twice: a record is not compared with itself. Name two records"),
        (("r7", "r99"), "customers.csv: there is no record 'r99'. Name two values of the column rec_id"),
        (("", "r7"), "customers.csv: there is no record ''. Name two values of the column rec_id"),
    ],
)
def test_a_wrong_pair_is_one_sentence(hub: Hub, path: Path, pair: tuple[str, str], sentence: str) -> None:
    code, out, err = hub(path, *pair)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


def test_a_file_without_a_candidate_pair_is_one_sentence(hub: Hub, tmp_path: Path) -> None:
    table = tmp_path / "two.csv"
    table.write_text("rec_id,truth,name,phone\n1,1,Isla Hall,02079460958\n2,2,Evie Dean,03069990123\n")
    code, out, err = hub(table, "1", "2")
    assert (code, out) == (1, "")
    assert "two.csv: no two records share a blocking key, so nothing says what a level weighs. Say what" in err


def test_the_bars_fit_on_a_narrow_terminal(hub: Hub, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = hub(path, "r7", "s7")
    table = out[: out.rindex("┘") + 1].splitlines()[1:]
    assert {cell_len(line) for line in table} == {cell_len(table[0])}
    assert cell_len(table[0]) <= 80
    assert {line[-1] for line in table} <= set("┓┃┩│┤┘"), "nothing is cut off"
