"""Functions of installed packages: real entry points of a distribution that lies in a folder."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path

import pytest

from mappings.language import Mapped, Mapping, MappingError, Rejected, compile_mapping, parse_mapping
from mappings.language.coverage import coverage
from mappings.language.derivation import derive
from mappings.language.extensions import bound, outdated

MODULE = '''\
from datetime import date, datetime
from decimal import Decimal
from mappings.canonical import Phone
from mappings.normalize.errors import ValueReadError

def grade(value: str, strict: bool = False) -> str:
    """Grade."""
    if value == "bad":
        raise ValueReadError("no grade", "")
    if value == "broken":
        raise RuntimeError("secret")
    return 7 if value == "liar" else f"{value}/A"

def numbers(value: str) -> tuple[Phone, ...]:
    return (Phone("+4930901820", "", "landline"),) if value else ()

def where(value: str, zone: str = "") -> str:
    return f"{value} {zone}"

def bare(value):
    return value

def named(value: str, *, strict: bool = False) -> str:
    return value

def local(value: str) -> datetime:
    return datetime(2026, 11, 1, 8)

def day(value: str) -> date:
    return datetime(2026, 11, 1, 8)

def ended(value: str) -> str:
    return value + chr(0)

def amount(value: str) -> Decimal:
    return Decimal(value)
'''
ENTRY_POINTS = """\
[customer_hub.functions]
grade = acme_{0}:grade
numbers = acme_{0}:numbers
where = acme_{0}:where
bare = acme_{0}:bare
named = acme_{0}:named
local = acme_{0}:local
day = acme_{0}:day
amount = acme_{0}:amount
ended = acme_{0}:ended
gone = acme_{0}:gone
lost = acme_{0}_lost:lost
"""


def install(folder: Path, package: str, entry_points: str, version: str = "1.2") -> None:
    info = folder / f"{package}-1.2.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the search path with a package acme-functions 1.2."""
    tag = tmp_path.name.replace("-", "_")
    (tmp_path / f"acme_{tag}.py").write_text(MODULE, encoding="utf-8")
    install(tmp_path, "acme-functions", ENTRY_POINTS.format(tag))
    monkeypatch.syspath_prepend(tmp_path)
    invalidate_caches()
    yield tmp_path
    sys.modules.pop(f"acme_{tag}", None)


def with_name(minimal: str, expression: str) -> Mapping:
    return parse_mapping(minimal.replace("name(tidy, registered)", expression), "shop.yaml")


def test_a_function_of_an_installed_package_is_called_and_typed(minimal: str, site: Path) -> None:
    text = minimal.replace('phones(p["value"])', 'ext_numbers(p["value"])')
    mapping = parse_mapping(text.replace("name(tidy, registered)", "name(ext_grade(tidy, strict=true))"), "shop.yaml")
    row = {"no": "1", "name": "华强", "phones": [{"kind": "tel", "value": "1"}]}
    outcome = compile_mapping(mapping).map(row)
    assert isinstance(outcome, Mapped)
    assert outcome.records[0].content.names[0].text == "华强/A"
    assert outcome.records[0].content.phones[0].number == "+4930901820"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("bad", "no grade"),
        ("broken", "the value cannot be read"),
        ("liar", "ext_grade gave something else than it says"),
    ],
)
def test_one_that_fails_or_lies_rejects_the_row(minimal: str, site: Path, value: str, said: str) -> None:
    outcome = compile_mapping(with_name(minimal, "name(ext_grade(tidy))")).map({"no": "1", "name": value})
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.message) == ("unreadable_value", f'column "name": {said}')


@pytest.mark.parametrize(
    ("function", "expression"),
    [("local", "instant_text(ext_local(tidy))"), ("day", "date_text(ext_day(tidy))"),
     ("amount", "decimal_text(ext_amount(tidy))"), ("ended", "ext_ended(tidy)")],
)  # fmt: skip
def test_a_value_that_cannot_be_kept_rejects_the_row(minimal: str, site: Path, function: str, expression: str) -> None:
    """A time without offset would be read by the machine's clock; NaN is no amount; no database keeps NUL."""
    outcome = compile_mapping(with_name(minimal, f"name({expression})")).map({"no": "1", "name": "NaN"})
    assert isinstance(outcome, Rejected)
    assert outcome.message == f'column "name": ext_{function} gave something else than it says'


def test_whoever_explains_a_value_says_that_nobody_can_look_inside(minimal: str, site: Path) -> None:
    mapping = with_name(minimal, 'name(ext_grade(tidy)) if ext_grade(tidy) != "" else name(tidy)')
    steps = {step.place: step for step in derive(mapping, {"no": "1", "name": "华强"})}
    assert "ext_grade[opaque: acme-functions 1.2](tidy)" in steps["emit.0.names.0"].expression
    assert set(steps["emit.0.names.0"].columns) == {"name"}
    untried = coverage(mapping, [{"no": "1", "name": "华强"}]).untried
    assert 'ext_grade[opaque: acme-functions 1.2](tidy) != ""' in [one.condition for one in untried]
    assert set(mapping.program.extensions) == {"ext_grade"}


def test_a_mapping_without_any_depends_on_no_package(minimal: str) -> None:
    assert parse_mapping(minimal, "shop.yaml").program.extensions == {}


