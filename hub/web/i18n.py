"""Languages: catalogues read once at start, and which language a reader gets.

Sentences stand in templates and code in English and are translated by ``zh.po``. Codes (states, fates, levels) are
looked up by context and code in either language.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Sequence
from contextlib import suppress
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
    is taken over from the text, to where its translation says ``{0}``, ``{1}``. ``{0:verdict}`` says it in the words of
    that context, be it a code, several with commas between them, or a sentence of its own. A sentence that has no
    translation, or whose part has none, is shown as it is.

    >>> phrase("zh", "sentence", "There is no decision 12"), phrase("en", "sentence", "There is no decision 12")
    ('没有第 12 号决定', 'There is no decision 12')
    >>> phrase("zh", "needs", "the end of pin 7, and an address whose region is known")
    '第 7 号固定值终止，并且行政区划明确的地址'
    """
    for pattern, translated in _patterns(language, context):
        if found := pattern.fullmatch(text):
            with suppress(_UnknownWordsError):
                return translated.format(*(_Taken(language, part) for part in found.groups()))
    return text


def stored_error(language: str, text: str) -> str:
    """Say an error that was stored as a whole: ``place: what. remedy``; one with unknown words is shown as it is.

    >>> stored_error("zh", "scm / ship_tos / out: there is no such folder on the server. Try again later.")
    'scm / ship_tos / out：服务器上没有这个文件夹。请稍后再试。'
    """
    for colon in (*re.finditer(": ", text), None):
        place, rest = (f"{text[: colon.start()]}：", text[colon.end() :]) if colon is not None else ("", text)
        for stop in re.finditer(r"\. ", rest):
            sentences = rest[: stop.start()], rest[stop.end() :]
            said = [phrase(language, "error", sentence) for sentence in sentences]
            if all(new != old for new, old in zip(said, sentences, strict=True)):
                return f"{place}{said[0]}。{said[1]}。"
    return phrase(language, "error", text)


class _UnknownWordsError(Exception):
    """A context has no words for a thing."""


class _Taken:
    """What a sentence takes over from the text, as its translation wants it.

    Args:
        language: of the translation.
        text: a thing in braces.
    """

    def __init__(self, language: str, text: str) -> None:
        self._language, self._text = language, text

    def __format__(self, context: str) -> str:
        """Say it in the words of a context; of none, as it is."""
        if not context or not self._text:
            return self._text
        return _said(self._language, context, self._text.strip("'"))


def _said(language: str, context: str, text: str) -> str:
    said = phrase(language, context, text)
    if said != text:
        return said
    first, comma, rest = text.partition(", ")
    if not comma:
        raise _UnknownWordsError
    return f"{_said(language, context, first)}、{_said(language, context, rest)}"


_BRACES = re.compile(r"\{[^{}]*\}")


@cache
def _patterns(language: str, context: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Read the sentences of a context, those without braces first, those that anything may begin last."""
    found = [(str(m.id), str(m.string)) for m in catalogue(language) if m.context == context]
    return tuple(
        (re.compile(_pattern(_BRACES.split(said)), re.DOTALL), translated)
        for said, translated in sorted(found, key=lambda pair: ("{" in pair[0], pair[0][0] == "{", -len(pair[0])))
    )


def _pattern(words: Sequence[str]) -> str:
    """Make the pattern of a sentence from what stands between its braces.

    A thing at either end may be empty, and of two that touch the first is one word.
    """
    pattern, last = re.escape(words[0]), len(words) - 1
    for place, word in enumerate(words[1:], 1):
        is_at_an_end = (place == 1 and not words[0]) or (place == last and not word)
        pattern += r"(\S+)" if not word and place < last else "(.*?)" if is_at_an_end else "(.+?)"
        pattern += re.escape(word)
    return pattern


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
