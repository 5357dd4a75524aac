"""Catalogue functions that make the parts of a party; an empty or placeholder value makes nothing."""

from __future__ import annotations

from datetime import date

from mappings.canonical import Address, Email, Identifier, Name, NameType, Phone, Reference, Relation
from mappings.language.catalogue import function
from mappings.language.types import IdentifierType
from mappings.normalize import text as readings
from mappings.normalize.addresses import parse_address
from mappings.normalize.company_names import parse_company
from mappings.normalize.emails import read_emails
from mappings.normalize.identifiers import read_identifier
from mappings.normalize.person_names import looks_like_person as _looks_like_person
from mappings.normalize.phones import area_code_for, read_phones

_STREET_WORDS = "路街大道巷"


@function
def name(
    value: str, of: NameType = NameType.REGISTERED, since: date | None = None, until: date | None = None
) -> Name | None:
    """Make a name; the language follows from the writing. Blank makes nothing.

    >>> name("深圳市华强电子有限公司", NameType.REGISTERED).language
    'zh'
    >>> name("华强电子厂", NameType.FORMER, until=date(2019, 12, 31)).valid_to
    datetime.date(2019, 12, 31)
    >>> name("暂无") is None
    True
    """
    if not value or readings.is_placeholder(value, "name"):
        return None
    return Name(value, of, "zh" if readings.has_han(value) else "en", since, until)


@function
def identifier(value: str, of: IdentifierType | None = None) -> Identifier | None:
    """Make an identifier, normalised and checked; the value reader finds its type unless told.

    A resident's id is personal and makes nothing; neither does a blank value.

    >>> identifier("914403001922038216").type
    'cn_uscc'
    """
    read = read_identifier(value, kind=of or "") if value else None
    if read is None or read.problem == "placeholder" or read.type == "ric":
        return None
    return Identifier(read.type, read.value, read.valid)


@function
def address(value: str, country: str = "", postal_code: str = "") -> Address | None:
    """Make an address with its region code; the text decides about the country, else what is given.

    A blank text makes nothing.

    >>> address("广东省深圳市南山区科技路1号", "CN", "518057").region
    '440305'
    """
    if not value or readings.is_placeholder(value, "address"):
        return None
    parts = parse_address(value, country=country.upper())
    code = "" if readings.is_placeholder(postal_code) else postal_code
    known = parts.country or country.upper() or ("CN" if readings.has_han(value) else "")
    return Address(value, known, parts.region_code, code)


@function
def phones(value: str, area: str = "", country: str = "CN") -> tuple[Phone, ...]:
    """Read all telephone numbers of a cell; a bare local number needs the area code of its town.

    A blank cell has none.

    >>> [p.number for p in phones("0755-26988888 / 13912345678")]
    ['+8675526988888', '+8613912345678']
    """
    found = read_phones(value, area=area, country=country or "CN")
    return tuple(Phone(p.number, p.extension, p.kind) for p in found)


@function
def faxes(value: str, area: str = "", country: str = "CN") -> tuple[Phone, ...]:
    """Read all fax numbers of a cell; a blank one has none.

    >>> faxes("0755-26988889")
    (Phone(number='+8675526988889', extension='', kind='fax'),)
    """
    return tuple(Phone(p.number, p.extension, "fax") for p in phones(value, area, country))


@function
def phone_text(number: str, extension: str) -> str:
    """Write a number so that any system keeps it and :func:`phones` reads it again; a blank extension is left out.

    >>> phone_text("+8675526988888", "8012")
    '+8675526988888 ext. 8012'
    """
    return f"{number} ext. {extension}" if extension else number


@function
def emails(value: str) -> tuple[Email, ...]:
    """Read all e-mail addresses of a cell; a blank one has none.

    >>> emails("Sales@Huaqiang.com; x")
    (Email(address='sales@huaqiang.com'),)
    """
    return tuple(Email(found) for found in read_emails(value) if not readings.is_placeholder(found, "email"))


@function
def contact(value: str) -> str:
    """Take the name of a contact person as written; a placeholder or blank is nobody.

    >>> contact("王总"), contact("无")
    ('王总', '')
    """
    return "" if readings.is_placeholder(value, "name") else value


@function
def reference(relation: Relation, system: str, record_type: str, key: str) -> Reference | None:
    """Refer to another source record; a blank key refers to nothing.

    >>> reference(Relation.BRANCH_OF, "erp", "party", "") is None
    True
    """
    return Reference(relation, system, record_type, key) if key else None


@function
def looks_like_person(value: str) -> bool:
    """Tell whether the text reads as a Chinese personal name; blank does not.

    >>> looks_like_person("王小明"), looks_like_person("华强电子有限公司")
    (True, False)
    """
    return _looks_like_person(value)


@function
def looks_like_company(value: str) -> bool:
    """Tell whether the text carries a legal form; blank does not.

    >>> looks_like_company("华强电子有限公司"), looks_like_company("王小明")
    (True, False)
    """
    return bool(value) and bool(parse_company(value).legal_form)


@function
def place(street: str, city: str = "", province: str = "") -> str:
    """Write one line out of the parts of an address, each part once, in the order of its language.

    Blank parts are left out.

    >>> place("南山区科技路1号", "深圳市", "广东省"), place("深圳市南山区科技路1号", "深圳市")
    ('广东省深圳市南山区科技路1号', '深圳市南山区科技路1号')
    >>> place("Hauptstr. 5", "Berlin")
    'Hauptstr. 5, Berlin'
    """
    line = street
    chinese = readings.has_han(street or city or province)
    for part in (city, province):
        if not part or part in line or _begins_with_short_form(line, part):
            continue
        line = (f"{part}{line}" if chinese else f"{line}, {part}") if line else part
    return line


def _begins_with_short_form(line: str, part: str) -> bool:
    short = part.rstrip("省市")
    behind = line.removeprefix(short)
    return len(short) >= 2 and behind != line and behind[:1] not in _STREET_WORDS


@function
def city_in(value: str) -> str:
    """Find the city an address names, exactly as written there; blank if there is none.

    >>> city_in("广东省深圳市南山区科技路1号"), city_in("科技路1号")
    ('深圳市', '')
    """
    city = parse_address(value).city if value else ""
    return city if city in value else ""


@function
def area_code(value: str) -> str:
    """Find the telephone area code of the town an address names; blank if there is none.

    >>> area_code("深圳市"), area_code("")
    ('0755', '')
    """
    return area_code_for(parse_address(value).region_code) if value else ""
