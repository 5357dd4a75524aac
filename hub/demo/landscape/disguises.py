"""Every kind of disguise by name, and how a record is dressed in them.

The kinds are those seen in real Chinese customer data; several may hold at once. A disguise that does not apply (no
brackets in the name, no area code in the number) changes nothing and is not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from hub.demo.landscape import name_disguises as name
from hub.demo.landscape import value_disguises as value
from hub.demo.landscape.drafts import Disguise, Draft

DISGUISES: Mapping[str, Disguise] = {
    "former_name": name.former_name,
    "successor": name.successor,
    "region_moved": name.region_moved,
    "region_suffix": name.region_suffix,
    "region_added": name.region_added,
    "region_lost": name.region_lost,
    "word_added": name.word_added,
    "word_lost": name.word_lost,
    "order_swap": name.order_swap,
    "legal_form": name.legal_form,
    "legal_form_misspelt": name.legal_form_misspelt,
    "legal_form_lost": name.legal_form_lost,
    "english_name": name.english_name,
    "pinyin_name": name.pinyin_name,
    "short_name": name.short_name,
    "abbreviation": name.abbreviation,
    "homophone": name.homophone,
    "shape": name.shape,
    "lost_character": name.lost_character,
    "doubled_character": name.doubled_character,
    "transposed_characters": name.transposed_characters,
    "traditional": name.traditional,
    "bracket_width": name.bracket_width,
    "remark": name.remark,
    "pasted_twice": name.pasted_twice,
    "spacing": name.spacing,
    "truncation_20": name.truncation(20),
    "truncation_30": name.truncation(30),
    "truncation_40": name.truncation(40),
    "mojibake": name.mojibake,
    "other_contact": value.other_contact,
    "surname_only": value.surname_only,
    "person_title": value.person_title,
    "swapped_columns": name.swapped_columns,
    "moved_address": value.moved_address,
    "other_address": value.other_address,
    "old_district": value.old_district,
    "room_lost": value.room_lost,
    "suffix_lost": value.suffix_lost,
    "english_address": value.english_address,
    "other_phone": value.other_phone,
    "excel_damage": value.excel_damage,
    "phone_no_area_code": value.phone_no_area_code,
    "phone_international": value.phone_international,
    "two_numbers": value.two_numbers,
    "phone_format": value.phone_format,
    "phone_extension": value.phone_extension,
    "other_email": value.other_email,
    "email_case": value.email_case,
    "email_fullwidth": value.email_fullwidth,
    "old_tax_id": value.old_tax_id,
    "id_typo": value.id_typo,
    "placeholder": value.placeholder,
}
"""Every kind of disguise by name, in the order in which they are put on."""


def disguise(record: Draft, rates: Mapping[str, float], rng: Random) -> None:
    """Apply disguises and note those that changed something.

    Args:
        record: changed in place.
        rates: probability by kind, in the order of :data:`DISGUISES`.
        rng: source of chance.
    """
    for kind, rate in rates.items():
        if rng.random() < rate and DISGUISES[kind](record, rng):
            record.kinds.append(kind)
