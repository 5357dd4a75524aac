"""What the name of a column says that it holds, in Chinese and in English."""

from __future__ import annotations

import re
from enum import StrEnum

from mappings.normalize.text import simplify


class Holds(StrEnum):
    """What a column holds."""

    ORGANISATION = "organisation"
    SHORT_NAME = "short_name"
    PERSON = "person"
    IDENTIFIER = "identifier"
    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    EMAIL = "email"
    ADDRESS = "address"
    PROVINCE = "province"
    CITY = "city"
    POSTAL_CODE = "postal_code"
    DATE = "date"
    AMOUNT = "amount"
    KEY = "key"
    FLAG = "flag"
    TEXT = "text"
    EMPTY = "empty"


# In this order: 客户简称 is a short name and no name, 传真号码 a fax and no code, 联系人电话 a phone and no person.
_WORDS: tuple[tuple[Holds, str], ...] = (
    (Holds.EMAIL, r"邮箱|电邮|电子邮件|e-?mail|mail ?box"),
    (Holds.FAX, r"传真|\bfax\b|telefax"),
    (Holds.MOBILE, r"手机|移动电话|mobile|\bcell"),
    (Holds.PHONE, r"电话|座机|固话|联系方式|\btel\b|\bphone|telephone"),
    (Holds.POSTAL_CODE, r"邮编|邮政编码|邮码|post(?:al)? ?code|\bzip|\bplz\b"),
    (
        Holds.IDENTIFIER,
        r"信用代码|税号|纳税人|税务登记|组织机构代码|注册号|营业执照|uscc|tax|\bvat\b|\bduns\b|\blei\b|registration n",
    ),
    (Holds.DATE, r"日期|时间|\bdate\b|\bsince\b|created|updated|\bat$"),
    (
        Holds.AMOUNT,
        r"金额|额度|余额|价格|单价|销售额|数量|amount|\blimit\b|balance|revenue|turnover|price|\bsales (?:ytd|volume)",
    ),
    (Holds.ADDRESS, r"地址|住所|所在地|address|street|\baddr\b"),
    (Holds.PROVINCE, r"^省|省份|所属省|province|\bstate\b"),
    (Holds.CITY, r"^市$|城市|所属市|地级市|\bcity\b|\btown\b"),
    (Holds.SHORT_NAME, r"简称|别名|short ?name|alias|search ?(?:name|term)"),
    (
        Holds.PERSON,
        r"联系人|法人|负责人|收货人|姓名|业务员|经办人|contact|\bperson\b|owner name|attention|first ?name|last ?name",
    ),
    (
        Holds.KEY,
        r"编码|编号|代码|客户号|单号|流水|序号|\bcode\b|\bno\b|\bid\b|number|\bkey\b|account$",
    ),
    (
        Holds.FLAG,
        r"状态|类型|类别|级别|等级|是否|标志|\bstatus\b|\btype\b|category|\bclass\b|\bgroup\b|active|\bflag\b",
    ),
    (
        Holds.ORGANISATION,
        r"名称|公司|单位|客户名|企业|抬头|company|organi[sz]ation|customer|dealer|partner|party|\bname\b",
    ),
    (Holds.TEXT, r"备注|说明|描述|remark|\bnotes?\b|comment|description"),
)
_PATTERNS = tuple((kind, re.compile(words)) for kind, words in _WORDS)


def kind_by_header(header: str) -> Holds | None:
    """Tell what the name of a column promises, ``None`` if nothing.

    >>> [kind_by_header(h).value for h in ("客户名称", "客户简称", "聯繫電話", "Dealer No", "USCC/Tax ID", "E-Mail")]
    ['organisation', 'short_name', 'phone', 'key', 'identifier', 'email']
    >>> kind_by_header("F7") is None
    True
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", header)
    plain = simplify(words).replace(".", "")
    return next((kind for kind, pattern in _PATTERNS if pattern.search(plain)), None)
