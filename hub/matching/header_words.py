"""What the name of a column promises: a kind of attribute, in Chinese and in English.

The words of customer extracts are those of :mod:`hub.survey.header_words`; here are the finer ones.
"""

from __future__ import annotations

import re
from typing import Final

from hub.survey.header_words import Holds, kind_by_header
from mappings.normalize.text import simplify

NAME: Final = "name"
"""Promised by a column that may name companies or persons: its values decide."""
IGNORE: Final = "ignore"
"""Promised by a column that says nothing about who a record is."""

# In this order: 出生日期 is a date and no place of birth, "first name and surname" is a whole name.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (IGNORE, ("创建", "更新", "修改", "录入", "来源", "系统", "备注", "资本", "员工",
              "(?:来电|去电|通话|下单|订单|登录|访问|到访|拜访|交易|付款|发货|收货|投诉|申请)(?:时间|日期)",
              r"\b(?:call|order|log ?in|visit|payment|transaction|purchase|shipping|delivery|ticket) (?:date|time)\b",
              r"\b(?:created|updated|modified|changed|inserted|imported|loaded|exported|source|system)\b",
              "time ?stamp", r"\bemployees\b", r"\b(?:remark|note|comment)s?\b")),
    ("person", ("姓名", "^称呼$", "联系人$", "法定代表人", "法人代表", "full ?name",
                r"\bfirst\b.*\b(?:and|last|sur).*name", r"\b(?:person|contact) ?name")),
    ("given_name", ("^名$", "^名字$", r"\b(?:first|given|fore|middle|christian) ?names?\b", r"\b[fm]name\b", "vorname",
                    "pr[eé]nom")),
    (NAME, ("^nom$", "^nombre$", "^nome$")),
    ("family_name", ("^姓氏?$", r"\b(?:last|family|sur|maiden) ?names?\b", r"\blname\b", "nachname", "familienname",
                     "nom de famille", "apellido", "cognome", "sobrenome")),
    ("date", ("出生(?!地)", "生日", "成立", "注册日", r"\b(?:dob|born|founded)\b", "birth ?da(?:y|te)", "date of",
              "incorporat", "geburts(?:tag|datum)", "naissance")),
    ("place", ("出生地", "籍贯", "国家", "国籍", "区县", "所在[省市区]", "^区$", "^县$", "地区", "birth ?place",
               "^ort$|wohnort|bundesland|^stadt$|^ville$|^ciudad$|^citt[aà]$",
               r"\b(?:place|suburb|town|locality|county|region|district|country|nationality)\b")),
    ("address", ("门牌", "街道", "strasse|hausnummer|anschrift|^adresse|^direcci[oó]n|^indirizzo|^endere[cç]o",
                 r"(?:street|house|building) ?(?:number|no|name)\b", r"\bstreet\b",
                 r"\baddr(?:ess)?(?: ?line)? ?\d*\b")),
    ("postcode", ("postcode", "postal", r"\bzip")),
    ("identifier", ("身份证", "证件号", "护照", r"\b(?:ssn|nhs|ein|cnpj|siren|siret)\b", "soc(?:ial)? sec", "passport",
                    "licen[cs]e", "national id")),
    ("category", ("性别", "婚姻", "行业", "开户行", "开户银行", r"\b(?:gender|sex|industry|bank ?name)\b",
                  "marital")),
    ("company", ("公司名", "全称", "企业名", "单位名", "^firma|firmenname|raison sociale|razon social|ragione sociale",
                 r"\b(?:company|organi[sz]ation|business|legal|trading|trade)\b ?(?:name|$)")),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile("|".join(words))) for kind, words in _WORDS)
_FROM_EXTRACTS = {
    Holds.ORGANISATION: NAME, Holds.SHORT_NAME: "company", Holds.PERSON: "person", Holds.IDENTIFIER: "identifier",
    Holds.PHONE: "phone", Holds.MOBILE: "phone", Holds.FAX: "phone", Holds.EMAIL: "email", Holds.ADDRESS: "address",
    Holds.PROVINCE: "place", Holds.CITY: "place", Holds.POSTAL_CODE: "postcode", Holds.DATE: "date",
    Holds.AMOUNT: IGNORE, Holds.KEY: "identifier", Holds.FLAG: "category", Holds.TEXT: IGNORE,
}  # fmt: skip
_OTHER_NAME = re.compile(
    r"曾用|英文|中文|\b(?:former|previous|trading|trade|short|english|chinese|alternative|aka|dba)\b"
)
_ADDRESS_PART = re.compile(
    r"\b(?:address|addr|street|house|building|road|number|name|no|line|full|part)\b|[\d./#-]|地址|住所|街道|门牌号?|详细|号"
)
_CONTACTS = frozenset({Holds.EMAIL, Holds.PHONE, Holds.MOBILE, Holds.FAX})


def promise(header: str) -> str | None:
    """Tell what kind of attribute the name of a column promises: a kind, ``NAME``, ``IGNORE``, or none.

    >>> [promise(h) for h in ("first_name", "surname", "dob", "birth_place", "streetNumber", "soc_sec_id")]
    ['given_name', 'family_name', 'date', 'place', 'address', 'identifier']
    >>> [promise(h) for h in ("Geburtsdatum", "Straße", "Ort", "prénom", "nom", "apellidos")]
    ['date', 'address', 'place', 'given_name', 'name', 'family_name']
    >>> [promise(h) for h in ("公司名称", "客户名称", "联系人", "联系人电话", "统一社会信用代码", "来电时间", "F7")]
    ['company', 'name', 'person', 'phone', 'identifier', 'ignore', None]
    """
    of_extract = kind_by_header(header)
    if of_extract in _CONTACTS:  # the e-mail address of the contact person is an e-mail address
        return _FROM_EXTRACTS[of_extract]
    return _finer(header) or (_FROM_EXTRACTS.get(of_extract) if of_extract else None)


def is_key(header: str) -> bool:
    """Tell whether the name of a column is that of a key which some system gives: id, no, 编号, 序号.

    >>> [is_key(h) for h in ("party_id", "序号", "tax_id", "soc_sec_id", "phone no")]
    [True, True, False, False, False]
    """
    return kind_by_header(header) is Holds.KEY and _finer(header) is None


def is_other_name(header: str) -> bool:
    """Tell whether a column holds another name of what a column beside it names: short, former, foreign.

    >>> [is_other_name(h) for h in ("客户简称", "曾用名", "trading_name", "english name", "group name")]
    [True, True, True, True, False]
    """
    return kind_by_header(header) is Holds.SHORT_NAME or _OTHER_NAME.search(_words(header)) is not None


def whose_address(header: str) -> str:
    """Give what the name of an address column says besides that it is (a part of) an address.

    >>> [whose_address(h) for h in ("street_number", "address_1", "registered_address_line2", "注册地址", "门牌号")]
    ['', '', 'registered', '注册', '']
    """
    return "".join(_ADDRESS_PART.sub(" ", _words(header)).split())


def _finer(header: str) -> str | None:
    words = _words(header)
    return next((kind for kind, pattern in _PATTERNS if pattern.search(words)), None)


def _words(header: str) -> str:
    return simplify(re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|_", " ", header))
