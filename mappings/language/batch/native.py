"""Functions of the catalogue that polars can do itself, and does exactly alike.

Where the two could differ (capitals beyond ASCII, placeholders in short Chinese texts) a function is done here for the
values on which they cannot, and called for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from mappings.language.batch.elements import dtype_of
from mappings.language.batch.tidy import is_tidy
from mappings.language.nodes import Call, Constant, Items, Node
from mappings.language.types import Type
from mappings.normalize.data import PLACEHOLDERS, PLACEHOLDERS_BY_FIELD

WHITE = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What Python takes for white space; polars knows four characters less."""

_PLAIN = r"[ -~\x{4e00}-\x{9fff}]"
_TIDY = r"^(?:[!-~\x{4e00}-\x{9fff}]+(?: [!-~\x{4e00}-\x{9fff}]+)*)?$"
_HAN = r"[\x{3007}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{323af}]"
_LONG_HAN = rf"^{_PLAIN}*$"
_SEVEN_HAN = r"(?:[\x{4e00}-\x{9fff}][^\x{4e00}-\x{9fff}]*){7}"
"""More Han characters than any placeholder has, folding drops none of them."""
_TELLING_HAN = r"[\x{4e00}-\x{9fff}--无無某]"
_FILLER = r"^(?:(?:test|demo|dummy)(?:customer|company|user|account|data|record)?[0-9]*|0+|x+)$"
_REPEATED_DIGIT = f"^(?:{'|'.join(f'{digit}+' for digit in range(10))})$"
_ISO_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_COMPACT_DAY = "^[0-9]{8}$"
_FIRST_DAY, _LAST_DAY, _NO_DAY = date(1900, 1, 2), date(2098, 12, 31), date(1970, 1, 1)
_NUMBER = r"^(?:-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,6})?)?$"
_WHOLE = r"^(?:-?(?:0|[1-9][0-9]{0,17}))?$"


@dataclass(frozen=True, slots=True)
class Native:
    """A call as an expression of polars.

    Args:
        value: the result.
        covered: where it holds; the function is called for the other rows. ``None`` if it holds everywhere.
    """

    value: pl.Expr
    covered: pl.Expr | None = None


@dataclass(slots=True)
class Arguments:
    """The arguments of a call, evaluated when asked for.

    Args:
        node: the call.
        evaluate: gives the column of an argument.
        dtype: tells the type of a column.
        keep: computes a column now, once for equal names.
        series: gives a column's values.
    """

    node: Call
    evaluate: Callable[[Node], pl.Expr]
    dtype: Callable[[pl.Expr], pl.DataType]
    keep: Callable[[str, pl.Expr], pl.Expr]
    series: Callable[[pl.Expr], pl.Series]
    _known: dict[str, pl.Expr] = field(default_factory=dict)

    def column(self, name: str, default: Any = None) -> pl.Expr:
        """Give the column of an argument, or the default if there is no such argument."""
        argument = self.node.argument(name)
        if argument is None:
            return pl.lit(default)
        if name not in self._known:
            self._known[name] = self.evaluate(argument)
        return self._known[name]

    def constant(self, name: str, default: str | None = None) -> str | None:
        """Give the text that stands for an argument, ``None`` if it is not written out."""
        argument = self.node.argument(name)
        if argument is None:
            return default
        return str(argument.value) if isinstance(argument, Constant) else None

    def parts(self, name: str) -> list[pl.Expr] | None:
        """Give the columns of a list that is written out value by value, ``None`` for any other."""
        argument = self.node.argument(name)
        if not isinstance(argument, Items) or any(item.type.many for item in argument.items):
            return None
        return [self.evaluate(item) for item in argument.items]


Builder = Callable[[Arguments], Native | None]


def _text(given: Arguments) -> Native | None:
    value = given.column("value")
    dtype = given.dtype(value)
    if dtype == pl.String:
        texts = given.series(value)
        filled = value.fill_null("") if texts.null_count() else value
        if is_tidy(texts):
            return Native(filled)
        trimmed = given.keep(f"trimmed {value.meta.output_name()}", filled.str.strip_chars(" "))
        if is_tidy(given.series(trimmed)):
            return Native(trimmed)
        return Native(trimmed, trimmed.str.contains(_TIDY))
    if dtype.is_integer():
        return Native(value.cast(pl.String).fill_null(""))
    return None


def _verbatim(given: Arguments) -> Native:
    value = given.column("value")
    return Native(value.fill_null("") if given.dtype(value) == pl.String else pl.lit(""))


