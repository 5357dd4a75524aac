# ruff: noqa: E501, Q003 - a table reads better with one case a line, and expressions hold both quotes
"""Random mapping documents, well typed, over all forms of expressions; and random rows for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from mappings.language.crosswalks import Crosswalk, Row

Draw = Callable[[st.SearchStrategy[Any]], Any]

PLAIN = ("a", "b", "c", "d", "e", "code", "at")
"""Columns of single values: two of any text, days, numbers, days with the day first, codes, instants."""

WORDS = ("", "x", "-", " ", "深圳", "A", "0", "ß", "有限公司", "$1", "1", "ab")
TEXTS = (
    "", " ", "A-1-x", "000", "0012", "华强电子有限公司", "深圳市南山区科技路1号", "无", "无无无无无无无", "N/A", "test12", "7777777",
    "straße", "ΑΣ", "ﬁ", "İ", "e\u0301", "a\u3000b", "\u200bz", "x  y", "\x1c", "x\ty", "2024-01-05", "20240105", "2024年1月5日",
    "1970-01-01", "9999-12-31", "20241399", "12.50", "-0", "1E+3", "0.0000001", "12,345.60", "13912345678", "0755-26988888",
    "a@b.example", "Li <li@x.example>; w@y.example", "914403001922038216", "王小明", "yes", "否", "2026-11-01T08:00:00Z",
    '"q\\\x01', "$0", "Customer 12 Ltd.", "深圳市华强电子有限公司", "x; y;; z", "\ufdd0", "🏭", "1.0", "1.00", "inbound",
    "05/01/2024", "13.01.2024", "（１２３）％", "華強電子（香港）有限公司", "欧阳娜娜经理", "Dr. Anna Schmidt", "bad", "liar", "N",
)  # fmt: skip
"""Texts that are hard to treat alike in two languages, and some that the value readers read."""

CROSSWALKS = {
    crosswalk.reference: crosswalk
    for crosswalk in (
        Crosswalk(
            "states", 1, "service",
            (Row("N", "reported", True), Row("n", "reported", False), Row("A", "accepted", True), Row("Z", "handled", True)),
        ),
        Crosswalk("ways", 2, "sales", (Row("inbound", "N", True), Row("outbound", "A", True), Row("internal", "Z", True))),
    )
}  # fmt: skip
"""What the documents look up in; a code of the first stands for a state, the second gives directions backwards."""

INSTANTS = (datetime(2026, 11, 1, 18, tzinfo=UTC), datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC))

_TEXT = st.sampled_from(TEXTS) | st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_ODD: tuple[st.SearchStrategy[Any], ...] = (
    st.integers(-(10**6), 10**6) | st.none(),
    st.floats(allow_nan=False) | st.none(),
    st.booleans() | st.none(),
    st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.none(),
    st.none(),
    st.lists(st.sampled_from(TEXTS), max_size=2) | st.none(),
    st.sampled_from(TEXTS) | st.integers(0, 9) | st.lists(st.just("x"), max_size=2) | st.none(),
)
"""What stands in a column where nobody would expect it: of another kind, in the last mixed."""

_DAYS = st.dates(date(1899, 12, 30), date(2099, 12, 31))
_MOMENTS = st.datetimes(datetime.fromisoformat("1950-01-01"), datetime.fromisoformat("2090-01-01"))
_HEALTHY: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "a": (st.sampled_from([text for text in TEXTS if text.strip()]), st.text("abcXY019-. 深圳", min_size=1, max_size=9)),
    "b": (_TEXT,),
    "c": (
        _DAYS.map(date.isoformat), _DAYS.map("{:%Y%m%d}".format), _DAYS | st.none(),
        st.sampled_from(["2024-01-05", "20240105", "2024年1月5日", "民國113年1月5日", "9999-12-31", "", " 2024/1/5 10:30 ", "暂无"]),
    ),
    "d": (
        st.integers(-(10**6), 10**6).map(str), st.decimals(-(10**9), 10**9, places=2).map(str), st.integers(-9, 10**12),
        st.sampled_from(["12.50", "-0", "1E+3", "0.0000001", "12,345.60", "1.0", "1.00", "", "7", "007", "45296.5"]),
    ),
    "e": (_DAYS.map("{:%d/%m/%Y}".format), st.sampled_from(["05/01/2024", "13.01.2024", "2024-01-05", "", "1.1.1970"])),
    "code": (st.sampled_from(["N", "A", "Z"]), st.sampled_from(["N", "A", " Z "]), st.sampled_from(["Z", "N\u3000", "A"])),
    "at": (
        _MOMENTS.map("{:%Y-%m-%dT%H:%M:%S}".format),
        st.sampled_from(["2026-11-01T08:00:00Z", "2026-11-01 08:00+02:00", "1991-09-15 01:30", "2026/11/1 8:00"]),
        _MOMENTS,
        _MOMENTS.map(lambda moment: moment.replace(tzinfo=UTC)),
    ),
}  # fmt: skip
"""What a column mostly holds, so that its readers can read it; each column one of these."""


@st.composite
def rows(draw: Draw) -> dict[str, list[Any]]:
    """Draw source columns of equal length; some are missing."""
    count = draw(st.integers(5, 10))
    odd_one = draw(st.sampled_from((*[""] * 50, *PLAIN)))
    columns = {name: _column(draw, name, count, is_odd=name == odd_one) for name in PLAIN}
    item = st.fixed_dictionaries(
        {"x": _TEXT, "y": draw(st.sampled_from((_TEXT, *_ODD[:3])))}, optional={"z": st.lists(_INNER, max_size=2)}
    )
    lists = st.lists(item, max_size=3) | st.none()
    odd = st.lists(item | st.none(), max_size=2) | st.sampled_from(TEXTS)
    columns["list"] = _values(draw, draw(st.sampled_from((*[lists] * 11, lists | odd))), count)
    for name in draw(st.sampled_from((*[()] * 40, *((name,) for name in columns)))):
        del columns[name]
    return columns


_INNER = st.fixed_dictionaries({"w": _TEXT})


def _column(draw: Draw, name: str, count: int, *, is_odd: bool) -> list[Any]:
    """Draw a column of what belongs there, sometimes with a value that does not, or one of another kind."""
    values = _values(draw, draw(st.sampled_from(_ODD if is_odd else _HEALTHY[name])), count)
    if draw(st.sampled_from((False,) * 7 + (True,))):
        values[draw(st.integers(0, count - 1))] = draw(_TEXT)
    return values


def _values(draw: Draw, values: st.SearchStrategy[Any], count: int) -> list[Any]:
    found: list[Any] = draw(st.lists(values, min_size=count, max_size=count))
    return found


@st.composite
def documents(draw: Draw) -> str:
    """Draw a document that reads all columns: :data:`PLAIN`, and ``list`` with fields ``x``, ``y`` and inner ``z``.

    It may name :data:`CROSSWALKS` and call ``ext_grade`` and ``ext_numbers``.
    """
    writer = _Writer(draw)
    kinds = [draw(st.sampled_from(_LETS)) for _ in range(3)]
    lets = []
    for number, kind in enumerate(kinds):
        lets.append(f"  let{number}: '{writer.write(kind, 3)}'")
        writer.names.setdefault(kind, []).append(f"let{number}")
    used = " or ".join(_tell(kind, f"let{number}") for number, kind in enumerate(kinds))
    read = " or ".join(f'blank(row["{name}"])' for name in PLAIN)
    nested = 'join([verbatim(q["x"]) + verbatim(q["y"]) for q in row["list"] for r in q["z"] if blank(r["w"])]) == ""'
    rejects = f'row["a"] == "A" and {writer.write("bool", 2)}'
    filters = f'row["b"] == "x" and row["a"] == "" or row["a"] == "-" and {writer.write("bool", 2)}'
    entities = draw(st.lists(st.sampled_from(sorted(_EMITS)), min_size=1, max_size=2))
    return "\n".join(
        [
            "mapping: random.documents", "version: 1", "source:", "  system: random", "  stream: documents",
            "  requires: [a, b, at]", "  optional: [c, d, e, code, {list: [x, y, {z: [w]}]}]",
            f"  zone: {draw(st.sampled_from(('Asia/Shanghai', 'Europe/Berlin')))}",
            "crosswalks: {states: states@1, ways: ways@2}", "let:", *lets,
            "reject:", f"  - {{when: '{rejects}', field: a, because: rejected, remedy: none}}",
            "filter:", f"  - {{when: '{filters}', because: filtered}}",
            "emit:", *(line for entity in entities for line in _emit(writer, entity)),
            "  - entity: item", "    record_type: all", "    key: otherwise(row[\"a\"], row[\"b\"])",
            f"    code: 'text({used} or {read} or {nested})'", "    name: date_text(today())",
            '    unit: \'translate("N", states) + translate_back("N", ways)\'',
        ]
    )  # fmt: skip


def _emit(writer: _Writer, entity: str) -> list[str]:
    said = {"key": "key", "correlation": "text", **_EMITS[entity], "references": ["reference"]}
    lines = [f"  - entity: {entity}", f"    record_type: {entity}"]
    for attribute, kinds in said.items():
        if isinstance(kinds, list):
            written = ", ".join(f"'{writer.write(kind, 2)}'" for kind in kinds)
            lines.append(f"    {attribute}: [{written}]")
        else:
            lines.append(f"    '{attribute}': '{writer.write(kinds, 2)}'")
    return lines


def _tell(kind: str, name: str) -> str:
    """Write something that uses a let, whatever its type."""
    if kind == "records":
        return f'length(join([verbatim(e["x"]) for e in {name}])) > 3'
    if kind in ("names", "mentions"):
        return f"length(join([text(blank(e)) for e in {name}])) > 9"
    return f"blank(join({name}))" if kind == "texts" else f"blank({name})"


class _Writer:
    """Writes expressions of a type; ``names`` are the lets and items they may name, by type."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._items = 0
        self._risks = draw(st.sampled_from((0,) * 9 + (1, 2)))
        self.names: dict[str, list[str]] = {}

    def write(self, kind: str, depth: int) -> str:
        """Write an expression of a type, at most so deep."""
        form = self._draw(st.sampled_from((*self._forms(kind, depth), *self.names.get(kind, ()))))
        return self._filled(form, depth - 1)

    def _forms(self, kind: str, depth: int) -> tuple[str, ...]:
        if depth <= 0:
            return _LEAVES[kind]
        if self._risks and kind in _RISKY and self._draw(st.sampled_from((False,) * 9 + (True,))):
            self._risks -= 1
            return _RISKY[kind]
        either = () if kind in _UNMIXED else (f"{{{kind}}} if {{bool}} else {{{kind}}}",)
        return (*_LEAVES[kind], *_FORMS[kind], *either)

    def _filled(self, form: str, depth: int) -> str:
        if form.startswith("for "):
            return self._comprehension(form[4:], depth)
        written = ""
        for index, part in enumerate(form.replace("}", "{").split("{")):
            written += part if index % 2 == 0 else self._part(part, depth)
        return f"({written})"

    def _part(self, kind: str, depth: int) -> str:
        if kind in _CHOSEN:
            return str(self._draw(st.sampled_from(_CHOSEN[kind])))
        if kind == "raw":
            return str(self._draw(st.sampled_from(self.names.get("raw", []) + [f'row["{name}"]' for name in PLAIN])))
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


