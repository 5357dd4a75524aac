"""A small enterprise behind the screens: everything came through the real pipeline, much of it tries to be HTML."""

from __future__ import annotations

import csv
import io
from typing import Any

from tests.loop.deliveries import HONGDA, HUAQIANG, HUAQIANG_DEALER, YUANDA, csv_file, xlsx_file
from tests.loop.installation import CONNECTION, Installation
from tests.support.sftp import ROOT

STEWARDSHIP = "customer_master/policies/stewardship.yaml"

IMG = "<img src=x onerror=alert(1)>"
SCRIPT = "<script>alert(2)</script>"

CONSUMER = {
    "客户编码": "S020",
    "客户名称": "李小红",
    "省": "上海市",
    "市": "上海市",
    "地址": "静安区南京西路1266号2单元501室",
    "手机": "13916688021",
    "邮箱": "xiaohong.li@mail.example",
    "客户类型": "个人",
    "更新日期": "2026-10-27",
}
PLANTED = {
    "客户编码": "S030",
    "客户名称": f"杭州{IMG}贸易有限公司",
    "简称": f"{SCRIPT}贸易",
    "省": "浙江省",
    "市": "杭州市",
    "地址": f"西湖区文三路90号{IMG}",
    "联系人": f"赵{SCRIPT}",
    "电话": "0571-88990011",
    "邮箱": "info@hangzhou.example",
    "更新日期": "2026-10-26",
}

DOUBTFUL = (
    ("S040", "宁波海天精密机械有限公司", "浙江省", "宁波市", "北仑区小港街道海天路32号", "0574-86188888", "王建国"),
    ("S041", "宁波海天精密机器有限公司", "浙江省", "宁波市", "北仑区小港街道海天路32号", "0574-86181234", "王建国"),
    ("S042", "无锡华光锅炉制造有限公司", "江苏省", "无锡市", "城南路3号", "0510-85215556", "陈志强"),
    ("S043", "无锡华光锅炉设备有限公司", "江苏省", "无锡市", "城南路3号", "0510-85210000", "周敏"),
    ("S044", "大连重工起重设备有限公司", "辽宁省", "大连市", "西岗区八一路169号", "0411-86852166", ""),
    ("S045", "大连众工起重设备有限公司", "辽宁省", "大连市", "西岗区八一路169号", "0411-86850001", ""),
    ("S046", "温州正泰电气科技有限公司", "浙江省", "温州市", "乐清市柳市镇正泰路1号", "0577-62877777", "林海"),
    ("S047", "温州正太电气科技有限公司", "浙江省", "温州市", "乐清市柳市镇正泰路1号", "0577-62870099", "林海"),
    ("S048", "佛山美地电机制造有限公司", "广东省", "佛山市", "顺德区北滘镇工业大道6号", "0757-26338888", "黄丽"),
    ("S049", "佛山美第电机制造有限公司", "广东省", "佛山市", "顺德区北滘镇工业大道6号", "0757-26330123", ""),
)
"""Pairs that a machine had better not decide alone."""

BROKEN = {**YUANDA, "客户编码": "S050", "更新日期": "2026-13-45"}
NAMELESS = {"客户编码": f"S051{IMG}", "市": "苏州市", "地址": f"人民路1号{SCRIPT}", "更新日期": "2026-10-26"}

CALLS: list[dict[str, str]] = [
    {
        "no": "1",
        "at": "2026-11-20T02:15:00Z",
        "phone": "0755-26988888",
        "agent": "陈静",
        "who": "李工",
        "subject": "询问交货期",
    },
    {"no": "2", "at": "2026-11-21T06:30:00Z", "phone": "0571-88990011", "agent": IMG, "who": IMG, "subject": SCRIPT},
    {
        "no": "3",
        "at": "2026-11-22T01:05:00Z",
        "phone": "13764520983",
        "agent": "陈静",
        "who": "陌生来电",
        "subject": f"报价{IMG}",
    },
    {
        "no": "4",
        "at": "2026-11-22T03:45:00Z",
        "phone": "13916688021",
        "agent": "陈静",
        "who": "李小红",
        "subject": "咨询保修",
    },
    {
        "no": "5",
        "at": "2026-11-23T08:00:00Z",
        "phone": "0574-86188888",
        "agent": "陈静",
        "who": "王经理",
        "subject": "催货",
    },
]
CASES: list[dict[str, str]] = [
    {"no": "R-1001", "at": "2026-11-20T02:40:00Z", "phone": "0755-26988888", "subject": "电机异响", "owner": "张工"},
    {"no": "R-1002", "at": "2026-11-21T07:00:00Z", "phone": "0571-88990011", "subject": IMG, "owner": SCRIPT},
]
ORDERS: list[dict[str, str]] = [
    {
        "no": "SO-0815",
        "customer": "S001",
        "on": "2026-11-18",
        "total": "128500.00",
        "item": "V-100",
        "what": "电动调节阀",
    },
    {"no": f"SO-{IMG}", "customer": "S030", "on": "2026-11-19", "total": "900.00", "item": SCRIPT, "what": IMG},
]
PRODUCTS: list[dict[str, str]] = [
    {"serial": "SN-000123", "customer": "S001", "item": "V-100", "on": "2025-06-30", "options": "材质=316L;压力=PN40"},
    {"serial": f"SN{IMG}", "customer": "S030", "item": SCRIPT, "on": "2025-06-30", "options": f"{IMG};{SCRIPT}"},
]