def _blank(given: Arguments) -> Native | None:
    value = given.column("value")
    dtype = given.dtype(value)
    if dtype == pl.String:
        return Native(value.fill_null("").str.strip_chars(WHITE) == "")
    if isinstance(dtype, pl.List):
        return Native(value.list.len().fill_null(0) == 0)
    return Native(value.is_null())


def _truth(given: Arguments) -> Native | None:
    value = given.column("value")
    return Native(value.fill_null(given.column("default", True))) if given.dtype(value) == pl.Boolean else None


def _otherwise(given: Arguments) -> Native:
    value = given.column("value")
    return Native(pl.when(value != "").then(value).otherwise(given.column("default")))


def _has_han(given: Arguments) -> Native:
    return Native(given.column("value").str.contains(_HAN))


def _ascii(value: pl.Expr) -> pl.Expr:
    return value.str.len_bytes() == value.str.len_chars()


def _upper(given: Arguments) -> Native:
    value = given.column("value")
    return Native(value.str.to_uppercase(), _ascii(value))


def _lower(given: Arguments) -> Native:
    value = given.column("value")
    return Native(value.str.to_lowercase(), _ascii(value))


def _digits(given: Arguments) -> Native:
    return Native(given.column("value").str.replace_all("[^0-9]", ""))


def _drop_zeros(given: Arguments) -> Native:
    value = given.column("value")
    bare = given.keep(f"bare {value.meta.output_name()}", value.str.strip_chars_start("0"))
    return Native(pl.when(bare == "").then(value.str.head(1)).otherwise(bare))


def _length(given: Arguments) -> Native:
    return Native(given.column("value").str.len_chars().cast(pl.Int64))


def _join(given: Arguments) -> Native | None:
    separator = given.constant("separator", " ")
    if separator is None:
        return None
    parts = given.parts("parts")
    if parts is None:
        listed = given.column("parts").list.eval(pl.element().filter(pl.element() != ""))
        return Native(listed.list.join(separator))
    filled = [pl.when(part != "").then(part) for part in parts]
    return Native(pl.concat_str(filled, separator=separator, ignore_nulls=True) if filled else pl.lit(""))


def _first(given: Arguments) -> Native:
    parts = given.parts("parts")
    if parts is None:
        listed = given.column("parts").list.eval(pl.element().filter(pl.element() != ""))
        return Native(listed.list.first().fill_null(""))
    return Native(pl.coalesce(*(pl.when(part != "").then(part) for part in parts), pl.lit("")))


def _split(given: Arguments) -> Native | None:
    separator = given.constant("separator")
    if not separator:
        return None
    stripped = pl.element().str.strip_chars(WHITE)
    return Native(given.column("value").str.split(separator).list.eval(stripped.filter(stripped != "")))


def _half(given: Arguments, half: str) -> Native | None:
    separator, value = given.constant("separator"), given.column("value")
    if not separator:
        return None
    halves = given.keep(f"halves {value.meta.output_name()} {separator}", value.str.splitn(separator, 2))
    return Native(halves.struct.field(half).fill_null(""))


def _before(given: Arguments) -> Native | None:
    return _half(given, "field_0")


def _after(given: Arguments) -> Native | None:
    return _half(given, "field_1")


def _replace(given: Arguments) -> Native | None:
    old, new = given.constant("old"), given.constant("new")
    if not old or new is None:
        return None
    return Native(given.column("value").str.replace_all(old, new, literal=True))


def _starts_with(given: Arguments) -> Native:
    return Native(given.column("value").str.starts_with(given.column("start")))


def _ends_with(given: Arguments) -> Native:
    return Native(given.column("value").str.ends_with(given.column("end")))


def _contains(given: Arguments) -> Native:
    return Native(given.column("value").str.contains(given.column("part"), literal=True))


def _day(given: Arguments) -> tuple[pl.Expr, pl.Expr]:
    """Read days in one of the two forms that have one meaning, and tell where one is and no placeholder."""
    value = given.column("value")
    name = value.meta.output_name()
    dashed = given.keep(f"dashed {name}", value.str.contains("-", literal=True))
    form = "%Y-%m-%d" if given.series(dashed).any() else "%Y%m%d"
    day = given.keep(f"day {name}", value.str.to_date(form, strict=False))
    written = _ISO_DAY if form == "%Y-%m-%d" else _COMPACT_DAY
    plain = day.is_between(_FIRST_DAY, _LAST_DAY) & (day != _NO_DAY) & value.str.contains(written)
    return day, given.keep(f"plain day {name}", plain.fill_null(value=False) | (value == ""))


def _date(given: Arguments) -> Native:
    return Native(*_day(given))


