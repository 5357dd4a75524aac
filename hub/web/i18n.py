"""Languages: catalogues read once at start, and which language a reader gets.

Sentences stand in templates and code in English and are translated by ``zh.po``. Codes (states, fates, levels) are
looked up by context and code in either language.
"""

from __future__ import annotations

import gettext
import io
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
