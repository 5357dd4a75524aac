"""Guess how a file of delimited text is written: its encoding and its delimiter."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter

ENCODINGS = ("utf-8", "gb18030", "big5", "shift_jis", "cp1252")
"""Encodings that are tried on a text without a byte order mark, in order of preference."""
DELIMITERS = (",", ";", "\t", "|")

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Characters that any table of Chinese or Japanese customers is full of. A wrong encoding gives valid but rare ones.
_COMMON = frozenset(
    "公司有限省市区县路街号室电话手机地址名称客户编码联系人邮箱类型状态日期税科技子贸易商店厂中国上海北京广东深圳江浙苏南东西山"
    "電話號碼聯絡客戶編名稱統統一類狀態縣區灣株式会社県町の株駅担当者様"
)
_KANA = re.compile("[\u3041-\u30ff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_ACCENTED = re.compile("[À-ÖØ-öø-ÿŠšŽžŒœŸ’“”–—€]")
_LEAST_COMMON = 0.02  # share of the characters beyond ASCII that must make sense
_LINES = 50


def guess_encoding(head: bytes) -> str | None:
    r"""Guess the encoding of a text by its beginning.

    Args:
        head: the first bytes, at best some hundred thousand; may end inside a character.

    Returns:
        A name that Python knows, or ``None`` if the bytes are no text.

    >>> [guess_encoding("编码,客户名称\n1,深圳市华强公司\n".encode(e)) for e in ("utf-8", "gb18030", "utf-16-le")]
    ['utf-8', 'gb18030', 'utf-16-le']
    >>> guess_encoding("編號,客戶名稱\n1,高雄貿易有限公司\n".encode("big5")), guess_encoding(bytes(range(200)))
    ('big5', None)
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    for wide, newline in (("utf-16-le", b"\n\0"), ("utf-16-be", b"\0\n")):
        if newline in head and (text := _decode(head, wide)) is not None and not _CONTROL.search(text):
            return wide
    texts = {name: text for name in ENCODINGS if (text := _decode(head, name)) is not None}
    if not texts or _CONTROL.search(next(iter(texts.values()))):
        return None
    if "utf-8" in texts:
        return "utf-8"
    best = max(texts, key=lambda name: _sense(texts[name], name))
    return best if _sense(texts[best], best) >= _LEAST_COMMON else None


def _decode(head: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None


def _sense(text: str, encoding: str) -> float:
    """Give the share of the characters beyond ASCII that are common ones in the language of the encoding."""
    beyond = [character for character in text if not character.isascii()]
    if encoding == "cp1252":
        # Chinese read as Latin is all accents in a row; real Latin text has them one at a time
        return 0.1 if beyond and len(_ACCENTED.findall(text)) > 0.9 * len(beyond) < 0.1 * len(text) else 0.0
    common = sum(character in _COMMON for character in beyond)
    common += len(_KANA.findall(text)) if encoding == "shift_jis" else 0
    return common / max(len(beyond), 1)


def guess_delimiter(text: str) -> str | None:
    r"""Guess the delimiter by the number of cells that it gives in each line; ``None`` if none divides the lines alike.

    >>> guess_delimiter("a;b;c\n1;2,5;3\n"), guess_delimiter("a\tb\n1\t2\n"), guess_delimiter("Dear Sir,\nwe thank.")
    (';', '\t', None)
    """
    lines = [line for line in text.splitlines() if line.strip()][:_LINES]
    best, most = None, 0
    for delimiter in DELIMITERS:
        widths = _widths(lines, delimiter)
        if not widths:
            continue
        width, agreeing = widths.most_common(1)[0]
        if width > 1 and agreeing > widths.total() / 2 and width * agreeing > most:
            best, most = delimiter, width * agreeing
    return best


def _widths(lines: list[str], delimiter: str) -> Counter[int]:
    """Count the cells of each line; a quoted cell may reach over several."""
    try:
        return Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return Counter()
