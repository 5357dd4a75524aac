"""What the levels of all kinds of attribute say, and what became of a pair, as English sentences.

Their Chinese stands with the other sentences for readers, in the hub's catalogue.
"""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    # company
    "company.missing": (
        "nothing to compare: a side has no company name, or the two are of scripts that do not sound alike"
    ),
    "company.different": "different company names",
    "company.related": "one company and its branch, or two of its branches",
    "company.same_trade": "the same trade name in another region or another business",
    "company.similar": "company names that are mostly the same",
    "company.sound": "company names that are read alike",
    "company.abbreviated": "one company name is a short form of the other",
    "company.short": "the same trade name; of the business something is left out, misspelt or moved",
    "company.core": "the same trade name and business; only one names a region or a group",
    "company.exact": "the same company name but for legal form, script and brackets",
    # person
    "person.missing": "nothing to compare: a side names no person",
    "person.different": "names of different persons",
    "person.contradicted": "they share a name, and each has another that the other lacks",
    "person.one_name": "one side has a single name, and the other has it too",
    "person.initials": "the names fit if initials stand for names",
    "person.contained": "one side has all names of the other, and more",
    "person.close": "the same person's name but for a slip of the pen",
    "person.equivalent": "the same person's name in another form",
    "person.exact": "the same person's name",
    # given_name
    "given_name.missing": "nothing to compare: a side has no given name",
    "given_name.different": "different given names",
    "given_name.initial": "one side gives only the first letter of the given name",
    "given_name.similar": "similar given names",
    "given_name.close": "given names a slip of the pen apart",
    "given_name.same_sound": "given names that sound alike",
    "given_name.equivalent": "the same given name in another form",
    "given_name.exact": "the same given name",
    # family_name
    "family_name.missing": "nothing to compare: a side has no family name",
    "family_name.different": "different family names",
    "family_name.initial": "one side gives only the first letter of the family name",
    "family_name.similar": "similar family names",
    "family_name.close": "family names a slip of the pen apart",
    "family_name.same_sound": "family names that sound alike",
    "family_name.equivalent": "the same family name in another form",
    "family_name.exact": "the same family name",
    # phone
    "phone.missing": "nothing to compare: a side has no telephone number",
    "phone.different": "different telephone numbers",
    "phone.same_block": "telephone numbers of one switchboard: all but the last three digits are the same",
    "phone.slip": "telephone numbers a slip apart: one digit wrong, lost or doubled, or two exchanged",
    "phone.local": "the same telephone number, once without area or country code",
    "phone.exact": "the same telephone number",
    # email
    "email.missing": "nothing to compare: a side has no e-mail address",
    "email.different": "different e-mail addresses",
    "email.same_domain": "two mailboxes at one company",
    "email.similar": "similar e-mail addresses",
    "email.same_mailbox": "the same name before the @, at another provider",
    "email.slip": "e-mail addresses a slip apart: one letter wrong, lost or doubled, or two exchanged",
    "email.exact": "the same e-mail address",
    # address
    "address.missing": "nothing to compare: a side has no address",
    "address.different": "different addresses",
    "address.same_city": "addresses in one city",
    "address.same_district": "addresses in one district or postcode",
    "address.same_road": "the same road or nearly the same text; another house number, or none",
    "address.similar": "addresses a slip apart",
    "address.same_house": "the same house or building",
    "address.exact": "the same address",
    # place
    "place.missing": "nothing to compare: a side names no place",
    "place.different": "different places",
    "place.alike": "names of places that are somewhat alike",
    "place.contained": "one place lies in the other",
    "place.similar": "names of places a slip apart",
    "place.exact": "the same place",
    # postcode
    "postcode.missing": "nothing to compare: a side has no postcode",
    "postcode.different": "different postcodes",
    "postcode.same_area": "postcodes of one area",
    "postcode.same_outward": "postcodes of one post town",
    "postcode.slip": "postcodes a slip apart: one character wrong, lost or doubled, or two exchanged",
    "postcode.exact": "the same postcode",
    # date
    "date.missing": "nothing to compare: a side has no date",
    "date.different": "different dates",
    "date.near": "dates at most a year apart, or first days of years a digit apart",
    "date.same_year": "dates in the same year",
    "date.rounded": "the same year; one side gives only its first day, or no day",
    "date.half": "the same month of the year, or the same day of another year",
    "date.slip": "dates a slip apart: one digit wrong, two exchanged, or day and month exchanged",
    "date.exact": "the same date",
    # identifier
    "identifier.missing": "nothing to compare: a side has no number",
    "identifier.different": "different numbers",
    "identifier.unsure": "different numbers, of which one fails its check",
    "identifier.part": "one number is a part of the other, or what a spreadsheet has rounded it to",
    "identifier.slip": "numbers a slip apart: one character wrong, lost or doubled, or two exchanged",
    "identifier.same_organisation": "the same organisation code within two forms of number",
    "identifier.exact": "the same number",
    # category
    "category.missing": "nothing to compare: a side names no class",
    "category.different": "different classes",
    "category.similar": "similar classes",
    "category.exact": "the same class",
    # text
    "text.missing": "nothing to compare: a side has no text",
    "text.different": "different texts",
    "text.similar": "similar texts",
    "text.close": "nearly the same text",
    "text.same_words": "the same words in another order",
    "text.exact": "the same text",
    # what is no level of a kind
    "prior": "before any comparison: how often records that meet under a key are one",
    "rarity.rare": "few records have what both say, so it says more",
    "rarity.common": "many records have what both say, so it says less",
    "learning": "what the whole table and the answers teach beyond the single weights",
    "policy": "what the merge policy makes of it",
    # what became of the pair
    "pair.none": (
        "this was no candidate pair: no blocking key that says enough brings the two together, so it was not "
        "scored; this is what the weights would give"
    ),
    "together.itself": "one group: the pair itself speaks for it",
    "together.chain": "one group, though the pair itself does not speak for it: a chain of other records links the two",
    "together.answer": "one group: somebody was asked, and answered that they are one",
    "apart.itself": "two groups: the pair does not speak for one",
    "apart.others": "two groups, though the pair speaks for one: other records of the two groups speak against it",
    "apart.answer": "two groups: somebody was asked, and answered that they are two",
    "allowed.match": "the merge policy lets the two be one: more than a name speaks for it",
    "allowed.review": "the merge policy leaves it to a person: too little speaks for it but the name",
    "allowed.related": "the merge policy: two parties that have something to do with each other",
    "allowed.different": "the merge policy: two parties, whatever else they share",
}
"""``kind.level`` of an attribute, or what else a step or an outcome goes by -> what it says."""
