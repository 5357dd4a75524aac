# ruff: noqa: E501, Q003 - a table reads better with one case a line, and expressions hold both quotes
"""Random mapping documents, well typed, over all forms of expressions; and random rows for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

PLAIN = ("a", "b", "c", "d")
WORDS = ("", "x", "-", " ", "深圳", "A", "0", "ß", "有限公司", "$1", "1", "ab")
TEXTS = (
    "", " ", "A-1-x", "000", "0012", "华强电子有限公司", "深圳市南山区科技路1号", "无", "无无无无无无无", "N/A", "test12", "7777777",
    "straße", "ΑΣ", "ﬁ", "İ", "e\u0301", "a\u3000b", "\u200bz", "x  y", "\x1c", "x\ty", "2024-01-05", "20240105", "2024年1月5日",
    "1970-01-01", "9999-12-31", "20241399", "12.50", "-0", "1E+3", "0.0000001", "12,345.60", "13912345678", "0755-26988888",
    "a@b.example", "Li <li@x.example>; w@y.example", "914403001922038216", "王小明", "yes", "否", "2026-11-01T08:00:00Z",
    '"q\\\x01', "$0", "Customer 12 Ltd.", "深圳市华强电子有限公司", "x; y;; z", "\ufdd0", "🏭", "1.0", "1.00", "inbound",
)  # fmt: skip
"""Texts that are hard to treat alike in two languages, and some that the value readers read."""

_SCALARS: tuple[st.SearchStrategy[Any], ...] = (
    st.sampled_from(TEXTS) | st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.integers(-(10**6), 10**6) | st.none(),
    st.floats(allow_nan=False) | st.none(),
    st.booleans() | st.none(),
    st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.none(),
    st.none(),
    st.lists(st.sampled_from(TEXTS), max_size=2) | st.none(),
    st.sampled_from(TEXTS) | st.integers(0, 9) | st.lists(st.just("x"), max_size=2) | st.none(),
)
"""What a column may hold: mostly of one kind, in the last mixed."""


@st.composite
def rows(draw: Draw) -> dict[str, list[Any]]:
    """Draw source columns of equal length; some are missing."""
    count = draw(st.integers(3, 8))
    columns = {name: _column(draw, draw(st.sampled_from((*_SCALARS[:1] * 9, *_SCALARS))), count) for name in PLAIN}
    item = st.fixed_dictionaries(
        {"x": _SCALARS[0], "y": draw(st.sampled_from(_SCALARS[:4]))}, optional={"z": st.lists(_INNER, max_size=2)}
    )
    lists = st.lists(item, max_size=3) | st.none()
    odd = st.lists(item | st.none(), max_size=2) | st.sampled_from(TEXTS)
    columns["list"] = _column(draw, draw(st.sampled_from((*[lists] * 7, lists | odd))), count)
    for name in draw(st.lists(st.sampled_from((*PLAIN, "list")), max_size=1)):
        del columns[name]
    return columns or {"a": [None] * count}


_INNER = st.fixed_dictionaries({"w": _SCALARS[0]})


def _column(draw: Draw, values: st.SearchStrategy[Any], count: int) -> list[Any]:
    found: list[Any] = draw(st.lists(values, min_size=count, max_size=count))
    return found


@st.composite
def documents(draw: Draw) -> str:
    """Draw a document that reads all columns: ``a`` to ``d``, and ``list`` with fields ``x``, ``y`` and inner ``z``."""
    writer = _Writer(draw)
    kinds = [draw(st.sampled_from(("text", "date", "decimal", "texts", "names", "bool", "records"))) for _ in range(3)]
    lets = []
    for number, kind in enumerate(kinds):
        lets.append(f"  let{number}: '{writer.write(kind, 3)}'")
        writer.names.setdefault(kind, []).append(f"let{number}")
    used = " or ".join(_tell(kind, f"let{number}") for number, kind in enumerate(kinds))
    read = " or ".join(f'blank(row["{name}"])' for name in PLAIN)
    nested = '[verbatim(q["x"]) + verbatim(q["y"]) for q in row["list"] for r in q["z"] if blank(r["w"])]'
    rejects = f'row["a"] == "A" and {writer.write("bool", 2)}'
    filters = f'row["b"] == "x" and row["a"] == "" or row["a"] == "-" and {writer.write("bool", 2)}'
    key = f'otherwise({writer.write("text", 2)}, row["b"])'
    return "\n".join(
        [
            "mapping: random.documents", "version: 1", "source:", "  system: random", "  stream: documents",
            "  requires: [a, b]", "  optional: [c, d, {list: [x, y, {z: [w]}]}]", "let:", *lets,
            "reject:", f"  - {{when: '{rejects}', field: a, because: rejected, remedy: none}}",
            "filter:", f"  - {{when: '{filters}', because: filtered}}",
            "emit:",
            "  - entity: party", "    record_type: party", f"    key: '{key}'",
            f"    correlation: '{writer.write('text', 2)}'", "    kind: organisation", f"    active: '{used} or {read}'",
            f"    names: ['{writer.write('name', 3)}', '{writer.write('names', 3)}']",
            f"    phones: ['{writer.write('phones', 3)}']",
            f"    emails: ['{writer.write('emails', 2)}', '{writer.write('emails', 2)}']",
            f"    contacts: ['{writer.write('texts', 3)}', '{writer.write('text', 2)}', '{nested}']",
            "  - entity: order", "    record_type: order", "    key: 'row[\"a\"] + row[\"b\"]'",
            f"    number: '{writer.write('text', 3)}'", f"    'on': '{writer.write('date', 3)}'",
            f"    total: '{writer.write('decimal', 3)}'",
            f"    lines: ['{writer.write('line', 2)}', '{writer.write('lines', 2)}']",
            f"    references: ['{writer.write('reference', 2)}']",
        ]
    )  # fmt: skip


def _tell(kind: str, name: str) -> str:
    """Write something that uses a let, whatever its type."""
    if kind == "records":
        return f'length(join([verbatim(e["x"]) for e in {name}])) > 3'
    if kind == "names":
        return f"length(join([text(blank(e)) for e in {name}])) > 9"
    return f"blank(join({name}))" if kind == "texts" else f"blank({name})"


class _Writer:
    """Writes expressions of a type; ``names`` are the lets and items they may name, by type."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._items = 0
        self.names: dict[str, list[str]] = {}

    def write(self, kind: str, depth: int) -> str:
        """Write an expression of a type, at most so deep."""
        forms = _LEAVES[kind] if depth <= 0 else _LEAVES[kind] + _FORMS[kind]
        if depth > 0 and kind != "records":
            forms = (*forms, f"{{{kind}}} if {{bool}} else {{{kind}}}")
        form = self._draw(st.sampled_from((*forms, *self.names.get(kind, ()))))
        return self._filled(form, depth - 1)

    def _filled(self, form: str, depth: int) -> str:
        if form.startswith("for "):
            return self._comprehension(form[4:], depth)
        written = ""
        for index, part in enumerate(form.replace("}", "{").split("{")):
            written += part if index % 2 == 0 else self._part(part, depth)
        return f"({written})"

    def _part(self, kind: str, depth: int) -> str:
        if kind == "word":
            return f'"{self._draw(st.sampled_from(WORDS))}"'
        if kind == "column":
            return f'"{self._draw(st.sampled_from(PLAIN))}"'
        if kind == "raw":
            return self._draw(st.sampled_from(self.names.get("raw", []) + [f'row["{name}"]' for name in PLAIN]))
        return self.write(kind, depth)

    def _comprehension(self, element: str, depth: int) -> str:
        item, inner = f"i{self._items}", f"j{self._items}"
        self._items += 1
        before = {kind: list(names) for kind, names in self.names.items()}
        source = self._draw(st.sampled_from(('row["list"]', "records", "texts", "inner")))
        if source == "texts":
            loops = f"for {item} in {self.write('texts', depth)}"
            self.names.setdefault("text", []).append(item)
        else:
            listed = self.write("records", 0) if source == "records" else 'row["list"]'
            loops = f"for {item} in {listed}"
            self.names.setdefault("raw", []).extend([f'{item}["x"]', f'{item}["y"]'])
            if source == "inner":
                loops += f' for {inner} in {item}["z"]'
                self.names["raw"].append(f'{inner}["w"]')
        if self._draw(st.booleans()):
            loops += f" if {self.write('bool', depth)}"
        written = f"[{self.write(element, depth)} {loops}]"
        self.names = before
        return written


