"""Contact points in the signature of a mail, as written: phones and e-mail addresses, with name and company."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

LONGEST_BLOCK = 15
"""Lines; what stands further above is no signature any more."""
LONGEST_LINE = 300
MOST_MENTIONS = 20
FEWEST_DIGITS = 7

_PHONE_LABELS = (
    "联系电话|公司电话|办公电话|电话|電話|座机|固话|直线|总机|热线|手机号码|手机号|手机|手機|移动电话|联系方式|传真号码|传真|傳真"
    "|telephone|telefon|telefax|tel|phone|office|direct|mobile|mobil|handy|mob|cell|fax|hotline"
)
_LABEL = re.compile(
    rf"(?<![A-Za-z\d])(?:(?P<word>{_PHONE_LABELS})\.?\s*(?:[(（][^()（）]{{1,12}}[)）])?\s*(?:[:：/]|(?=[+\d(（]))"
    r"|(?P<letter>[tpmdof])(?:\s?[:：.]|(?=\s{1,3}\+)))",
    re.IGNORECASE,
)
_MAIL_LABELS = r"电子邮箱|电子邮件|邮箱地址|邮箱|邮件|电邮|電郵|e-?mail|mail|e"
_MAIL_LABEL = re.compile(rf"(?<![A-Za-z\d])(?:{_MAIL_LABELS})\s*[:：]", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:\+|00)?[(（]?\+?\d[\d\s\-–.()（）/]{5,24}\d(?:\s{0,2}(?:转|分机|ext\.?|extension|x|\*|#)\s{0,2}\d{1,6})?",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"(?<![\d.\-])(?:(?:\+?86[\s-]?)?1[3-9]\d(?:[\s-]?\d{4}){2}|\+[1-9]\d{0,2}[\s\d().-]{6,18}\d)(?![\d.])"
)
_MAIL = re.compile(r"[\w.+-]{1,64}[@＠][\w-]{1,63}(?:[.．][\w-]{1,63}){1,6}")
_DELIMITER = re.compile(r"^\s*(?:--|[-—–_=*~]{3,})\s*$")
_SIGN_OFF = re.compile(
    r"^\s*(?:此致|敬礼|祝好|顺祝|順祝|商祺|此祝|顺颂|谢谢|謝謝|多谢|致礼|以上|"
    r"(?:with\s+)?(?:best|kind|warm|many)\s+(?:regards|wishes|thanks)|regards|sincerely|yours\s+\w+|thanks"
    r"|thank you|cheers|mit freundlichen gr|viele gr|beste gr|br\b|b/r)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"公司|集团|(?<![工电])厂$|合作社|研究院|研究所|医院|学校|大学|经营部|商行|门市部"
    r"|\b(?:gmbh|inc|llc|l\.l\.c|ltd|limited|corp|corporation|co\.|kg|ag|plc|s\.a|b\.v|pty|sdn|bhd|k\.k|incorporated)(?!\w)",
    re.IGNORECASE,
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊孟秦邱侯江尹薛阎段雷龙史陶贺顾毛郝龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪庞施牛樊葛邢安齐伍庄颜倪温"
    "季俞章鲁毕柳肖欧祝左关涂翟殷宁柯祁梅盛童舒冉詹凌霍焦阮柴欧阳張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭蔣葉蘇呂盧鍾"
)
"""Frequent ones, both scripts: a line of two to four characters is a person only if it begins with one of them."""
_CHINESE_PERSON = re.compile(
    rf"^([{_SURNAMES}][\u4e00-\u9fff]{{1,3}}?)\s*"
    r"(?:(?:先生|女士|小姐|经理|总监|总|主任|工程师|采购|销售|部长|科长|助理|老师)[\u4e00-\u9fff]{0,6})?$"
)
_WESTERN_PERSON = re.compile(
    r"^(?:(?i:dr|mr|mrs|ms|dipl\.-ing)\.?\s+)?((?:[A-ZÀ-Þ][\w'’.-]*\s+){1,3}[A-ZÀ-Þ][\w'’-]+)$"
)
_NO_PERSON = re.compile(
    r"部$|室$|^采购|^销售|^财务|^客服|^技术|^敬礼|^商祺|^祝|^顺|^谢|^此致|^电话|^地址|^邮|^网址|^手机|^传真"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One contact point as it stands in a signature.

    Args:
        kind: ``phone`` or ``email``.
        value: as written.
        label: what stands before it, as written: ``手机``, ``Tel``; empty if nothing does.
        name: person of the signature, empty if none is seen.
        line: the whole line.
    """

    kind: str
    value: str
    label: str
    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature says; all empty if a mail has none."""

    name: str
    company: str
    mentions: tuple[Mention, ...]


def read_signature(text: str, sender_name: str = "") -> Signature:
    r"""Find the signature at the end of a mail's own words.

    Args:
        text: the mail without what it quotes, see :func:`connectors.transport.mail_text.own_words`.
        sender_name: name in the From header; counts as the person's name if the signature shows none.

    >>> found = read_signature("请报价\n\n王伟\n深圳恒瑞阀门有限公司\n电话：0755-26988431  手机:139 1234 5678")
    >>> found.name, found.company, [(m.kind, m.value, m.label) for m in found.mentions]
    ('王伟', '深圳恒瑞阀门有限公司', [('phone', '0755-26988431', '电话'), ('phone', '139 1234 5678', '手机')])
    """
    block = _block(text)
    name = next(filter(None, map(_person, block)), "") or sender_name
    company = next((line for line in block if _is_company(line)), "")
    found = {(m.kind, m.value): m for line in block for m in _mentions(line, name)}
    return Signature(name if found or company else "", company, tuple(islice(found.values(), MOST_MENTIONS)))


def _block(text: str) -> list[str]:
    """Return the signature's lines: after a delimiter or a sign-off, else from the first line that looks like one."""
    lines = [line.strip()[:LONGEST_LINE] for line in text.splitlines() if line.strip()][-LONGEST_BLOCK:]
    for number, line in enumerate(lines):
        if _DELIMITER.match(line):
            return lines[number + 1 :]
    for number, line in enumerate(lines):
        if _SIGN_OFF.match(line) and len(line) <= 40:
            return lines[number:]
    labelled = [number for number, line in enumerate(lines) if any(_mentions(line, ""))]
    if not labelled:
        return []
    start = min(labelled)
    while start > 0 and len(lines[start - 1]) <= 40 and (_person(lines[start - 1]) or _is_company(lines[start - 1])):
        start -= 1
    return lines[start:]