_LETS = ("text", "date", "decimal", "texts", "names", "bool", "records", "instant", "number", "mentions", "step")

_EMITS: dict[str, dict[str, str | list[str]]] = {
    "party": {
        "kind": "kind", "active": "bool", "names": ["name", "names"], "identifiers": ["identifier"], "addresses": ["address"],
        "phones": ["phones", "phones"], "emails": ["emails", "emails"], "contacts": ["texts", "text", "texts"], "roles": ["roles"],
    },
    "interaction": {
        "channel": "channel", "direction": "direction", "at": "instant", "duration": "number", "subject": "text", "text": "text",
        "agent": "text", "mentions": ["mentions", "mentions"], "attachments": ["attachment", "attachments"],
    },
    "case": {"state": "state", "at": "instant", "subject": "text", "steps": ["step", "step", "steps"], "mentions": ["mentions"]},
    "order": {"number": "text", "state": "text", "on": "date", "currency": "text", "total": "decimal", "lines": ["line", "lines"]},
    "holding": {"kind": "holding", "item": "text", "description": "text", "on": "date", "configuration": ["texts", "text"]},
    "consent": {
        "state": "consent", "at": "instant", "purpose": "text", "until": "date", "channels": ["channels"], "mentions": ["mentions"],
    },
    "channel_stock": {"item": "text", "quantity": "decimal", "unit": "text", "on": "date"},
    "sell_through": {
        "item": "text", "quantity": "decimal", "since": "date", "until": "date", "amount": "decimal", "currency": "text",
    },
}  # fmt: skip
"""What is said of a record of each entity: an expression of a kind, or a list of some."""