_LEAVES: dict[str, tuple[str, ...]] = {
    "text": ("{word}", "row[{column}]"),
    "bool": ("true", "{raw} == {word}", "blank({raw})", "blank(row[\"list\"])"),
    "number": ("1", "length({text})"),
    "day": ('date("2024-01-05")', 'date("20240105")'),
    "date": ('date("2024-01-05")', *['date("20240105") if not is_date({text}) else date("1.1.2020" if false else "")'] * 2),
    "decimal": ('decimal(otherwise(digits({text}), "1.0"))', 'decimal(digits({text}) + ".50")', 'decimal("1E+3")'),
    "texts": ('split("", "-")', "[{text}]", "[{text}, {word}]"),
    "name": ("name({text})",),
    "names": ("[name({text}), name({text}, short)]",),
    "phones": ("phones({text})",),
    "emails": ("emails({text})",),
    "line": ("order_line({text}, {text}, {decimal}, {word}, {decimal})",),
    "lines": ("[order_line(\"x\", \"\", {decimal}), order_line(\"x\", \"\", {decimal})]",),
    "reference": ('reference("branch_of", "erp", "party", {text})',),
    "records": ('[e for e in row["list"] if not blank(e["x"])]', '[e for e in row["list"]]'),
}  # fmt: skip
_FORMS: dict[str, tuple[str, ...]] = {
    "text": (
        "{text} + {text}", "text({raw})", "verbatim({raw})", "otherwise({text}, {text})", "upper({text})", "lower({text})",
        "digits({text})", "drop_zeros({text})", "join({texts}, {word})", "join([{text}, {text}])", "first({texts})",
        "first([{text}, {text}])", "before({text}, {word})", "after({text}, {word})", "replace({text}, {word}, {word})",
        "replace({text}, {text}, {word})", "date_text({date})", "fold({text})", "contact({text})", "text({decimal})",
        "text({number})", "text({bool})", "text({date})", "join(separator={word}, parts={texts})", "area_code({text})",
    ),
    "bool": (
        "{text} == {text}", "{text} < {text}", "{number} >= {number}", "{date} == {date}", "{day} < {day}",
        "{decimal} == {decimal}", "decimal(digits({text}) + \".50\") > decimal(\"12\")", "{text} in {texts}", "{text} not in [{word}, {word}]",
        "{bool} and {bool} and {bool}", "{bool} or {bool}", "not {bool}", *(f'truth(row["{name}"]) if text(row["{name}"]) in ["yes", "", "true"] else {{bool}}' for name in PLAIN), "truth(\"\", {bool})",
        "blank({text})", "blank({name})", "is_date({text})", "has_han({text})", "is_placeholder({text})",
        "starts_with({text}, {text})", "ends_with({text}, {word})", "contains({text}, {text})", "{number} in [{number}, 1]",
    ),
    "number": ("whole(digits({text}))", "length({text})"),
    "date": (*(f'date(row["{name}"]) if is_date(row["{name}"]) else {{date}}' for name in PLAIN), "{day}"),
    "day": (*(f'date(row["{name}"]) if is_date(row["{name}"]) and not blank(row["{name}"]) else {{day}}' for name in PLAIN),),
    "decimal": ('decimal(digits({text}) + "0")', "{decimal} if {bool} else {decimal}"),
    "texts": ("split({text}, {word})", "{texts} + {texts}", "for text", "for texts", "[{text}, {text}, {text}]"),
    "name": ("name({text}, former)", "name({text}, former, {date}, {date})"),
    "names": ("for name", "[{name}] + {names}"),
    "phones": ("faxes({text})", "phones({text}, \"0755\", {text})", "for phones", "{phones} + {phones}"),
    "emails": ("for emails",),
    "line": ("order_line({text}, price={decimal})",),
    "lines": ("for line",),
    "reference": ('reference("ordered_by", "erp", {word}, {text})',),
    "records": (),
}  # fmt: skip
