"""The generated Python function: its forms say what the functions say, its records are those a constructor makes."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from functools import wraps
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import ENTITIES, CanonicalRecord, Holding, HoldingKind, Item
from mappings.language import Mapped, Rejected, compile_mapping, parse_mapping
from mappings.language.catalogue import CATALOGUE, Function
from mappings.language.clock import LANDED_AT
from mappings.language.functions import otherwise, text, upper
from mappings.language.inlining import inlined
from mappings.language.opening import opened
from mappings.normalize.errors import ValueReadError
from mappings.normalize.text import clean

NAMES = {"value": "a", "old": "b", "new": "c"}
INLINED = {
    "after": "a.partition(separator)[2] if separator else ''",
    "before": "a.partition(separator)[0] if separator else a",
    "contains": "part in a",
    "drop_zeros": "a.lstrip('0') or a[:1]",
    "join": "separator.join([part for part in parts if part])",
    "lower": "a.lower()",
    "otherwise": "a or default",
    "replace": "a.replace(b, c) if b else a",
    "starts_with": "a.startswith(start)",
    "upper": "a.upper()",
}
ODD = st.text(st.sampled_from("aß0 -\t\x00\u3000ıé深") | st.characters(), max_size=8)


def _arguments(function: Function) -> dict[str, str]:
    return {p.name: NAMES.get(p.name, p.name) for p in function.parameters}


def _form(function: Function) -> str | None:
    return inlined(function.call, _arguments(function))


def _run(form: str, names: dict[str, Any]) -> Any:
    return eval(form, {"__builtins__": {}}, names)  # noqa: S307 - our own


@pytest.mark.parametrize("name", INLINED)
def test_simple_functions_are_written_out(name: str) -> None:
    form = _form(CATALOGUE[name])
    assert form is not None
    assert form.removeprefix("(").removesuffix(")") == INLINED[name].removesuffix(")")


@given(ODD, ODD, ODD)
def test_a_form_gives_what_the_function_gives(a: str, b: str, c: str) -> None:
    given_ = {"text": (a, b, c), "list of text": ((a, b, c), (), (b,))}
    for function in CATALOGUE.values():
        form = None if function is LANDED_AT else _form(function)  # which is never called: a row knows its own
        wanted = [given_.get(str(p.type)) for p in function.parameters]
        if form is None or None in wanted:
            continue
        for values in product(*filter(None, wanted)):
            names = dict(zip(_arguments(function).values(), values, strict=True))
            assert _run(form, names) == function.call(*values), (function.name, values)


def test_lets_that_name_one_another_again_and_again_are_gone_through_once(minimal: str) -> None:
    """Forty lets, each twice the one above: a walk through every mention would never end."""
    lets = "".join(f"\n  d{n}: {f'd{n - 1} + d{n - 1}' if n else 'tidy'}" for n in range(40))
    text = minimal.replace('text(row["name"])', f'text(row["name"]){lets}')
    text = text.replace("name(tidy,", "name(before(d39, tidy),")
    outcome = compile_mapping(parse_mapping(text, "shop.yaml")).map({"no": "1", "name": ["no text"]})
    assert isinstance(outcome, Rejected)
    assert outcome.field == "name"


@given(ODD, ODD, ODD)
def test_constant_arguments_change_nothing(a: str, b: str, c: str) -> None:
    for name in ("before", "after", "replace", "starts_with", "contains"):
        function = CATALOGUE[name]
        values = dict(zip((p.name for p in function.parameters), (a, b, c), strict=False))
        form = inlined(function.call, {n: "a" if n == "value" else repr(v) for n, v in values.items()})
        assert form is not None
        assert _run(form, {"a": a}) == function.call(**values)


def test_an_argument_that_may_fail_is_asked_once_and_first() -> None:
    assert inlined(upper, {"value": "date_text(c1)"}) == "date_text(c1).upper()"
    assert inlined(otherwise, {"value": "date_text(c1)", "default": "''"}) == "(date_text(c1) or '')"
    assert inlined(otherwise, {"value": "c1", "default": "date_text(c1)"}) is None
    assert inlined(CATALOGUE["drop_zeros"].call, {"value": "date_text(c1)"}) is None
    assert inlined(CATALOGUE["join"].call, {"parts": "(c1, date_text(c2))"}) is None


def test_what_more_stands_around_a_function_is_not_left_out() -> None:
    @wraps(upper)
    def checked(value: str) -> str:
        raise ValueReadError("never", "")

    assert inlined(checked, {"value": "c1"}) is None
    assert inlined(str.upper, {"value": "c1"}) is None


def _values(kind: type, said: int) -> dict[str, Any]:
    return {f.name: f"{f.name} {said}" for f in fields(kind)}


@pytest.mark.parametrize("kind", [*ENTITIES.values(), CanonicalRecord, Mapped], ids=lambda kind: kind.__name__)
def test_an_opened_value_is_as_one_that_was_constructed(kind: type[Any]) -> None:
    constructed, made = kind(**_values(kind, 1)), opened(kind)()
    for name, value in _values(kind, 1).items():
        setattr(made, name, value)
    made.__class__ = kind
    attribute = fields(kind)[0].name
    assert type(made) is kind
    assert (made, hash(made), repr(made)) == (constructed, hash(constructed), repr(constructed))
    assert pickle.loads(pickle.dumps(made)) == constructed  # noqa: S301 - our own
    assert replace(made, **{attribute: "x"}) == replace(constructed, **{attribute: "x"}) != made
    with pytest.raises(FrozenInstanceError):
        setattr(made, attribute, "x")
    with pytest.raises(FrozenInstanceError):
        delattr(made, attribute)


def test_a_type_that_looks_at_its_values_is_not_opened() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        size: int

        def __post_init__(self) -> None:
            assert self.size > 0

    with pytest.raises(TypeError, match="Checked looks at its values"):
        opened(Checked)


DOCUMENT = """\
mapping: shop.things
version: 1
source:
  system: shop
  stream: things
  requires: [no, kind, when, parts: [name], more]
