"""Small tables of many shapes, resolved by the real engine at the first try: what a newcomer's own file may be like."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from customer_master.resolution.engine import resolve
from hub.matching.evaluation import Evaluation, Trial, evaluate
from tests.matching.conftest import Write

Cells = tuple[str, ...]
Maker = Callable[[random.Random], Callable[[], Cells]]
"""Draws an entity, and gives what writes a record of it."""

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建国志文斌鹏宇浩然"
_RUSSIAN = (("Иван", "Ivan"), ("Анна", "Anna"), ("Виктор", "Viktor"), ("Мария", "Maria"), ("Роман", "Roman"))
_FAMILIES = (("Попов", "Popov"), ("Волков", "Volkov"), ("Жуков", "Zhukov"), ("Щукин", "Shchukin"), ("Носов", "Nosov"))


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _slip(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice("abcdefghijklmnopqrstuvwxyz") + text[place + 1 :]


def _telephone(rng: random.Random) -> Callable[[], Cells]:
    number = "13" + _digits(rng, 9)
    written = (number, f"+86 {number}", f"{number[:3]}-{number[3:7]}-{number[7:]}", f"{number}.0")
    return lambda: (rng.choice(written),)


def _mailbox(rng: random.Random) -> Callable[[], Cells]:
    name, domain = (
        f"{rng.choice(('anna', 'wang.wei', 'j.smith'))}{_digits(rng, 5)}",
        rng.choice(("qq.com", "gmail.com")),
    )
    return lambda: (f"{_slip(rng, name) if rng.random() < 0.2 else name}@{domain}",)


def _caller(rng: random.Random) -> Callable[[], Cells]:
    number, surname = "13" + _digits(rng, 9), rng.choice(_SURNAMES)

    def call() -> Cells:
        moment = f"2026-0{rng.randint(1, 9)}-{rng.randint(10, 28)} 1{rng.randint(0, 9)}:2{rng.randint(0, 9)}"
        return number, surname + rng.choice(("先生", "女士", "总")), rng.choice(("深圳", "上海", "北京")), moment

    return call


def _chinese_person(rng: random.Random) -> Callable[[], Cells]:
    name, number = rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=2)), "13" + _digits(rng, 9)
    return lambda: (name, rng.choice((number, number, "")))


def _russian(rng: random.Random) -> Callable[[], Cells]:
    names = rng.choice(_RUSSIAN), rng.choice(_FAMILIES)
    born = f"{rng.randint(1940, 2000)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"

    def call() -> Cells:
        script = rng.randrange(2)
        return " ".join(name[script] for name in names), born

    return call


def _tried(write: Write, header: Sequence[str], rows: Sequence[Cells], truth: Sequence[str]) -> Evaluation:
    path = write(header, rows, truth=truth)
    return evaluate(path, Trial(labels=0, seed=0, policy=False, told={}), resolve)


@pytest.mark.parametrize(
    ("header", "maker", "least"),
    [
        (("phone",), _telephone, 0.95),
        (("mail",), _mailbox, 0.9),
        (("来电号码", "称呼", "城市", "来电时间"), _caller, 0.95),
        (("姓名", "手机"), _chinese_person, 0.9),
        (("name", "born"), _russian, 0.95),
    ],
)
def test_a_table_of_few_columns(write: Write, header: Sequence[str], maker: Maker, least: float) -> None:
    rng = random.Random(7)
    rows: list[Cells] = []
    truth: list[str] = []
    for number in range(400):
        record = maker(rng)
        for _ in range(rng.choice((1, 1, 2, 2, 3))):
            rows.append(record())
            truth.append(f"e{number}")
    assert _tried(write, header, rows, truth).figures.f1 >= least


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (("name",), [("Acme Ltd",)]),
        (("name",), [("Acme Ltd",), ("Bolt GmbH",)]),
        (("name", "phone"), [("Acme Ltd", "")] * 3 + [("", "26988888")] * 3),
        (("code", "sex"), [(f"{n:x}{n * n:x}", "mf"[n % 2]) for n in range(300)]),
    ],
)
def test_a_table_in_which_next_to_nothing_meets_is_no_trouble(
    write: Write, header: Sequence[str], rows: Sequence[Cells], recwarn: pytest.WarningsRecorder
) -> None:
    found = _tried(write, header, rows, [str(place) for place in range(len(rows))])
    assert 0 < found.entities_found <= len(rows)
    assert not list(recwarn)
