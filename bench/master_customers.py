"""Customers for the benchmark of the master: two source records each, made from their number alone."""

from __future__ import annotations

from collections.abc import Iterable

from customer_master.store.recording import Incoming
from hub.demo.landscape.identifiers import organisation_check, uscc_check
from hub.demo.landscape.names import TRADE_CHARACTERS, industry_english
from mappings.canonical import Address, CanonicalRecord, Email, Identifier, Kind, Name, Party, Phone

SYSTEMS = ("erp", "crm")
"""Each customer has one record in either."""

_CITIES = (
    ("深圳", "440300", "广东省深圳市南山区科技路", "755"), ("苏州", "320500", "江苏省苏州市工业园区星湖街", "512"),
    ("宁波", "330200", "浙江省宁波市北仑区小港街道", "574"), ("成都", "510100", "四川省成都市高新区天府大道", "28"),
    ("武汉", "420100", "湖北省武汉市洪山区珞喻路", "27"), ("青岛", "370200", "山东省青岛市黄岛区长江路", "532"),
    ("西安", "610100", "陕西省西安市雁塔区科技路", "29"), ("沈阳", "210100", "辽宁省沈阳市铁西区建设大路", "24"),
)  # fmt: skip

_INDUSTRIES = tuple(industry_english())


def incoming(system: str, customers: Iterable[int], *, edition: int = 0) -> list[Incoming]:
    """Give the records that a system has of some customers.

    Args:
        system: one of :data:`SYSTEMS`.
        customers: their numbers.
        edition: 0 for what it says first; with every later one the customers have moved house.
    """
    position = f"2026-{1 + edition:02d}-01"
    return [
        Incoming(
            CanonicalRecord("party", "customer", f"C{number:08d}", _party(system, number, edition)),
            position, 1, number, f"{system}.parquet:{number}", "bench",
        )
        for number in customers
    ]  # fmt: skip


def _party(system: str, number: int, edition: int) -> Party:
    """Both systems know name, registration number and address; each has its own telephone, one a mailbox."""
    city, region, street, area = _CITIES[number % len(_CITIES)]
    line = (number * 2 + SYSTEMS.index(system)) % 100_000_000
    house = number * 7919 % 100_000 + edition
    return Party(
        Kind.ORGANISATION,
        names=(Name(f"{city}{_trade_name(number)}{_INDUSTRIES[number % len(_INDUSTRIES)]}有限公司", language="zh"),),
        identifiers=(Identifier("cn_uscc", _uscc(number, region)),),
        addresses=(Address(f"{street}{house}号", region=region),),
        phones=(Phone(f"+86{area}{line:08d}", kind="landline"),),
        emails=(Email(f"sales@c{number}.example"),) if system == "crm" else (),
        roles=("customer",),
    )


def _trade_name(number: int) -> str:
    """Two characters for some, three for others; arithmetic instead of chance, which costs more than reading it."""
    first, second = divmod(number * 613 % len(TRADE_CHARACTERS) ** 2, len(TRADE_CHARACTERS))
    third = TRADE_CHARACTERS[number * 31 % len(TRADE_CHARACTERS)] if number % 3 == 0 else ""
    return TRADE_CHARACTERS[first] + TRADE_CHARACTERS[second] + third


def _uscc(number: int, region: str) -> str:
    body = f"{10_000_000 + number}"
    stem = f"91{region}{body}{organisation_check(body)}"
    return stem + uscc_check(stem)
