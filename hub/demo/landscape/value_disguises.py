"""How people, addresses, phones, mail and identifiers come to be written differently."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hub.demo.landscape import characters, contacts, geography, identifiers, names
from hub.demo.landscape.drafts import Draft

# --- people -----------------------------------------------------------------------------------------------------------


def person_title(d: Draft, rng: Random) -> bool:
    """Glue a title to the person."""
    title = rng.choice(("先生", "女士", "经理", "总", "(采购)", " 财务", "老师", "工程师", "主任"))
    if d.customer.kind == "person":
        return d.write(d.name + title[:2])
    if not d.contact or d.contact.isascii():
        return False
    d.contact += title
    return True


def surname_only(d: Draft, rng: Random) -> bool:
    """Write surname and title only."""
    if not d.contact or d.contact.isascii():
        return False
    family = contacts.surname(d.contact)
    d.contact = rng.choice(
        (f"{family}总", f"{family}工", f"{family}经理", f"老{family}", f"小{family}", f"{family}小姐")
    )
    return True


def other_contact(d: Draft, _: Random) -> bool:
    """Name the customer's other contact."""
    if not d.contact or d.customer.second_contact in {"", d.contact}:
        return False
    d.contact = d.customer.second_contact
    return True


# --- addresses --------------------------------------------------------------------------------------------------------


def moved_address(d: Draft, _: Random) -> bool:
    """Write the address the customer has left."""
    if d.customer.old_address is None:
        return False
    d.address = d.customer.old_address
    return True


def other_address(d: Draft, _: Random) -> bool:
    """Write the address of its warehouse."""
    d.address = d.customer.warehouse
    return True


def old_district(d: Draft, rng: Random) -> bool:
    """Write the district's name from before it was merged or renamed."""
    home = d.customer.home
    former = geography.abolished_districts().get((home.code, d.address.county), ()) if home else ()
    if not former:
        return False
    d.address = replace(d.address, county=rng.choice(former))
    return True


def suffix_lost(d: Draft, _: Random) -> bool:
    """Write province and city without their class words."""
    if d.customer.home is None:
        return False
    a = d.address
    d.address = replace(a, province=geography.short_name(a.province), city=geography.short_name(a.city))
    return True


def room_lost(d: Draft, _: Random) -> bool:
    """Leave out what follows the house number."""
    if not d.address.building:
        return False
    d.address = replace(d.address, building="")
    return True


def english_address(d: Draft, _: Random) -> bool:
    """Write the address in English."""
    a = d.address
    if d.customer.home is None or a.road.isascii():
        return False
    county = f", {names.region_pinyin(geography.short_name(a.county))}" if a.county else ""
    road = characters.pinyin(a.road[:-1]).capitalize()
    d.address = replace(
        a,
        province=names.region_pinyin(geography.short_name(a.province)),
        city=names.region_pinyin(a.city),
        county="",
        town="",
        road=f"No. {a.number} {road} Road{county}",
        number="",
        building="",
    )
    return True


# --- phones and mail --------------------------------------------------------------------------------------------------


def other_phone(d: Draft, _: Random) -> bool:
    """Write the customer's other landline only."""
    if not (d.landline or d.mobile) or d.customer.second_landline in {"", d.landline}:
        return False
    d.landline, d.mobile = d.customer.second_landline, ""
    return True


def phone_no_area_code(d: Draft, _: Random) -> bool:
    """Leave the area code out."""
    if not d.landline.startswith("0") or "-" not in d.landline:
        return False
    d.landline = d.landline.split("-", 1)[1]
    return True


def phone_international(d: Draft, rng: Random) -> bool:
    """Write the country code in one of its many ways."""
    if d.customer.home is None or not (d.landline.startswith("0") or d.mobile):
        return False
    prefix = rng.choice(("+86-", "86-", "0086-", "+86 ", "(86)"))
    if d.landline.startswith("0"):
        d.landline = prefix + (d.landline[1:] if rng.random() < 0.8 else d.landline)
    if d.mobile:
        d.mobile = prefix + d.mobile
    return True


