"""Customers for the benchmark of the master: two source records each, made from their number alone."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from customer_master.store.recording import Incoming
from hub.demo.landscape.identifiers import some_uscc
from hub.demo.landscape.names import some_company_name
from mappings.canonical import Address, CanonicalRecord, Email, Identifier, Kind, Name, Party, Phone

SYSTEMS = ("erp", "crm")
"""Each customer has one record in either."""

_CITIES = (
    ("深圳", "440300", "广东省深圳市南山区科技路", "755"), ("苏州", "320500", "江苏省苏州市工业园区星湖街", "512"),
    ("宁波", "330200", "浙江省宁波市北仑区小港街道", "574"), ("成都", "510100", "四川省成都市高新区天府大道", "28"),
    ("武汉", "420100", "湖北省武汉市洪山区珞喻路", "27"), ("青岛", "370200", "山东省青岛市黄岛区长江路", "532"),
    ("西安", "610100", "陕西省西安市雁塔区科技路", "29"), ("沈阳", "210100", "辽宁省沈阳市铁西区建设大路", "24"),
)  # fmt: skip


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
    rng = Random(number)
    city, region, street, area = _CITIES[number % len(_CITIES)]
    line = (number * 2 + SYSTEMS.index(system)) % 100_000_000
    return Party(
        Kind.ORGANISATION,
        names=(Name(some_company_name(rng, city, f"{city}市").text, language="zh"),),
        identifiers=(Identifier("cn_uscc", some_uscc(rng, region)),),
        addresses=(Address(f"{street}{rng.randrange(1, 100_000) + edition}号", region=region),),
        phones=(Phone(f"+86{area}{line:08d}", kind="landline"),),
        emails=(Email(f"sales@c{number}.example"),) if system == "crm" else (),
        roles=("customer",),
    )