def _is_date(given: Arguments) -> Native:
    return Native(pl.lit(value=True), _day(given)[1])


def _date_text(given: Arguments) -> Native:
    return Native(given.column("value").dt.to_string("%Y-%m-%d").fill_null(""))


def _decimal(given: Arguments) -> Native:
    value = given.column("value")
    return Native(pl.when(value != "").then(value), value.str.contains(_NUMBER))


def _whole(given: Arguments) -> Native:
    value = given.column("value")
    number = pl.when(value != "").then(value).str.to_integer(strict=False).fill_null(0)
    return Native(number.cast(pl.Int64), value.str.contains(_WHOLE))


def _filled(value: pl.Expr, *fields: str) -> Native:
    """Tell of plain ASCII and of long Chinese texts whether they only stand where a value should be."""
    words = PLACEHOLDERS.union(*(PLACEHOLDERS_BY_FIELD[name] for name in fields))
    folded = value.str.to_lowercase().str.replace_all("[^a-z0-9+]", "")
    filled = folded.is_in(sorted(words)) | folded.str.contains(_FILLER)
    if fields:
        filled = filled | folded.str.contains(_REPEATED_DIGIT)
    ascii_ = _ascii(value)
    long = value.str.contains(_LONG_HAN) & value.str.contains(_SEVEN_HAN) & value.str.contains(_TELLING_HAN)
    return Native(ascii_ & filled, ascii_ | long)


def _is_placeholder(given: Arguments) -> Native:
    return _filled(given.column("value"))


def _contact(given: Arguments) -> Native:
    value = given.column("value")
    filled = _filled(value, "name")
    return Native(pl.when(filled.value).then(pl.lit("")).otherwise(value), filled.covered)


def _name(given: Arguments) -> Native:
    value = given.column("value")
    filled = _filled(value, "name")
    made = _element(
        "name",
        text=value,
        type=given.column("of", "registered"),
        language=pl.when(value.str.contains(_HAN)).then(pl.lit("zh")).otherwise(pl.lit("en")),
        valid_from=given.column("since"),
        valid_to=given.column("until"),
    )
    return Native(pl.when((value != "") & ~filled.value).then(made), filled.covered)


def _reference(given: Arguments) -> Native:
    key = given.column("key")
    parts = {name: given.column(name) for name in ("relation", "system", "record_type", "key")}
    return Native(pl.when(key != "").then(_element("reference", **parts)))


def _attachment(given: Arguments) -> Native:
    name, sha256 = given.column("name"), given.column("sha256", "")
    made = _element(
        "attachment", name=name, media_type=given.column("media_type", ""), size=given.column("size", 0), sha256=sha256
    )
    return Native(pl.when((name != "") | (sha256 != "")).then(made))


def _step(given: Arguments) -> Native:
    at = given.column("at")
    return Native(
        pl.when(at.is_not_null()).then(_element("step", state=given.column("state"), at=at, by=given.column("by", "")))
    )


def _order_line(given: Arguments) -> Native:
    item, description = given.column("item"), given.column("description", "")
    quantity, price = given.column("quantity").cast(pl.String), given.column("price").cast(pl.String)
    made = _element(
        "order_line", item=item, description=description, quantity=quantity, unit=given.column("unit", ""), price=price
    )
    exponent = quantity.str.contains("E", literal=True) | price.str.contains("E", literal=True)
    return Native(pl.when((item != "") | (description != "")).then(made), ~exponent.fill_null(value=False))


def _element(element: str, /, **parts: pl.Expr) -> pl.Expr:
    return pl.struct([column.alias(name) for name, column in parts.items()]).cast(dtype_of(Type(element)))


NATIVE: dict[str, Builder] = {
    "text": _text,
    "verbatim": _verbatim,
    "blank": _blank,
    "truth": _truth,
    "otherwise": _otherwise,
    "has_han": _has_han,
    "upper": _upper,
    "lower": _lower,
    "digits": _digits,
    "drop_zeros": _drop_zeros,
    "length": _length,
    "join": _join,
    "first": _first,
    "split": _split,
    "before": _before,
    "after": _after,
    "replace": _replace,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "contains": _contains,
    "date": _date,
    "is_date": _is_date,
    "date_text": _date_text,
    "decimal": _decimal,
    "whole": _whole,
    "is_placeholder": _is_placeholder,
    "contact": _contact,
    "name": _name,
    "reference": _reference,
    "attachment": _attachment,
    "step": _step,
    "order_line": _order_line,
}
"""Name of the function → what makes the expression; ``None`` from it: these arguments have none."""
