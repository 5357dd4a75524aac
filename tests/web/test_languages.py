"""Both languages are complete: every sentence of the templates, every code that the hub stores or the program names."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Catalog
from jinja2.ext import babel_extract
from sqlalchemy import Column

import hub.web
from connectors import errors
from connectors.errors import AuthenticationError
from customer_master.golden.pins import Mode
from customer_master.golden.policy import Step
from customer_master.golden.survivorship import ATTRIBUTES
from customer_master.stewardship.policy import Kind, load_policy
from customer_master.store import decision_tables, work_tables
from customer_master.store import tables as master
from hub.pipeline.sync import STEPS
from hub.store import tables
from hub.store.runs import note_pull
from hub.web.access import ROLES
from hub.web.i18n import catalogue, choose, phrase
from hub.web.pages.customers import ENTITIES
from hub.web.purposes import PURPOSES
from mappings.canonical import CaseState, Channel, ConsentState, Direction, HoldingKind, MentionRole, NameType
from tests.support.sftp import ROOT
from tests.web.site import Site

WEB = Path(hub.web.__file__).parent
STEWARDSHIP = ROOT / "customer_master" / "policies" / "stewardship.yaml"
PLACEHOLDER = re.compile(r"%(?:\(\w+\)s|%)")
PLAIN = str.maketrans("", "", "0123456789")


def sentences() -> set[tuple[str, ...]]:
    """What stands in the templates to be translated: a sentence, or its singular and plural."""
    found = set()
    for path in (WEB / "templates").glob("*.html"):
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], {}):
                parts = message if isinstance(message, tuple | list) else (message,)
                found.add(tuple(part for part in parts if part))
    return found


def words(column: Column[str]) -> list[str]:
    """What a column may hold, by its check."""
    checks = " ".join(str(check.sqltext) for check in column.table.constraints if hasattr(check, "sqltext"))
    (listed,) = re.findall(rf"\b{column.name} in \(([^)]+)\)", checks)
    return re.findall(r"'([\w-]+)'", listed)


CODES: dict[str, list[str]] = {
    "run state": words(tables.run.c.state),
    "run kind": ["sync", "replay", *STEPS],
    "fate": ["landed", *words(tables.fate.c.fate)],
    "letter kind": words(tables.dead_letter.c.kind),
    "delivery state": ["created", "updated", "confirmed", *words(tables.delivery.c.state)],
    "party kind": words(master.party.c.kind),
    "party status": words(master.party_state.c.status),
    "joined by": words(master.membership.c.kind),
    "verdict": words(decision_tables.decision.c.verdict),
    "relation": list(decision_tables.RELATIONS),
    "pin mode": list(get_args(Mode)),
    "task kind": list(Kind),
    "task state": words(work_tables.task.c.state),
    "task event": words(work_tables.task_event.c.kind),
    "queue": list(load_policy(STEWARDSHIP.read_text(encoding="utf-8")).queues),
    "change kind": ["record", "resolve", "publish", "decision", "tombstone", "renumber", "erase"],
    "move": ["joined", "left", "gone", "returned"],
    "effect begins": ["constraint", "relation", "pin"],
    "effect ends": ["constraint", "relation", "pin"],
    "role": list(ROLES),
    "purpose": list(PURPOSES),
    "entity": list(ENTITIES),
    "entities": list(ENTITIES),
    "why": ["only", "agreed", "tie_break", "group", "fill", "pin", *Step],
    "conflict": ["identity", "material", "cosmetic"],
    "attribute": [*ATTRIBUTES, "roles", "identifier", "contact", "names", "identifiers", "phones", "emails"],
    "channel": list(Channel),
    "direction of a call": list(Direction),
    "direction of a mail": list(Direction),
    "case state": list(CaseState),
    "holding kind": list(HoldingKind),
    "mention role": list(MentionRole),
    "matched": ["number", "identifier", "phone", "email", "key", "name"],
    "value": [*NameType, "mobile", "landline", "service", "fax", "cn_uscc", "cn_tax15", "cn_org9", "vat", "gln"],
    "consent state": list(ConsentState),
}


def contexts(of: Catalog) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for message in of:
        if message.context:
            found.setdefault(message.context, set()).add(str(message.id))
    return found


def test_every_sentence_of_the_templates_is_translated_and_none_is_left_over() -> None:
    chinese = {
        m.id if isinstance(m.id, tuple | list) else (m.id,): m for m in catalogue("zh") if m.id and not m.context
    }
    assert {tuple(key) for key in chinese} == sentences()
    for message in chinese.values():
        originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
        for text in message.string if isinstance(message.string, tuple | list) else (message.string,):
            assert text.strip(), message.id
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(originals[-1])), message.id


def test_both_languages_have_words_for_the_same_codes() -> None:
    chinese, english = contexts(catalogue("zh")), contexts(catalogue("en"))
    sentences = {"sentence", "needs", "error", "account"}
    assert set(chinese) - set(english) == sentences, "a sentence is its own English"
    assert {c: codes for c, codes in chinese.items() if c not in sentences} == english
    for language in ("zh", "en"):
        assert [m.id for m in catalogue(language) if m.id and not all(m.string)] == []


@pytest.mark.parametrize("context", CODES)
def test_every_code_has_words(context: str) -> None:
    assert set(map(str, CODES[context])) - contexts(catalogue("zh"))[context] == set()


def test_every_context_that_is_asked_for_exists() -> None:
    templates = " ".join(path.read_text() for path in WEB.rglob("*.html"))
    code = " ".join(path.read_text() for path in WEB.rglob("*.py"))
    asked = {
        *re.findall(r'(?:label|phrase|state)\("([a-z ]+)"', templates),
        *re.findall(r"\{\d:([a-z ]+)\}", (WEB / "locale" / "zh.po").read_text(encoding="utf-8")),
        *re.findall(r'label\(self.language, "(.+?)"', code),
    }
    assert asked <= set(contexts(catalogue("zh")))


def literals(tree: ast.AST) -> Iterator[str]:
    """What a program says, with ``{…}`` where something is put in; sentences over several lines in one."""
    pieces = {id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values}
    for node in ast.walk(tree):
        if id(node) not in pieces and (text := _literal(node)):
            yield text


def _literal(node: ast.AST) -> str:
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(values):
            return "".join(_literal(value) for value in values)
        case ast.FormattedValue(value, conversion, spec):
            manner = f"!{chr(conversion)}" if conversion > 0 else ""
            return f"{{{ast.unparse(value)}{manner}{f':{_literal(spec)}' if spec is not None else ''}}}"
    return ""


def programs(*folders: str) -> Iterator[ast.AST]:
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


PUT_TOGETHER = {
    "Use 10 to 200 characters, for example four words",
    "Not Found",
    "Method Not Allowed",
    "the end of pin {pin.id}, and {f.needs}",
    'column "{field}": {what}',
    "the exchange with the SFTP server failed (the host name is not known)",
}
"""Sentences of several pieces, or of others."""


def test_sentences_of_errors_are_still_said_by_somebody() -> None:
    said = {text for tree in programs("connectors", "customer_master", "hub", "mappings") for text in literals(tree)}
    known = {s for context in ("sentence", "needs", "error") for s in contexts(catalogue("zh"))[context]}
    silent = {s for s in known - PUT_TOGETHER - said if not s.startswith("This needs the role")}
    assert silent == set()
    sql = " ".join(text for tree in programs("hub/pipeline") for text in literals(tree))
    assert {s for s in contexts(catalogue("zh"))["account"] if s.replace("{}", "%s") not in sql} == set()


def test_every_sentence_of_a_connector_is_translated() -> None:
    """Those that stand where an error or a defect is made; ``what`` and ``remedy`` of an error, all of a defect."""
    named = {"what", "remedy", "message"}
    said = set()
    for tree in programs("connectors"):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = ast.unparse(call.func)
            if name in vars(errors) or name in ("Defect", "UnreadableLineError", "unreadable"):
                texts = [*map(_literal, call.args), *(_literal(k.value) for k in call.keywords if k.arg in named)]
                said |= {text for text in texts if " " in text}
    assert len(said) > 90
    assert said - contexts(catalogue("zh"))["error"] == set()


@pytest.mark.parametrize(
    ("context", "english", "chinese"),
    [
        ("needs", "the end of pin 3, and 2 more records to say the same: 1 now, the winner 2",
         "第 3 号固定值终止，并且另有 2 条记录提供同样的值：现有 1 条，胜出者 2 条"),
        ("needs", "an advantage at one of the steps most_recent, longest: it equals the winner in all of them",
         "在某一步骤（最新、最长）占优：目前各步均与胜出者相当"),
        ("sentence", "li decided 'same' on task 4 at 2026-11-20T02:15:00Z (decision 9)",
         "li 已对任务 4 决定“同一客户”，时间 2026-11-20T02:15:00Z（第 9 号决定）"),
        ("sentence", "Nobody has the customer number CM-KRVQ-KEBX-N", "没有客户使用编号 CM-KRVQ-KEBX-N"),
        ("error", 'scm / ship_tos: the required column "市" is missing', "scm / ship_tos：缺少必需的“市”列"),
        ("error", "the value of party is not acceptable", "the value of party is not acceptable"),
        ("account", "erp: 3 deliveries are in-doubt", "erp：3 个投递结果未知"),
    ],
)  # fmt: skip
def test_a_sentence_is_said_with_what_it_tells_and_what_is_foreign_stays(
    context: str, english: str, chinese: str
) -> None:
    assert phrase("zh", context, english) == chinese
    assert phrase("en", context, english) == english


def test_errors_of_connectors_and_rows_are_told_in_chinese(site: Site) -> None:
    error = AuthenticationError(
        "the server refused user hub with this password", system="scm", stream="ship_tos", where="out",
        remedy="Renew the password in the secret the connection document refers to",
    )  # fmt: skip
    with site.hub.engine.begin() as db:
        note_pull(db, 1, "scm", "ship_tos", error)
    site.hub.execute(
        "update hub.dead_letter set cause = 'unreadable_value', remedy = 'Correct the value in the source',"
        " message = 'column \"更新日期\": not a point in time (ISO 8601 is read) (it looks like 9999-99)'"
        " where cause = 'rule'"
    )
    client = site.client("operator", language="zh-CN")
    run, letters = client.get("/runs/1").text, client.get("/dead-letters").text
    told = "scm / ship_tos / out：服务器拒绝用户 hub 使用的密码或密钥。请更新连接文档所引用的密码。"
    assert run.count(told) == 2, "among what is wrong, and among the systems"
    assert "refused user" not in run
    assert "“更新日期”列：不是时间点（应为 ISO 8601）（形如 9999-99）" in letters
    assert "请在来源中更正该值" in letters
    assert str(error) in html.unescape(site.client("operator").get("/runs/1").text)


def test_a_page_in_chinese_has_no_english_left_in_its_own_words(site: Site) -> None:
    client = site.client("admin", language="zh-CN,zh;q=0.9")
    customer = f"/customers/{site.number('ship_to/S001')}"
    own = re.compile(r"<(?:th|h1|h2|button|summary|label|legend)[^>]*>([^<]*)<")
    for path in (
        "/",
        "/review",
        "/decisions",
        "/tasks?queue=pairs",
        "/tasks/1",
        customer,
        f"{customer}/history",
        "/interactions",
        "/runs",
        "/runs/1",
        "/dead-letters",
        "/users",
    ):
        text = client.get(path).text
        assert '<html lang="zh-Hans">' in text
        left = {w.strip() for w in _words(own.findall(text)) if w.isascii() and len(w) > 2}
        assert left <= {"English", "admin", "operator", "steward", "viewer", "Asia"}, path


def _words(texts: list[str]) -> Iterator[str]:
    for text in texts:
        yield from re.findall(r"(?<![\w./])[A-Za-z]{2,}(?![\w./])", text)


@pytest.mark.parametrize(
    ("browser", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("en-GB,en", "en"),
        ("de-DE", "en"),
        ("", "en"),
        (";;,q=", "en"),
    ],
)
def test_the_browser_chooses_the_language_until_the_reader_does(browser: str, language: str) -> None:
    assert choose("", browser) == language
    assert choose("zh", browser) == "zh"


def test_the_chosen_language_is_kept_for_the_next_browser(site: Site) -> None:
    client = site.client("viewer", language="zh-CN")
    assert "查找客户" in client.get("/").text
    client.post("/language", data={"language": "en"})
    assert "Find a customer" in client.get("/").text
    assert "Find a customer" in site.client("viewer", language="zh-CN").get("/").text
    client.post("/language", data={"language": "xx"})
    assert "Find a customer" in client.get("/").text