def phone_format(d: Draft, rng: Random) -> bool:
    """Write brackets, blanks or full-width digits."""
    area, dash, local = d.landline.partition("-")
    if dash and area.startswith("0"):
        halves = f"{local[:4]} {local[4:]}"
        d.landline = rng.choice(
            (
                f"({area}){local}",
                f"（{area}）{local}",
                area + local,
                f"{area} {halves}",
                f"{area}－{local}",
                f"{area}--{local}",
                f"电话:{d.landline}",
            )
        )
    if d.mobile and d.mobile.isdigit():
        m = d.mobile
        d.mobile = rng.choice(
            (
                f"{m[:3]}-{m[3:7]}-{m[7:]}",
                f"{m[:3]} {m[3:7]} {m[7:]}",
                f"{m[:3]}{m[3:7]} {m[7:]}",
                "".join(chr(ord(c) + 0xFEE0) for c in m),
            )
        )
    return bool(dash or d.mobile)


def phone_extension(d: Draft, rng: Random) -> bool:
    """Add an extension."""
    if not d.landline.startswith("0"):
        return False
    d.landline += rng.choice(("转{}", "-{}", "分机{}", " ext.{}", "*{}")).format(
        rng.choice((8001, 808, 601, 0, 8012, 215))
    )
    return True


def two_numbers(d: Draft, rng: Random) -> bool:
    """Write two numbers into one cell."""
    other = d.mobile or d.customer.second_landline
    if not d.landline.startswith("0") or not other or other == d.landline:
        return False
    d.landline += rng.choice(("/", "、", " ; ", ",", " 或 ")) + other
    d.mobile = ""
    return True


def email_case(d: Draft, rng: Random) -> bool:
    """Write capitals."""
    before, d.email = d.email, rng.choice((d.email.upper(), d.email.capitalize(), d.email.title()))
    return d.email != before


def email_fullwidth(d: Draft, rng: Random) -> bool:
    """Write full-width characters or blanks around the sign."""
    if "@" not in d.email:
        return False
    d.email = d.email.replace("@", "＠") if rng.random() < 0.6 else d.email.replace("@", " @ ").replace(".", "．")
    return True


def other_email(d: Draft, _: Random) -> bool:
    """Write the customer's other address."""
    if not d.email or d.customer.second_email in {"", d.email}:
        return False
    d.email = d.customer.second_email
    return True


# --- identifiers and damage -------------------------------------------------------------------------------------------


def old_tax_id(d: Draft, _: Random) -> bool:
    """Write the 15-character tax id in place of the unified code."""
    if len(d.identifier) != 18:
        return False
    d.tax_id, d.identifier = identifiers.old_tax_id(d.identifier), ""
    return True


def id_typo(d: Draft, rng: Random) -> bool:
    """Mistype the identifier."""
    if len(d.identifier) < 8:
        return False
    d.identifier = identifiers.mistype(rng, d.identifier)
    return True


def excel_damage(d: Draft, rng: Random) -> bool:
    """Let a spreadsheet make numbers of identifier, phones and post code."""
    changed = False
    if len(d.identifier) == 18 and d.identifier.isdigit():
        d.identifier, changed = d.identifier[:15] + "000", True
    if d.mobile.isdigit() and len(d.mobile) == 11:
        d.mobile, changed = (f"{d.mobile}.0" if rng.random() < 0.7 else f"{int(d.mobile) / 1e10:.5f}E+10"), True
    if d.landline.startswith("0"):
        d.landline, changed = d.landline.replace("-", "")[1:], True
    if d.address.postal_code.startswith("0"):
        d.address, changed = replace(d.address, postal_code=d.address.postal_code.lstrip("0")), True
    return changed


def placeholder(d: Draft, rng: Random) -> bool:
    """Fill an attribute with what people type when they have nothing."""
    target = rng.choice(("identifier", "landline", "mobile", "email", "contact"))
    values = {
        "identifier": ("无", "000000000000000000", "123456789012345678", "-", "待补充"),
        "landline": ("无", "00000000", "88888888", "-", "/", "不详"),
        "mobile": ("13800000000", "13800138000", "11111111111", "13888888888", "0"),
        "email": ("无", "no@no.com", "test@test.com", "123@qq.com", "noreply@company.com"),
        "contact": ("无", "未知", "同上", "先生", "*"),
    }
    setattr(d, target, rng.choice(values[target]))
    return True
