"""Languages: catalogues read once at start, and which language a reader gets.

Sentences stand in templates and code in English and are translated by ``zh.po``. Codes (states, fates, levels) are
looked up by context and code in either language.
"""

from __future__ import annotations

import gettext
import io
import re
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")
COOKIE = "hub_language"
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}


@cache
def locale_of(language: str) -> Locale:
    """Give the rules by which a language writes numbers and dates."""
    return Locale.parse(_LOCALES[language])


def catalogue(language: str) -> Catalog:
    """Read a language's catalogue."""
    text = files("hub.web").joinpath("locale", f"{language}.po").read_bytes()
    return read_po(io.BytesIO(text), locale=_LOCALES[language])


@cache
def translations(language: str) -> gettext.GNUTranslations:
    """Give a language's translations, compiled once."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def label(language: str, context: str, code: object) -> str:
    """Say a code in words; one that nobody has put into words yet is shown as it is.

    >>> label("zh", "run state", "green"), label("en", "verdict", "same"), label("en", "verdict", "new one")
    ('正常', 'same', 'new one')
    """
    return translations(language).pgettext(context, str(code))


def phrase(language: str, context: str, text: str) -> str:
    """Say a sentence of the program, whose English may hold names and numbers.

    A catalogue writes such a sentence as the program does, ``There is no decision {decision_id}``; each thing in braces
    is taken over from the text, to where its translation says ``{0}``, ``{1}``. One that nobody has translated yet is
    shown as it is.

    >>> phrase("zh", "sentence", "There is no decision 12"), phrase("en", "sentence", "There is no decision 12")
    ('没有第 12 号决定', 'There is no decision 12')
    """
    for pattern, translated in _patterns(language, context):
        if found := pattern.fullmatch(text):
            return translated.format(*found.groups())
    return text


_BRACES = re.compile(r"\{[^{}]*\}")


@cache
def _patterns(language: str, context: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Read the sentences of a context, those without braces first."""
    found = [(str(m.id), str(m.string)) for m in catalogue(language) if m.context == context]
    return tuple(
        (re.compile("(.+)".join(map(re.escape, _BRACES.split(said))), re.DOTALL), translated)
        for said, translated in sorted(found, key=lambda pair: ("{" in pair[0], -len(pair[0])))
    )


def choose(chosen: str, accepted: str) -> str:
    """Choose a reader's language.

    Args:
        chosen: what the reader chose, if anything.
        accepted: the browser's ``Accept-Language``.

    >>> choose("", "zh-TW,zh;q=0.9,en;q=0.8"), choose("en", "zh-CN"), choose("", "de, en;q=0.5, zh;q=0.2")
    ('zh', 'en', 'en')
    """
    if chosen in LANGUAGES:
        return chosen
    ranked = sorted(
        (-_quality(rest), number, tag.strip()[:2].lower())
        for number, (tag, _, rest) in enumerate(part.partition(";") for part in accepted.split(",")[:20])
    )
    return next((language for minus, _, language in ranked if language in LANGUAGES and minus < 0), "en")


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=") or 1.0)
    except ValueError:
        return 0.0
