"""What a person wrote in a mail: its text without markup, its own words without what it quotes, its language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from connectors.transport.mail_charsets import clean
from connectors.transport.mail_mime import Part

HTML_CHARACTERS = 2_000_000
"""More markup than this is cut before it is read."""

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BREAKING = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre"}
)
_QUOTE_BEGINS = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|original appointment|forwarded message|ursprüngliche nachricht|原始邮件|原始郵件"
    r"|转发邮件|回复的原邮件|转发的邮件)\s*-{2,}.*"
    r"|begin forwarded message:.*"
    r"|(?:on|am)\b.{5,200}(?:wrote|schrieb.{0,80}):\s*"
    r"|(?:在|于)?.{0,20}\d{4}.{5,200}(?:写道|寫道)[:：]?\s*"
    r"|_{20,}\s*"
    r")$",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"^\s*(?:on|am)\b.{5,400}(?:wrote|schrieb.{0,80}):\s*$", re.IGNORECASE)
_FROM_LINE = re.compile(r"^\s*\*?(?:发件人|發件人|寄件者|from|von)\*?\s*[:：]\s*\S", re.IGNORECASE)
_SENT_LINE = re.compile(
    r"^\s*\*?(?:发送时间|发送日期|日期|收件人|主题|寄件日期|收件者|主旨|sent|date|to|subject|gesendet|an|betreff)\*?\s*[:：]",
    re.IGNORECASE,
)
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


class _Reader:
    """Takes the events of the HTML parser and keeps what a reader sees."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.unseen = 0

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:  # noqa: ARG002 - lxml's
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _BREAKING:
            self.pieces.append("\n")
        elif tag in {"td", "th"}:
            self.pieces.append(" ")

    def end(self, tag: str | bytes) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in _BREAKING and tag not in {"br", "hr"}:
            self.pieces.append("\n")

    def data(self, data: str | bytes) -> None:
        if not self.unseen:
            self.pieces.append(re.sub(r"\s+", " ", str(data)))

    def comment(self, text: str | bytes) -> None:
        """Leave out a comment, Outlook's conditional ones among them."""

    def close(self) -> str:
        return "".join(self.pieces)


def html_to_text(markup: str) -> str:
    r"""Reduce HTML to the text a reader sees, a line for each block.

    >>> html_to_text("<head><style>p{}</style></head><p>您好，<b>王</b>先生</p><script>x()</script>A<br>B &amp; C")
    '您好，王先生\nA\nB & C'
    """
    content = clean(markup[:HTML_CHARACTERS]).encode("utf-8", "replace")
    if not content.strip():
        return ""
    parser = etree.HTMLParser(target=_Reader(), encoding="utf-8", recover=True, no_network=True)
    try:
        text = str(etree.fromstring(content, parser))
    except etree.XMLSyntaxError:  # nothing in it that could be called markup
        text = re.sub(r"<[^<>]{0,1000}>", " ", markup[:HTML_CHARACTERS])
    return tidy(text)


def tidy(text: str) -> str:
    r"""Take out superfluous spaces and more than one empty line in a row.

    >>> tidy("a  \n\n\n\n b")
    'a\n\nb'
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", clean("\n".join(lines))).strip()


def body_text(parts: Sequence[Part]) -> str:
    """Put together the text of a mail: its plain parts, or its HTML parts if no plain one says anything."""
    shown = [part for part in parts if not part.attached]
    plain = "\n".join(part.text() for part in shown if part.type != "text/html")
    if plain.strip():
        return tidy(plain)
    return tidy("\n".join(html_to_text(part.text()) for part in shown if part.type == "text/html"))


def own_words(text: str) -> str:
    r"""Cut off what a mail quotes: the mail it answers or forwards, lines that begin with ``>``.

    >>> own_words("好的\n王伟\n------------------ 原始邮件 ------------------\n发件人: x")
    '好的\n王伟'
    """
    lines = text.splitlines()
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _quote_begins(line[:400], [following[:400] for following in lines[number + 1 : number + 4]]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def _quote_begins(line: str, following: Sequence[str]) -> bool:
    if _FROM_LINE.match(line):
        return any(_SENT_LINE.match(other) for other in following)
    wrapped = f"{line} {following[0]}" if following else line  # "On … Li Wei <li@…>" and "wrote:" on the next line
    return bool(_QUOTE_BEGINS.match(line) or _WRAPPED.match(wrapped))


def language(text: str) -> str:
    """Guess whether a text is Chinese (``zh``) or written in Latin letters (``en``); empty if it has no letters.

    >>> language("请报价 DN50 valve"), language("Dear Mr. 王"), language("12:30")
    ('zh', 'en', '')
    """
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if not han and not latin:
        return ""
    return "zh" if han * 4 >= latin else "en"  # a Chinese character says as much as some four letters
