"""E-mail addresses: one or several in a cell, free-mail domains, role mailboxes."""

from __future__ import annotations

import re
import unicodedata

from mappings.normalize.data import FREE_MAIL_DOMAINS, ROLE_MAILBOXES
from mappings.normalize.text import clean, is_placeholder

_SEPARATORS = re.compile(r"[\s,;/|、，；<>()\[\]\"'“”‘’\u3400-\u9fff]+")
_LABEL = re.compile(r"^(?:(?:mailto|e-?mail|email|mail)[:=]|[:=])")
_WRITTEN_OUT = re.compile(r"\s?[(\[]at[)\]]\s?")
_WRONG_DOT = re.compile(r"(?<=[a-z0-9])[,。](?=(?:com|cn|net|org)(?![a-z0-9@._+-]))")
_SYNTAX = re.compile(
    r"(?=.{3,254}$)(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})"
)
_IGNORING_DOTS = frozenset({"gmail.com", "googlemail.com"})
_TRAILING = ".。:;!?"


def read_emails(text: str) -> tuple[str, ...]:
    """Read the e-mail addresses of a cell: lower case, each once, in order; what is none is left out.

    >>> read_emails("Wang.Wei＠Example.COM；li@example.com / 无")
    ('wang.wei@example.com', 'li@example.com')
    >>> read_emails("王伟 <wangwei@example.com>"), read_emails("邮箱：a.b@c"), read_emails("test@test.com")
    (('wangwei@example.com',), (), ())
    >>> read_emails("邮箱wang@163。com电话"), read_emails("wang[at]example.com")
    (('wang@163.com',), ('wang@example.com',))
    """
    plain = _WRITTEN_OUT.sub("@", unicodedata.normalize("NFKC", clean(text)).lower())
    words = _SEPARATORS.split(_WRONG_DOT.sub(".", plain))
    candidates = (_LABEL.sub("", word).rstrip(_TRAILING) for word in words if "@" in word)
    return tuple(dict.fromkeys(c for c in candidates if _SYNTAX.fullmatch(c) and not is_placeholder(c, "email")))


def domain(address: str) -> str:
    """Give the domain of an address as :func:`read_emails` returns it.

    >>> domain("wang@example.com"), domain("nonsense")
    ('example.com', '')
    """
    return address.rpartition("@")[2].lower() if "@" in address else ""


def is_free_mail(address: str) -> bool:
    """Tell whether anybody can have such an address, so that its domain proves no company.

    >>> is_free_mail("wang@qq.com"), is_free_mail("wang@vip.163.com"), is_free_mail("wang@example.com")
    (True, True, False)
    """
    return domain(address) in FREE_MAIL_DOMAINS


def is_role_mailbox(address: str) -> bool:
    """Tell whether a mailbox belongs to a function (info, sales, purchase …) and not to one person.

    >>> is_role_mailbox("Sales01@example.com"), is_role_mailbox("wangwei@example.com")
    (True, False)
    """
    return address.partition("@")[0].lower().rstrip("0123456789-_.") in ROLE_MAILBOXES


def mailbox_key(address: str) -> str:
    """Give the form in which addresses that reach the same mailbox are equal: dots and tags that a provider ignores.

    >>> mailbox_key("j.smith+shop@gmail.com"), mailbox_key("j.smith+a@example.com")
    ('jsmith@gmail.com', 'j.smith+a@example.com')
    """
    mailbox, _, host = address.lower().partition("@")
    if host not in _IGNORING_DOTS:
        return address.lower()
    return mailbox.partition("+")[0].replace(".", "") + "@gmail.com"