_CHOSEN: dict[str, tuple[str, ...]] = {
    "word": tuple(f'"{word}"' for word in WORDS),
    "column": tuple(f'"{name}"' for name in PLAIN),
    "zone": ('"UTC"', '"Asia/Shanghai"', '"America/New_York"'),
    "role": ('"caller"', '"sender"', '"subject"'),
    "company": ('"region"', '"trade_name"', '"legal_form"', '"core"'),
    "person": ('"family"', '"given"', '"title"'),
    "part": ('"country"', '"city"', '"road"', '"postal_code"'),
    "order": ('"day"', '"month"'),
}  # fmt: skip
"""What is written out at such a place."""

_UNMIXED = frozenset({"records", "key", "state", "direction", "channel", "consent", "holding"})
"""Kinds of which one expression cannot stand in for another: what a look-up becomes depends on where it stands."""

_LEAVES: dict[str, tuple[str, ...]] = {
    "key": ('otherwise({text}, row["a"])', 'row["a"]', 'row["a"] + "-1"'),
    "text": ("{word}", "row[{column}]"),
    "bool": ("true", "{raw} == {word}", "blank({raw})", "blank(row[\"list\"])"),
    "number": ("1", "length({text})"),
    "day": ('date("2024-01-05")', 'date("20240105")', "today()"),
    "date": ('date("2024-01-05")', 'date(row["c"])', 'date(row["c"])', 'date(row["e"], "day")', 'date("")'),
    "decimal": ('decimal(row["d"])', 'decimal(digits({text}) + ".50")', 'decimal("1E+3")'),
    "instant": ('instant("2026-11-01T08:00:00Z")', 'instant(row["at"])', "landed_at()"),
    "texts": ("split(\"\", \"-\")", "[{text}]", "[{text}, {word}]"),
    "kind": ("organisation", "person if {bool} else site"),
    "holding": ("\"as_sold\"", "\"as_sold\" if {bool} else \"customer_part\""),
    "direction": ('"internal"', 'direction_of("Inbound")', 'translate_back(row["code"], ways)', '"inbound" if {bool} else translate_back("A", ways)'),
    "state": ('"handled"', 'case_state("Assigned")', 'translate(row["code"], states)', 'translate("N", states) if {bool} else "accepted"'),
    "consent": ("\"granted\"", 'consent_state("撤回")'),
    "channel": ('"fax" if {bool} else "visit"', 'channel_of("电话")'),
    "channels": ('[channel_of("call"), channel_of("fax"), channel_of("call")]', '[channel_of("Web")]'),
    "roles": ("[customer, prospect]", "[distributor if {bool} else retailer]"),
    "name": ("name({text})",),
    "names": ("[name({text}), name({text}, short)]",),
    "identifier": ("identifier({text})", "identifier({text}, vat)"),
    "address": ("address({text})", "address({text}, {word}, {text})"),
    "phones": ("phones({text})",),
    "emails": ("emails({text})",),
    "mentions": ("phone_mentions({text}, {role})", "email_mentions({text}, {role}, {text})"),
    "attachment": ("attachment({text})", "attachment({text}, {word}, {number}, {text})"),
    "attachments": ("[attachment({text}), attachment(\"x\")]",),
    "step": ("step({state}, {instant})", "step({state}, {instant}, {text})"),
    "steps": ("[step({state}, {instant}), step(\"handled\", landed_at(), {word})]",),
    "line": ("order_line({text}, {text}, {decimal}, {word}, {decimal})",),
    "lines": ("[order_line(\"x\", \"\", {decimal}), order_line(\"x\", \"\", {decimal})]",),
    "reference": ('reference("branch_of", "erp", "party", {text})',),
    "records": ('[e for e in row["list"] if not blank(e["x"])]', '[e for e in row["list"]]'),
}  # fmt: skip
_FORMS: dict[str, tuple[str, ...]] = {
    "key": (),
    "text": (
        "{text} + {text}", "text({raw})", "verbatim({raw})", "otherwise({text}, {text})", "upper({text})", "lower({text})",
        "digits({text})", "drop_zeros({text})", "join({texts}, {word})", "join([{text}, {text}])", "first({texts})",
        "first([{text}, {text}])", "before({text}, {word})", "after({text}, {word})", "replace({text}, {word}, {word})",
        "replace({text}, {text}, {word})", "replace(replace(replace({text}, {word}, {word}), {word}, {word}), \"-\", \"\")",
        "date_text({date})", "fold({text})", "contact({text})", "text({decimal})",
        "text({number})", "text({bool})", "text({date})", "join(separator={word}, parts={texts})", "area_code({text})",
        "narrow({text})", "simplified({text})", "traditional({text})", "company_part({text}, {company})", "person_part({text}, {person})",
        "address_part({text}, {part})", "place({text}, {text}, {word})", "instant_text({instant})", "instant_text({instant}, {zone})",
        'translate(row["code"], states)', 'translate_back(row["code"], ways)', 'translate(row["b"], states) if text(row["b"]) in ["N", "A", ""] else {text}',
        "excel_date_text({date})", 'translate("n", states)', "ext_grade({word})", "ext_grade({word}, strict={bool})",
        '"one" if {raw} == "N" else "two" if {raw} == "A" else "three" if {raw} == "Z" else {word}',
    ),
    "bool": (
        "{text} == {text}", "{text} < {text}", "{number} >= {number}", "{date} == {date}", "{day} < {day}",
        "{decimal} == {decimal}", "decimal(digits({text}) + \".50\") > decimal(\"12\")", "{text} in {texts}", "{text} not in [{word}, {word}]",
        "{bool} and {bool} and {bool}", "{bool} or {bool}", "not {bool}", "truth(\"\", {bool})",
        *(f'truth(row["{name}"]) if text(row["{name}"]) in ["yes", "", "true"] else {{bool}}' for name in PLAIN),
        "blank({text})", "blank({name})", "is_date({text})", "is_date({text}, {order})", "has_han({text})", "is_placeholder({text})",
        "starts_with({text}, {text})", "ends_with({text}, {word})", "contains({text}, {text})", "{number} in [{number}, 1]",
        "{instant} < {instant}", "{instant} == {instant}", "{kind} == {kind}", "looks_like_person({text})",
    ),
    "number": ("whole(digits({text}))", "length({text})"),
    "date": (
        *(f'date(row["{name}"]) if is_date(row["{name}"]) else {{date}}' for name in PLAIN), "{day}", "day_in({instant})",
        *(f'date(row["{name}"], "{order}") if is_date(row["{name}"], "{order}") else {{date}}' for name in "ce" for order in ("day", "month")),
    ),
    "day": (
        *(f'date(row["{name}"]) if is_date(row["{name}"]) and not blank(date(row["{name}"])) else {{day}}' for name in PLAIN),
        "day_in({instant}, {zone})",
    ),
    "decimal": ('decimal(digits({text}) + "0")',),
    "instant": ('instant(row["at"], {zone})', 'instant(row["at"], zone={zone})', 'instant(date_text({day}) + " 12:30")'),
    "texts": ("split({text}, {word})", "{texts} + {texts}", "for text", "for texts", "[{text}, {text}, {text}]"),
    "kind": (),
    "holding": (),
    "direction": (),
    "state": (),
    "consent": (),
    "channel": (),
    "channels": ("[channel_of(\"letter\"), {channels}]",),
    "roles": ("[key_account, {roles}]",),
    "name": ("name({text}, former)", "name({text}, former, {date}, {date})"),
    "names": ("for name", "[{name}] + {names}"),
    "identifier": (),
    "address": (),
    "phones": ("faxes({text})", "phones({text}, \"0755\", {text})", "for phones", "{phones} + {phones}", "ext_numbers({text})"),
    "emails": ("for emails",),
    "mentions": ("for mentions", "{mentions} + {mentions}", "phone_mentions({text}, {role}, {text}, area=\"0755\")"),
    "attachment": ("attachment({text}, sha256={text})",),
    "attachments": ("for attachment",),
    "step": (),
    "steps": ("for step",),
    "line": ("order_line({text}, price={decimal})",),
    "lines": ("for line",),
    "reference": ('reference("ordered_by", "erp", {word}, {text})',),
    "records": (),
}  # fmt: skip
_RISKY: dict[str, tuple[str, ...]] = {
    "text": ("translate({text}, states)", "translate_back({raw}, ways)", "ext_grade({text})"),
    "bool": (
        "truth({raw})", "truth({raw}) if blank({text}) else {bool}", "{date} < {date}", "{decimal} > {decimal}", "truth({text}, {bool})",
    ),
    "number": ('whole(row["d"])',),
    "date": (
        "date({text})", "date({text}) if is_date({text}) else {date}", "date({text}, {order})", 'excel_date(row["d"])',
        'date(row["e"], "month")',
    ),
    "decimal": ("decimal({text})",),
    "instant": ("instant({text})", 'excel_instant(row["d"])'),
    "direction": ("direction_of({text})", "translate_back({text}, ways)"),
    "state": ("case_state({text})", "translate({text}, states)"),
    "consent": ("consent_state({text})",),
    "channel": ("channel_of({text})",),
    "channels": ("[channel_of({text})]",),
}  # fmt: skip
"""Readers of texts that they can mostly not read; rarely drawn, for the row function maps what they fail on."""