CONSENTS: list[dict[str, str]] = [
    {"no": no, "customer": whose, "said": said, "by": by, "what": what, "at": f"{day}T02:00:00Z"}
    for no, whose, said, by, what, day in (
        ("C-1", "S001", "granted", "email", "新品通讯", "2026-03-01"),
        ("C-2", "S001", "withdrawn", "email", "新品通讯", "2026-05-04"),
        ("C-3", "S001", "granted", "call", "满意度调查", "2026-05-04"),
        ("C-4", "S030", "refused", "call", SCRIPT, "2026-05-04"),
    )
]

_STREAM = """
    {name}:
      description: {name} of the test
      folder: in
      pattern: "{name}_*.csv"
      format: csv
      encoding: utf-8
      position: '{name}_(\\d{{8}})'
"""

_MAPPING = """
mapping: scm.{name}
version: 1
source: {{system: scm, stream: {name}, requires: [{columns}]}}
emit:
{body}
tests:
  - case: a row
    given: {given}
    expect: {{entity: {entity}}}
"""

_BODIES = {
    "calls": (
        "interaction",
        """  - entity: interaction
    record_type: call
    key: row["no"]
    channel: '"call"'
    direction: direction_of("inbound")
    at: instant(row["at"])
    duration: whole("95")
    subject: row["subject"]
    text: row["subject"]
    outcome: '"answered"'
    agent: row["agent"]
    mentions: ['phone_mentions(row["phone"], "caller", row["who"])']
""",
    ),
    "cases": (
        "case",
        """  - entity: case
    record_type: request
    key: row["no"]
    state: case_state("assigned")
    at: instant(row["at"])
    subject: row["subject"]
    owner: row["owner"]
    steps: ['[step(case_state("reported"), instant(row["at"]), row["owner"])]']
    mentions: ['phone_mentions(row["phone"], "reporter", row["owner"])']
""",
    ),
    "orders": (
        "order",
        """  - entity: order
    record_type: order
    key: row["no"]
    number: row["no"]
    state: '"confirmed"'
    on: date(row["on"])
    currency: '"CNY"'
    total: decimal(row["total"])
    lines: ['[order_line(row["item"], row["what"], decimal("5"), "台", decimal("25700"))]']
    references: ['reference("ordered_by", "scm", "ship_to", row["customer"])']
""",
    ),
    "products": (
        "holding",
        """  - entity: holding
    record_type: product
    key: row["serial"]
    kind: '"as_sold"'
    item: row["item"]
    serial: row["serial"]
    on: date(row["on"])
    configuration: ['split(row["options"], ";")']
    references: ['reference("owned_by", "scm", "ship_to", row["customer"])']
""",
    ),
    "consents": (
        "consent",
        """  - entity: consent
    record_type: consent
    key: row["no"]
    state: consent_state(row["said"])
    at: instant(row["at"])
    purpose: row["what"]
    channels: ['channel_of(row["by"])']
    text_version: '"2026-01"'
    references: ['reference("given_by", "scm", "ship_to", row["customer"])']
""",
    ),
}


def deliver(hub: Installation) -> None:
    """Let the partners deliver everything, and bring it through."""
    rows = {"calls": CALLS, "cases": CASES, "orders": ORDERS, "products": PRODUCTS, "consents": CONSENTS}
    streams = "".join(_STREAM.format(name=name) for name in rows)
    hub.edit(CONNECTION, "\n    dealers:", f"{streams.rstrip()}\n    dealers:")
    hub.write(STEWARDSHIP, (ROOT / STEWARDSHIP).read_text(encoding="utf-8"))
    for name, own in rows.items():
        entity, body = _BODIES[name]
        columns = list(own[0])
        given = "{" + ", ".join(f'{c}: "{own[0][c]}"' for c in columns) + "}"
        text = _MAPPING.format(name=name, columns=", ".join(columns), body=body, given=given, entity=entity)
        hub.write(f"mappings/specs/scm.{name}.yaml", text)
        hub.put(f"{name}_20261124_01.csv", _csv(own))
    hub.apply()
    doubtful = [
        dict(zip(("客户编码", "客户名称", "省", "市", "地址", "电话", "联系人"), row, strict=True)) for row in DOUBTFUL
    ]
    dated = [{**row, "更新日期": "2026-10-25"} for row in doubtful]
    ship_tos = csv_file(HUAQIANG, YUANDA, HONGDA, CONSUMER, PLANTED, *dated, BROKEN, NAMELESS)
    hub.put("shipto_20261101_01.csv", ship_tos)
    hub.put("dealers_20261101_01.xlsx", xlsx_file(HUAQIANG_DEALER))
    hub.sync()


def _csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
