"""The job of the comparison: fifteen fields of a customer, as a mapping says them and as engineers write them by hand.

What a row becomes is told by fifteen values in the order of :data:`FIELDS`. The mapping emits two records of each row,
so that all fifteen find a place; what the places are called does not matter here.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import polars as pl

from mappings.canonical import CanonicalRecord, Holding, HoldingKind, Item

FIELDS = (
    "number", "sort_key", "name", "group", "country", "postal_code", "city", "first", "last", "tax_id", "address",
    "since", "email", "status", "contacts",
)  # fmt: skip

GROUPS = {"01": "industry", "02": "trade", "03": "public"}
COUNTRIES = {"DE": "Germany", "CN": "China", "FR": "France"}

MAPPING = """
mapping: bench.customers
version: 1
source:
  system: bench
  stream: customers
  requires: [KUNNR, NAME1, SORTL, PERSON, KTOKD, LAND1, PSTLZ, ORT01, STRAS, HOUSE, STCEG, MAIL, ERDAT, LOEVM, AUFSD]
  optional: [{contacts: [name, function, active]}]
let:
  number: drop_zeros(row["KUNNR"])
emit:
  - entity: item
    record_type: customer
    key: number
    correlation: upper(row["SORTL"])
    token: upper(row["ORT01"])
    name: row["NAME1"]
    code: >-
      "industry" if row["KTOKD"] == "01" else "trade" if row["KTOKD"] == "02" else "public" if row["KTOKD"] == "03"
      else ""
    revision: >-
      "Germany" if row["LAND1"] == "DE" else "China" if row["LAND1"] == "CN" else "France" if row["LAND1"] == "FR"
      else "other"
    unit: replace(row["PSTLZ"], " ", "")
  - entity: holding
    record_type: customer_holding
    key: number
    kind: '"as_sold"'
    item: before(row["PERSON"], " ")
    serial: after(row["PERSON"], " ")
    customer_part: upper(replace(replace(replace(row["STCEG"], " ", ""), "-", ""), ".", ""))
    description: join([row["STRAS"], row["HOUSE"], row["PSTLZ"], row["ORT01"]], ", ")
    "on": date(row["ERDAT"]) if is_date(row["ERDAT"]) else date("")
    correlation: lower(row["MAIL"]) if contains(row["MAIL"], "@") else ""
    token: '"deleted" if row["LOEVM"] == "X" else "blocked" if row["AUFSD"] == "01" else "active"'
    configuration:
      - '[c["name"] for c in row["contacts"] if c["function"] == "buyer" and c["active"] == "X"]'
"""

_CITIES = ("Berlin", "Suzhou", "Lyon", "Shenzhen", "Frankfurt am Main", "Ningbo")
_STREETS = ("Hauptstr.", "Keji Road", "Rue du Bac", "Xinghu Street")
_PEOPLE = ("Anna Schmidt", "Li Wei", "Jean Martin", "Cher", "Wang Xiaoming", "Maria Garcia Lopez")


def rows(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Make customers: one in five without contact, two with one, two with two or three; a date in twenty is none."""
    chance = random.Random(seed)
    return [_row(chance, number) for number in range(count)]


def _row(chance: random.Random, number: int) -> dict[str, Any]:
    pick = chance.choice
    contacts = pick((0, 1, 1, 2, 3))
    return {
        "KUNNR": f"{number:010d}",
        "NAME1": f" Customer {number} Precision Machinery and Valves Ltd. ",
        "SORTL": f"cust{number % 1000}",
        "PERSON": pick(_PEOPLE),
        "KTOKD": pick(("01", "02", "03", "09", None)),
        "LAND1": pick(("DE", "CN", "FR", "BE", None)),
        "PSTLZ": f"{chance.randrange(100, 999)} {chance.randrange(100, 999)}",
        "ORT01": pick(_CITIES),
        "STRAS": pick(_STREETS),
        "HOUSE": pick((None, str(chance.randrange(1, 200)))),
        "STCEG": f"de {chance.randrange(10**8, 10**9)}-{number % 10}.",
        "MAIL": pick((None, "none", f"Info@C{number}.example")),
        "ERDAT": "20241399" if number % 20 == 0 else f"2024{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}",
        "LOEVM": pick((None, None, None, "X")),
        "AUFSD": pick((None, None, "01")),
        "contacts": [
            {"name": pick(_PEOPLE), "function": pick(("buyer", "sales")), "active": pick(("X", None))}
            for _ in range(contacts)
        ],
    }


