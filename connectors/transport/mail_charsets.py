"""Text out of mail bytes: charset names as mailers write them, bytes that are not what they are declared to be."""

from __future__ import annotations

import binascii
import codecs
import re
from dataclasses import dataclass

_NAMES = {
    "gb18030": "gb2312 gbk gb18030 gb18030-2000 gb18030-2005 gb18030-2022 gb2312-80 gb_2312-80 csgb2312 cp936 ms936 "
    "936 windows-936 euc-cn euccn euc-gb gb chinese iso-ir-58 hz-gb",
    "big5hkscs": "big5 big-5 cn-big5 csbig5 cp950 ms950 windows-950 big5-hkscs",
    "utf-8": "utf8 utf-8 utf8mb4 unicode utf_8 cp65001 unicode-1-1-utf-8",
    "utf-7": "unicode-1-1-utf-7 utf7",
    "hz": "hz-gb-2312 hz",
    "cp932": "sjis shift-jis shift_jis ms_kanji windows-31j ms932",
    "cp949": "ks_c_5601-1987 ks_c_5601 ksc5601 euc-kr windows-949 ms949",
    "cp1252": "iso-8859-1 latin1 latin-1 ansi windows-1252 cp-1252",
    "iso-8859-8": "iso-8859-8-i iso-8859-8-e",
}
"""Charsets and the names that mails have for them. What is declared gb2312 or gbk is read as gb18030, which contains
both: mailers declare the small set and write the large one. In the same way Big5 is read with the Hong Kong characters,
Latin-1 as Windows has it."""

_ALIASES = {name: charset for charset, names in _NAMES.items() for name in names.split()}
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"})
"""Python codecs that are no charset of any mail."""

_CERTAIN_LENGTH = 4
"""So many characters of three bytes or more, all valid UTF-8, are no coincidence."""
_GUESSES = ("utf-8", "gb18030", "big5hkscs")
_LONELY = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]+")
_WORD = re.compile(r"=\?([^?\s]*)\?([BbQq])\?([^?]*)\?=")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What no database takes as text."""


def charset_of(declared: str) -> str:
    """Give the name under which Python knows a declared charset; empty if it knows none, so that one must guess.

    >>> charset_of("GB2312"), charset_of("x-gbk"), charset_of('"cs-GB_2312-80"'), charset_of("klingon")
    ('gb18030', 'gb18030', 'gb18030', '')
    """
    name = declared.strip().strip("\"'").lower().partition("*")[0]
    for candidate in (name, re.sub(r"^(?:x-|cs-?)", "", name)):
        if candidate in _ALIASES:
            return _ALIASES[candidate]
        try:
            found = codecs.lookup(candidate)
            "".encode(found.name)  # codecs that make no text out of bytes: base64, rot13
        except (LookupError, ValueError, TypeError):
            continue
        if found.name in _ALIASES:
            return _ALIASES[found.name]
        if found.name not in _NO_CHARSETS:
            return found.name
    return ""


def decode(raw: bytes, declared: str) -> str:
    """Read text of a declared charset; what does not fit it is guessed, never refused.

    Args:
        raw: the bytes, transfer encoding already undone.
        declared: charset name as the mail has it, empty if it has none.

    >>> decode("镕".encode("gb18030"), "gb2312"), decode("朱".encode("utf-8"), "us-ascii")
    ('镕', '朱')
    >>> decode("Müller".encode("latin-1"), "")
    'Müller'
    """
    charset = charset_of(declared)
    if raw.isascii() and charset not in {"hz", "utf-7"} and not charset.startswith(("utf-16", "utf-32", "iso2022")):
        return clean(raw.decode("ascii"))
    if charset in {"cp1252", "ascii", ""} or _is_surely_utf8(raw):
        return clean(guess(raw))
    try:
        return clean(raw.decode(charset))
    except UnicodeError:
        guessed = guess(raw)
        return clean(guessed if "\ufffd" not in guessed else raw.decode(charset, "replace"))


def guess(raw: bytes) -> str:
    """Read text whose charset nobody says: UTF-8, a Chinese one, or a Western one if its high bytes stand alone.

    >>> guess("关于合同".encode("gbk")), guess("São Paulo".encode("latin-1"))
    ('关于合同', 'São Paulo')
    """
    lonely, all_high = len(_LONELY.findall(raw)), sum(map(len, _HIGH.findall(raw)))
    chinese = lonely * 4 < all_high
    for charset in _GUESSES if chinese else ("utf-8",):
        if _is(raw, charset):
            return raw.decode(charset)
    return raw.decode("gb18030" if chinese and all_high > len(raw) // 8 else "cp1252", "replace")


def decode_header(raw: bytes) -> str:
    """Read a header's value: encoded words, raw 8-bit text, both, in one line.

    Neighbouring encoded words of one charset are joined as bytes first: many mailers cut a character in two.

    >>> decode_header(b"=?gb2312?B?us/N?= =?gb2312?B?rA==?= PO-7")
    '合同 PO-7'
    """
    text = raw.decode("ascii") if raw.isascii() else decode(raw, "")
    pieces: list[str] = []
    run: list[_EncodedWord] = []
    end = 0
    for found in _WORD.finditer(text):
        gap = text[end : found.start()]
        word = _EncodedWord(charset_of(found[1]), found[2].upper(), found[3])
        if run and (gap.strip() or not run[-1].continues_in(word)):
            pieces.append(_decode_run(run))
            run = []
        if gap.strip() or not end:
            pieces.append(gap)
        run.append(word)
        end = found.end()
    if run:
        pieces.append(_decode_run(run))
    return clean(" ".join(("".join(pieces) + text[end:]).split()))


@dataclass(frozen=True, slots=True)
class _EncodedWord:
    charset: str
    encoding: str
    text: str

    def continues_in(self, other: _EncodedWord) -> bool:
        return (self.charset, self.encoding) == (other.charset, other.encoding)


def _decode_run(run: list[_EncodedWord]) -> str:
    if run[0].encoding == "Q":
        raw = b"".join(binascii.a2b_qp(_ascii(word.text), header=True) for word in run)
    elif any(len(word.text) % 4 for word in run[:-1]):  # cut in the middle of a base64 group, too
        raw = from_base64(b"".join(_ascii(word.text) for word in run))
    else:
        raw = b"".join(from_base64(_ascii(word.text)) for word in run)
    return decode(raw, run[0].charset)


def from_base64(raw: bytes) -> bytes:
    r"""Undo base64 as far as it goes: foreign characters are skipped, a missing end is made up for.

    >>> from_base64(b"5L2g!5aW9"), from_base64(b"YQ"), from_base64(b"Y")
    (b'\xe4\xbd\xa0\xe5\xa5\xbd', b'a', b'')
    """
    digits = re.sub(rb"[^A-Za-z0-9+/=]", b"", raw)
    return b"".join(_base64_group(piece) for piece in re.split(rb"=+", digits))


def _base64_group(digits: bytes) -> bytes:
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]  # one digit alone makes no byte
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def clean(text: str) -> str:
    """Take out of a text what cannot be stored: NUL and half surrogates."""
    return _UNFIT.sub("", text)


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "ignore")


def _is_surely_utf8(raw: bytes) -> bool:
    """Tell whether text in UTF-8 is declared to be something else: so many wide characters are no coincidence."""
    return _is(raw, "utf-8") and sum(character >= "\u0800" for character in raw.decode()) >= _CERTAIN_LENGTH


def _is(raw: bytes, charset: str) -> bool:
    try:
        raw.decode(charset)
    except UnicodeError:
        return False
    return True
