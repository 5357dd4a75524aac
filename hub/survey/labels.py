"""Words of the report in English and in Chinese."""

from __future__ import annotations

from hub.survey.header_words import Holds

HOLDS: dict[Holds, tuple[str, str]] = {
    Holds.ORGANISATION: ("organisation name", "单位名称"),
    Holds.SHORT_NAME: ("short name", "简称"),
    Holds.PERSON: ("person name", "人名"),
    Holds.IDENTIFIER: ("company number", "证照税号"),
    Holds.PHONE: ("phone", "电话"),
    Holds.MOBILE: ("mobile", "手机"),
    Holds.FAX: ("fax", "传真"),
    Holds.EMAIL: ("e-mail", "邮箱"),
    Holds.ADDRESS: ("address", "地址"),
    Holds.PROVINCE: ("province", "省份"),
    Holds.CITY: ("city", "城市"),
    Holds.POSTAL_CODE: ("postal code", "邮编"),
    Holds.DATE: ("date", "日期"),
    Holds.AMOUNT: ("amount", "数值"),
    Holds.KEY: ("code, key", "编码"),
    Holds.FLAG: ("few values", "状态、类别"),
    Holds.TEXT: ("free text", "文本"),
    Holds.EMPTY: ("empty", "空列"),
}
ATTRIBUTES: dict[str, tuple[str, str]] = {
    "identifier": ("registration number", "证照号码"),
    "name": ("name", "名称"),
    "phone": ("phone", "电话"),
    "email": ("e-mail", "邮箱"),
    "address": ("address", "地址"),
    "duplicate": ("duplicate", "重复"),
}
DAMAGES: dict[str, tuple[str, str]] = {
    "excel": ("spreadsheet damage", "表格软件损坏"),
    "mojibake": ("wrong characters", "乱码"),
}
DEFECTS: dict[str, tuple[str, str]] = {
    "column_count": ("rows with too few or too many cells", "列数不符的行"),
    "bad_quoting": ("rows with broken quotes", "引号错误的行"),
    "truncated_row": ("rows cut off at the end of the file", "文件末尾被截断的行"),
}
