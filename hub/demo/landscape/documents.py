"""A record in the shape of its stream: ERP create document, ship-to row, dealer row, EDI partner."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hub.demo.landscape.drafts import Draft
from hub.demo.landscape.geography import Address, short_name
from hub.demo.landscape.sources import Record
from hub.demo.landscape.tables import rows, words

SHIP_TO_COLUMNS = words(
    "客户编码 客户名称 简称 统一社会信用代码 税号 省 市 地址 邮编 联系人 电话 手机 邮箱 客户类型 状态 更新日期"
)
DEALER_COLUMNS = (
    "Dealer No",
    "Company (中文)",
    "Company (English)",
    "USCC/Tax ID",
    "Address",
    "City",
    "Tel",
    "E-mail",
    "Contact",
    "Region",
    "Since",
)

_COUNTRY_NAMES = {
    "US": "USA",
    "DE": "Germany",
    "GB": "United Kingdom",
    "JP": "Japan",
    "SG": "Singapore",
    "KR": "Korea",
    "HK": "Hong Kong",
    "TW": "Taiwan",
}
_TYPES = {
    "organisation": "企业",
    "foreign": "海外客户",
    "individual_business": "个体工商户",
    "person": "个人",
    "public_body": "机关事业单位",
    "nobody": "其他",
}
_SALES_REGIONS = """
华东 上海 江苏 浙江 安徽 山东 福建 江西; 华南 广东 广西 海南; 华北 北京 天津 河北 山西 内蒙古; 华中 湖北 湖南 河南
西南 重庆 四川 贵州 云南 西藏; 西北 陕西 甘肃 青海 宁夏 新疆; 东北 辽宁 吉林 黑龙江
"""
_SALES_REGION_OF = {province: region for region, *provinces in rows(_SALES_REGIONS) for province in provinces}
_LAST_UPDATE = dt.date(2026, 10, 31)


def erp_document(record: Record) -> dict[str, Any]:
    """Shape a record as the ERP's create document; the ERP keeps district, street and number in one field."""
    d = record.draft
    mechanisms = (("phone", d.landline), ("mobile", d.mobile), ("email", d.email), ("fax", d.fax))
    street = d.address.line or d.address.city
    address = {
        "street": street,
        "city": d.address.city,
        "postal_code": d.address.postal_code,
        "country": d.address.country,
    }
    return {
        "code": record.ref,
        "name": d.name,
        "identifiers": [{"type": None, "code": code} for code in (d.identifier, d.tax_id) if code],
        "addresses": [address],
        "contact_mechanisms": [{"type": kind, "value": value} for kind, value in mechanisms if value],
    }


def ship_to_row(record: Record) -> dict[str, str]:
    """Shape a record as a row of the SCM's ship-to file; three in ten repeat province and city in the address."""
    d, a = record.draft, record.draft.address
    updated = _LAST_UPDATE - dt.timedelta(days=record.serial * 37 % 900)
    return {
        "客户编码": record.ref,
        "客户名称": d.name,
        "简称": _short_name(record),
        "统一社会信用代码": d.identifier,
        "税号": d.tax_id,
        "省": a.province,
        "市": a.city,
        "地址": _full(a) if record.serial % 10 < 3 or a.country != "CN" else a.line,
        "邮编": a.postal_code,
        "联系人": d.contact,
        "电话": d.landline,
        "手机": d.mobile,
        "邮箱": d.email,
        "客户类型": "经销商" if "distributor" in record.customer.roles else _TYPES[record.customer.kind],
        "状态": d.status,
        "更新日期": updated.isoformat(),
    }


def dealer_row(record: Record) -> dict[str, str | int]:
    """Shape a record as a row of the dealer spreadsheet; where Excel did its damage, numbers are numbers."""
    d, a = record.draft, record.draft.address
    chinese, english = _two_names(record)
    row = {
        "Dealer No": record.ref,
        "Company (中文)": chinese,
        "Company (English)": english,
        "USCC/Tax ID": d.identifier or d.tax_id,
        "Address": _full(a).removeprefix(a.province if a.city != a.province else ""),
        "City": a.city,
        "Tel": d.landline or d.mobile,
        "E-mail": d.email,
        "Contact": d.contact,
        "Region": _SALES_REGION_OF.get(short_name(a.province), "") if a.country == "CN" else "海外",
        "Since": record.customer.since,
    }
    damaged = "excel_damage" in d.kinds
    return {column: _number(value) if damaged else value for column, value in row.items()}


def partner(record: Record) -> dict[str, str]:
    """Shape a record as what an EDIFACT PARTIN message says about one party."""
    d, a = record.draft, record.draft.address
    return {
        "gln": record.ref,
        "name": d.name,
        "street": a.line,
        "city": a.city,
        "subdivision": a.province,
        "postcode": a.postal_code,
        "country": a.country,
        "tax_id": d.identifier or d.tax_id,
        "internal_code": f"P{record.serial * 48_271 % 99_999_989:08d}",
        "contact": d.contact,
        "phone": d.landline or d.mobile,
        "email": d.email,
    }


def _short_name(record: Record) -> str:
    parts = record.customer.parts
    if parts is None or parts.unit or record.serial % 3:
        return ""
    return parts.trade if record.serial % 2 else f"{parts.trade}{parts.industry[:2]}"


def _two_names(record: Record) -> tuple[str, str]:
    d: Draft = record.draft
    if d.name.isascii():
        return ("", d.name)
    english = record.customer.parts.english if record.customer.parts and record.customer.kind == "organisation" else ""
    if record.customer.chinese_name:
        english = record.customer.plain_name
    return (d.name, english if record.serial % 5 < 2 or not record.customer.parts else "")


def _full(a: Address) -> str:
    if a.country != "CN":
        return ", ".join(part for part in (a.street, a.city, _COUNTRY_NAMES[a.country]) if part)
    return f"{a.province}{a.city if a.city != a.province else ''}{a.line}"


def _number(value: str) -> str | int:
    digits = value.removesuffix(".0")
    return int(digits) if digits.isdigit() and len(digits) >= 9 else value
