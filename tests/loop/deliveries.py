"""What partners deliver, by hand: small CSV, XLSX and EDIFACT files with Chinese content."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from hub.demo.landscape.documents import DEALER_COLUMNS, SHIP_TO_COLUMNS
from hub.demo.landscape.files import party_segments

HUAQIANG = {
    "客户编码": "S001",
    "客户名称": "深圳市华强电子有限公司",
    "统一社会信用代码": "914403001922038216",
    "省": "广东省",
    "市": "深圳市",
    "地址": "南山区科技路1号",
    "邮编": "518057",
    "联系人": "王小明",
    "电话": "0755-26988888",
    "客户类型": "经销商",
    "更新日期": "2026-10-30",
}
YUANDA = {
    "客户编码": "S002",
    "客户名称": "上海远大机械有限公司",
    "省": "上海市",
    "市": "上海市",
    "地址": "浦东新区世纪大道88号",
    "联系人": "李建国",
    "电话": "021-58881234",
    "手机": "13912345678",
    "更新日期": "2026-10-29",
}
HONGDA = {
    "客户编码": "S003",
    "客户名称": "苏州宏达纺织有限公司",
    "省": "江苏省",
    "市": "苏州市",
    "地址": "工业园区星湖街328号",
    "电话": "0512-62885566",
    "更新日期": "2026-10-28",
}
HUAQIANG_DEALER = {
    "Dealer No": "D-0017",
    "Company (中文)": "华强电子",
    "USCC/Tax ID": "914403001922038216",
    "Address": "南山区科技路1号",
    "City": "深圳市",
    "Tel": "0755-26988888",
    "E-mail": "sales@huaqiang.example",
}
TIANYI_DEALER = {
    "Dealer No": "D-0018",
    "Company (中文)": "成都天一食品有限公司",
    "Address": "武侯区人民南路四段9号",
    "City": "成都市",
    "Tel": "028-85551234",
    "E-mail": "office@tianyi.example",
}
YUANDA_PARTNER = {
    "gln": "6901234567892",
    "name": "上海远大机械有限公司",
    "street": "浦东新区世纪大道88号",
    "city": "上海市",
    "country": "CN",
    "phone": "021-58881234",
    "email": "edi@yuanda.example",
}
LANTIAN_PARTNER = {
    "gln": "6909876543216",
    "name": "青岛蓝天家电有限公司",
    "street": "崂山区海尔路1号",
    "city": "青岛市",
    "country": "CN",
    "phone": "0532-88991234",
}


def csv_file(*rows: dict[str, str], encoding: str = "gb18030", columns: Sequence[str] = SHIP_TO_COLUMNS) -> bytes:
    """A ship-to file; a column that a row does not name is empty."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(*rows: dict[str, str], merged: str = "") -> bytes:
    """A dealer spreadsheet; ``merged`` names cells to merge."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(DEALER_COLUMNS)
    for row in rows:
        sheet.append([row.get(column, "") for column in DEALER_COLUMNS])
    if merged:
        sheet.merge_cells(merged)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def edi_file(*parties: dict[str, Any]) -> bytes:
    """An interchange with one PARTIN message for each party."""
    segments = ["UNB+UNOY:4+6900000000014:14+6900000000021:14+20261101:0200+77"]
    blank = dict.fromkeys(("subdivision", "postcode", "tax_id", "contact", "phone", "email"), "")
    for number, party in enumerate(parties, 1):
        full = {**blank, "internal_code": f"P{number:08d}", **party}
        body = [f"BGM+10+{number}+2", *party_segments(full)]
        segments += [f"UNH+{number}+PARTIN:D:96A:UN", *body, f"UNT+{len(body) + 2}+{number}"]
    segments.append(f"UNZ+{len(parties)}+77")
    return ("UNA:+.? '" + "".join(f"{s}'\r\n" for s in segments)).encode()