def by_hand(row: dict[str, Any]) -> tuple[CanonicalRecord, CanonicalRecord]:
    """Map a row as one writes it without a language for it."""
    number = (row["KUNNR"] or "").strip().lstrip("0") or "0"
    city = (row["ORT01"] or "").strip()
    postal_code = (row["PSTLZ"] or "").strip()
    first, _, last = (row["PERSON"] or "").strip().partition(" ")
    mail = (row["MAIL"] or "").strip()
    address = ((row["STRAS"] or "").strip(), (row["HOUSE"] or "").strip(), postal_code, city)
    tax_id = (row["STCEG"] or "").replace(" ", "").replace("-", "").replace(".", "").upper()
    item = Item(
        code=GROUPS.get((row["KTOKD"] or "").strip(), ""),
        name=(row["NAME1"] or "").strip(),
        revision=COUNTRIES.get((row["LAND1"] or "").strip(), "other"),
        unit=postal_code.replace(" ", ""),
    )
    holding = Holding(
        kind=HoldingKind.AS_SOLD,
        item=first,
        serial=last,
        customer_part=tax_id,
        description=", ".join([part for part in address if part]),
        on=_date(row["ERDAT"]),
        configuration=tuple(
            dict.fromkeys(
                [c["name"].strip() for c in row["contacts"] if c["function"] == "buyer" and c["active"] == "X"]
            )
        ),
    )
    status = "deleted" if row["LOEVM"] == "X" else "blocked" if row["AUFSD"] == "01" else "active"
    sort_key = (row["SORTL"] or "").strip().upper()
    email = mail.lower() if "@" in mail else ""
    return (
        CanonicalRecord("item", "customer", number, item, sort_key, city.upper()),
        CanonicalRecord("holding", "customer_holding", number, holding, email, status),
    )


def _date(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        return None


def fields(records: Sequence[CanonicalRecord]) -> tuple[Any, ...]:
    """Give the fifteen values of a row's two records."""
    item, holding = records[0].content, records[1].content
    assert isinstance(item, Item)
    assert isinstance(holding, Holding)
    return (
        records[0].key, records[0].correlation, item.name, item.code, item.revision, item.unit, records[0].token,
        holding.item, holding.serial, holding.customer_part, holding.description, holding.on, records[1].correlation,
        records[1].token, holding.configuration,
    )  # fmt: skip


def by_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """Map all rows with pandas, whole columns at a time but for the contacts, which are lists."""
    text = {name: frame[name].fillna("").str.strip() for name in frame.columns if name != "contacts"}
    names = text["PERSON"].str.partition(" ")
    address = text["STRAS"]
    for name in ("HOUSE", "PSTLZ", "ORT01"):
        part = text[name]
        address = address.where(part == "", address.where(address == "", address + ", ") + part)
    status = (
        pd.Series("active", frame.index).mask(text["AUFSD"] == "01", "blocked").mask(text["LOEVM"] == "X", "deleted")
    )
    columns = (
        text["KUNNR"].str.lstrip("0").replace("", "0"),
        text["SORTL"].str.upper(),
        text["NAME1"],
        text["KTOKD"].map(GROUPS).fillna(""),
        text["LAND1"].map(COUNTRIES).fillna("other"),
        text["PSTLZ"].str.replace(" ", "", regex=False),
        text["ORT01"].str.upper(),
        names[0],
        names[2],
        text["STCEG"].str.replace("[ .-]", "", regex=True).str.upper(),
        address,
        pd.to_datetime(text["ERDAT"], format="%Y%m%d", errors="coerce"),
        text["MAIL"].str.lower().where(text["MAIL"].str.contains("@", regex=False), ""),
        status,
        frame["contacts"].map(_buyers),
    )
    return pd.DataFrame(dict(zip(FIELDS, columns, strict=True)))


def _buyers(contacts: list[dict[str, Any]]) -> tuple[str, ...]:
    found = [c["name"].strip() for c in contacts if c["function"] == "buyer" and c["active"] == "X"]
    return tuple(dict.fromkeys(found))


def by_polars(frame: pl.DataFrame) -> pl.DataFrame:
    """Map all rows with polars, as one writes it by hand."""

    def text(name: str) -> pl.Expr:
        return pl.col(name).fill_null("").str.strip_chars()

    names = text("PERSON").str.splitn(" ", 2)
    buyer = pl.element().struct.field("function").eq_missing(pl.lit("buyer"))
    active = pl.element().struct.field("active").eq_missing(pl.lit("X"))
    address = [text(name) for name in ("STRAS", "HOUSE", "PSTLZ", "ORT01")]
    mail = text("MAIL")
    bare_number = text("KUNNR").str.strip_chars_start("0")
    columns = (
        pl.when(bare_number == "").then(pl.lit("0")).otherwise(bare_number),
        text("SORTL").str.to_uppercase(),
        text("NAME1"),
        text("KTOKD").replace_strict(GROUPS, default=""),
        text("LAND1").replace_strict(COUNTRIES, default="other"),
        text("PSTLZ").str.replace_all(" ", "", literal=True),
        text("ORT01").str.to_uppercase(),
        names.struct.field("field_0").fill_null(""),
        names.struct.field("field_1").fill_null(""),
        text("STCEG").str.replace_all("[ .-]", "").str.to_uppercase(),
        pl.concat_str(
            [pl.when(part != "").then(part) for part in address], separator=", ", ignore_nulls=True
        ),
        pl.col("ERDAT").str.to_date("%Y%m%d", strict=False),
        pl.when(mail.str.contains("@", literal=True)).then(mail.str.to_lowercase()).otherwise(pl.lit("")),
        pl.when(pl.col("LOEVM") == "X").then(pl.lit("deleted"))
        .when(pl.col("AUFSD") == "01").then(pl.lit("blocked")).otherwise(pl.lit("active")),
        pl.col("contacts").list.eval(
            pl.element().filter(buyer & active).struct.field("name").str.strip_chars().unique(maintain_order=True)
        ),
    )  # fmt: skip
    return frame.select(column.alias(name) for name, column in zip(FIELDS, columns, strict=True))