@pytest.mark.parametrize(
    ("expression", "what", "remedy"),
    [
        ("name(ext_grad(tidy))", '16:15: unknown function "ext_grad"', 'Did you mean "ext_grade"?'),
        ("name(grade(tidy))", 'unknown function "grade"', ""),
        ("ext_grade(tidy)", "this is a text", "Expected a list of name"),
        ("name(ext_grade(tidy, 7))", "16:31: this is a number", "Expected a bool"),
        ("name(ext_grade())", '"ext_grade" lacks value', "Expected ext_grade(value, [strict])"),
        ("name(ext_bare(tidy))", "acme-functions 1.2 is not annotated with types of the language", "Annotate"),
        ("name(ext_named(tidy))", "acme-functions 1.2 has parameters that cannot be given by place", "Declare them"),
        ("name(ext_gone(tidy))", 'the function "ext_gone" of acme-functions 1.2 cannot be imported', "anew"),
        ("name(ext_lost(tidy))", 'the function "ext_lost" of acme-functions 1.2 cannot be imported', "anew"),
        ('name(ext_where(tidy, "Asia/Shangai"))', "16:31: unknown time zone", 'Did you mean "Asia/Shanghai"?'),
    ],
)
def test_a_mistake_is_told_with_its_place(minimal: str, site: Path, expression: str, what: str, remedy: str) -> None:
    with pytest.raises(MappingError) as caught:
        with_name(minimal, f"'{expression}'")
    assert str(caught.value).startswith("shop.yaml:16:")
    assert what in str(caught.value)
    assert remedy in str(caught.value)


def test_a_function_of_two_packages_is_refused(minimal: str, site: Path) -> None:
    install(site, "bolt-functions", "[customer_hub.functions]\ngrade = bolt:grade\n")
    with pytest.raises(
        MappingError, match='several packages have a function "ext_grade": acme-functions, bolt-functio'
    ):
        with_name(minimal, "name(ext_grade(tidy))")


def test_without_the_package_the_function_is_unknown(minimal: str) -> None:
    with pytest.raises(MappingError, match='unknown function "ext_grade"'):
        with_name(minimal, "name(ext_grade(tidy))")


GRADE = "# function: ext_grade(value: text, [strict: bool]) -> text, acme-functions 1.2\n"
NUMBERS = "# function: ext_numbers(value: text) -> list of phone, acme-functions 1.2\n"


def test_an_applied_document_says_what_its_functions_were(minimal: str, site: Path) -> None:
    text = minimal.replace("name(tidy,", "name(ext_grade(tidy),").replace(
        'phones(p["value"])', 'ext_numbers(p["value"])'
    )
    assert bound(text) == text + GRADE + NUMBERS
    assert bound(bound(text)) == bound(text)
    assert bound(text.rstrip() + "  \n\n") == bound(text)
    assert outdated(bound(text)) == []
    assert parse_mapping(bound(text), "shop.yaml").program == parse_mapping(text, "shop.yaml").program


def test_a_document_that_calls_none_is_applied_as_written(minimal: str, site: Path) -> None:
    for text in (
        minimal,
        minimal.replace("no, name]", "no, name] # ext_grad is none\n# function: none"),
        minimal.replace("\n", "\r\n"),
    ):
        assert bound(text) == text


def test_other_types_or_another_version_make_another_document(minimal: str, site: Path) -> None:
    text = minimal.replace("name(tidy,", "name(ext_grade(tidy),")
    earlier = text + GRADE.replace("1.2", "1.1")
    assert bound(earlier) == text + GRADE
    (clause,) = outdated(earlier)
    declared = "ext_grade(value: text, [strict: bool]) -> text, acme-functions"
    assert clause == f"applied is {declared} 1.1, and installed is {declared} 1.2"
    assert len(outdated(text + GRADE.replace("[strict: bool]", "[strict: text]"))) == 1
    assert outdated(text + GRADE.replace("ext_grade", "ext_elsewhere"))[0].endswith("and installed is none")


def test_the_example_of_the_documentation_works(minimal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    part = page.partition("\n## Functions of your own\n")[2].partition("\n## ")[0]
    (module,), (registered,) = (
        re.findall(r"```python\n(.*?)```", part, re.DOTALL),
        re.findall(r"```toml\n(.*?)```", part, re.DOTALL),
    )
    (line,) = re.findall(r"^# function: .*\n", part, re.MULTILINE)
    (tmp_path / "acme_functions.py").write_text(module, encoding="utf-8")
    ((group, points),) = tomllib.loads(registered)["project"]["entry-points"].items()
    install(tmp_path, "acme-functions", f"[{group}]\n" + "".join(f"{n} = {at}\n" for n, at in points.items()))
    monkeypatch.syspath_prepend(tmp_path)
    invalidate_caches()
    (call,) = re.findall(r"`(ext_\w+\(row.*?, .*?\))`", part)
    text = minimal.replace("name(tidy, registered)", f"name(tidy + {call.replace('score', 'note')})")
    assert bound(text) == text + line
    mapping = parse_mapping(text, "shop.yaml")
    outcome = compile_mapping(mapping).map({"no": "1", "name": "华强", "note": "95"})
    assert isinstance(outcome, Mapped)
    assert outcome.records[0].content.names[0].text == "华强A"
    steps = {step.place: step for step in derive(mapping, {"no": "1", "name": "华强", "note": "85"})}
    (opaque,) = re.findall(r"`(ext_credit_grade\[.*?\])`", part)
    assert opaque in steps["emit.0.names.0"].expression


def test_the_version_is_the_one_whose_code_runs(minimal: str, site: Path) -> None:
    text = minimal.replace("name(tidy,", "name(ext_grade(tidy),")
    assert bound(text) == text + GRADE
    tag = next(site.glob("acme_*.py")).stem.removeprefix("acme_")
    install(site, "acme-functions", ENTRY_POINTS.format(tag), version="1.3")
    assert bound(text) == text + GRADE, "this process still has the code of 1.2"
