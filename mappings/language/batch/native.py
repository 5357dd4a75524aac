"""Functions of the catalogue that polars can do itself, and does exactly alike.

Where the two could differ (capitals beyond ASCII, placeholders in short Chinese texts) a function is done here for the
values on which they cannot, and called for the others.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from mappings.language.batch.arguments import Arguments, Builder, Native
from mappings.language.batch.elements import dtype_of
from mappings.language.batch.tidy import is_tidy
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
_TELLING_ROWS = 1000
_NUMBER = r"^(?:-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,6})?)?$"
_WHOLE = r"^(?:-?(?:0|[1-9][0-9]{0,17}))?$"


def _text(given: Arguments) -> Native | None:
    value = given.column("value")
    dtype = given.dtype(value)
    if dtype == pl.String:
        return _tidied(given, value)
    return Native(value.cast(pl.String).fill_null("")) if dtype.is_integer() else None


def _tidied(given: Arguments, value: pl.Expr) -> Native:
    name = value.meta.output_name()
    filled = given.keep(f"filled {name}", value.fill_null("")) if given.series(value).null_count() else value
    if _all_tidy(given, filled):
        return Native(filled)
    trimmed = given.keep(f"trimmed {name}", filled.str.strip_chars(" "))
    return Native(trimmed, None if _all_tidy(given, trimmed) else trimmed.str.contains(_TIDY))


def _all_tidy(given: Arguments, value: pl.Expr) -> bool:
    all_tidy = is_tidy(given.series(value))
    if all_tidy:
        given.tidy.add(value.meta.output_name())
    return all_tidy


def _verbatim(given: Arguments) -> Native:
    value = given.column("value")
    if given.dtype(value) != pl.String:
        return Native(pl.lit(""))
    return Native(value.fill_null("").str.replace_all("\0", "", literal=True))


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


def _unless_tidy(given: Arguments, value: pl.Expr) -> pl.Expr | None:
    """Tell where a text is ASCII, ``None`` if all are known to be."""
    return None if value.meta.output_name() in given.tidy else _ascii(value)


def _upper(given: Arguments) -> Native:
    value = given.column("value")
    return Native(value.str.to_uppercase(), _unless_tidy(given, value))


def _lower(given: Arguments) -> Native:
    value = given.column("value")
    return Native(value.str.to_lowercase(), _unless_tidy(given, value))


def _digits(given: Arguments) -> Native:
    return Native(given.column("value").str.replace_all("[^0-9]", ""))


def _drop_zeros(given: Arguments) -> Native:
    value = given.column("value")
    bare = given.keep(f"bare {value.meta.output_name()}", value.str.strip_chars_start("0"))
    return Native(pl.when((bare == "") & (value != "")).then(pl.lit("0")).otherwise(bare))


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


def _day(given: Arguments) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Read days in the one of two forms, with one meaning both, that the first rows have.

    Returns:
        The days, where a text has the form, and where it is a day that is no placeholder, or blank.
    """
    value = given.column("value")
    name = value.meta.output_name()
    dashed = given.series(value.head(_TELLING_ROWS).str.contains("-", literal=True)).any()
    form, written = ("%Y-%m-%d", _ISO_DAY) if dashed else ("%Y%m%d", _COMPACT_DAY)
    day = given.keep(f"day {name}", value.str.to_date(form, strict=False))
    formed = given.keep(f"formed {name}", value.str.contains(written))
    real = (day.is_between(_FIRST_DAY, _LAST_DAY) & (day != _NO_DAY) & formed).fill_null(value=False)
    return day, formed, given.keep(f"real {name}", real | (value == ""))


def _date(given: Arguments) -> Native:
    day, _, real = _day(given)
    return Native(day, real)


def _is_date(given: Arguments) -> Native:
    """Tell of days, and of what has their form and is none, such as 20241399; all zeros may be a placeholder."""
    day, formed, real = _day(given)
    unreal = formed & day.is_null() & ~given.column("value").str.starts_with("0000")
    return Native(real, real | unreal)


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
"""Name of the function → what makes the expression of its calls."""