emit:
  - entity: item
    record_type: thing
    key: row["no"]
    code: upper(row["kind"])
  - entity: holding
    record_type: thing
    key: row["no"]
    kind: '"as_sold"'
    item: otherwise(row["kind"], date_text(date(row["when"])))
    configuration: LIST
"""
ROW = {"no": "7", "kind": "valve", "when": "2024-01-05", "parts": [{"name": "a"}, {"name": "b"}], "more": "a"}
PARTS = """'[p["name"] for p in row["parts"]]'"""
ONE, TWO = f"[{PARTS}]", f"""[{PARTS}, 'row["more"]']"""


def _outcome(listed: str, row: dict[str, Any]) -> Any:
    text_ = DOCUMENT.replace("LIST", listed).replace(", more]", ", more]" if "more" in listed else "]")
    return compile_mapping(parse_mapping(text_, "test")).map(row)


@pytest.mark.parametrize("listed", [ONE, TWO])
def test_the_records_are_those_one_constructs(listed: str) -> None:
    item = Item(code="VALVE", name="", revision="", unit="")
    holding = Holding(kind=HoldingKind.AS_SOLD, item="valve", configuration=("a", "b"))
    outcome = _outcome(listed, ROW)
    assert outcome == Mapped(
        (CanonicalRecord("item", "thing", "7", item), CanonicalRecord("holding", "thing", "7", holding))
    )
    assert [type(made) for made in (outcome, outcome.records[0], outcome.records[1].content)] == [
        Mapped, CanonicalRecord, Holding,
    ]  # fmt: skip


@pytest.mark.parametrize("listed", [ONE, TWO])
@pytest.mark.parametrize(
    ("spoilt", "field"),
    [
        ({"parts": "a"}, "parts"),
        ({"parts": ["a"]}, "parts"),
        ({"parts": [{"name": []}]}, "parts"),
        ({"kind": {}}, "kind"),
        ({"when": "soon"}, "kind, when"),  # the default is asked also where it is not taken
    ],
)
def test_a_value_that_cannot_be_read_is_told_by_its_columns(listed: str, spoilt: dict[str, Any], field: str) -> None:
    outcome = _outcome(listed, ROW | spoilt)
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.field) == ("unreadable_value", field)


def test_the_second_part_of_a_list_is_told_apart() -> None:
    outcome = _outcome("""['upper(row["more"])', '[upper(p["name"]) for p in row["parts"]]']""", ROW | {"parts": [1]})
    assert isinstance(outcome, Rejected)
    assert outcome.field == "parts"


@given(st.text(st.characters(max_codepoint=127), max_size=12) | ODD)
def test_every_text_is_read_as_tidy_as_ever(value: str) -> None:
    assert text(value) == clean(value)