def _mentions(line: str, name: str) -> Iterator[Mention]:
    """Yield the contact points of a line; a number needs a label, or a form that only phone numbers have."""
    rest = line
    for found in _MAIL.finditer(line):
        before = _MAIL_LABEL.search(line[: found.start()])
        yield Mention("email", found[0], before[0].rstrip(" :：") if before else "", name, line)
        rest = rest.replace(found[0], " " * len(found[0]))
    labels = list(_LABEL.finditer(rest))
    ends = [label.start() for label in labels[1:]] + [len(rest)]
    for label, end in zip(labels, ends if labels else [], strict=True):
        for number in _split(rest[label.end() : end]):
            yield Mention("phone", number, label["word"] or label["letter"], name, line)
    if not labels:
        for found in _BARE_NUMBER.finditer(rest):
            yield Mention("phone", found[0].strip(), "", name, line)


def _split(segment: str) -> Iterator[str]:
    """Yield the numbers after a label; ``/``, ``、`` and ``;`` divide several."""
    for piece in re.split(r"[/、;；,，|]|\s{3,}|或", segment):
        narrow = unicodedata.normalize("NFKC", piece)
        found = _NUMBER.search(narrow)
        if found and sum(character.isdigit() for character in found[0]) >= FEWEST_DIGITS:
            yield piece[slice(*found.span())].strip() if len(narrow) == len(piece) else piece.strip()


def _is_company(line: str) -> bool:
    return len(line) <= 80 and bool(_COMPANY.search(line)) and "@" not in line and not line.endswith(("。", "！", "？"))


def _person(line: str) -> str:
    """Return the person a line names, empty if it is no person's line."""
    first = re.split(r"[|｜/,，]|\s{2,}", line.strip(" -—*"))[0].strip()
    if not first or _SIGN_OFF.match(first) or _NO_PERSON.search(first) or _COMPANY.search(first):
        return ""
    found = _CHINESE_PERSON.match(first) or _WESTERN_PERSON.match(first)
    return found[1] if found else ""
