"""What the manufacturer sells: twelve families of pumps and drives in five sizes, each sold with options."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from hub.demo.landscape.tables import rows, words

_FAMILIES = """
CP 离心泵 台; SP 螺杆泵 台; DP 隔膜泵 台; VP 真空泵 台; GM 齿轮减速机 台; SM 伺服电机 台
FC 变频器 台; BV 电动球阀 件; CV 调节阀 件; HX 板式换热器 台; FU 过滤单元 套; CU 控制柜 套
"""
_SIZES = words("25 50 80 125 200")
_FEATURES = """
电压 220V 380V 480V 690V; 频率 50Hz 60Hz; 材质 铸铁 304不锈钢 316L不锈钢 双相钢; 防护等级 IP54 IP55 IP65
密封 机械密封 填料密封 干气密封; 接口 Modbus PROFINET EtherCAT 4-20mA; 防爆 无 ExdIIBT4 ExdIICT4
涂装 RAL5015 RAL7035 RAL9006
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A product.

    Args:
        code: of the manufacturer, e.g. ``CP-080``.
        name: family and size.
        revision: letter of its drawing.
        unit: 台, 件 or 套.
    """

    code: str
    name: str
    revision: str
    unit: str


@cache
def items() -> tuple[Item, ...]:
    """Give the sixty products, the same in every landscape.

    >>> len(items()), items()[2]
    (60, Item(code='CP-080', name='离心泵 DN80', revision='C', unit='台'))
    """
    return tuple(
        Item(f"{family}-{int(size):03d}", f"{name} DN{size}", "ABCDE"[number % 5], unit)
        for number, (family, name, unit, size) in enumerate(
            (family, name, unit, size) for family, name, unit in rows(_FAMILIES) for size in _SIZES
        )
    )


def some_options(rng: Random) -> list[dict[str, str]]:
    """Draw what one product is sold with: two to five features."""
    features = rng.sample(rows(_FEATURES), rng.randint(2, 5))
    return [{"feature": feature, "value": rng.choice(values)} for feature, *values in features]
