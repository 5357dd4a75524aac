"""Both languages are complete: every sentence of the templates, every code that the hub stores or the program names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Catalog
from jinja2.ext import babel_extract
from sqlalchemy import Column

import hub.web
from customer_master.golden.pins import Mode
from customer_master.golden.policy import Step
from customer_master.golden.survivorship import ATTRIBUTES
from customer_master.stewardship.policy import Kind, load_policy
from customer_master.store import decision_tables, work_tables
from customer_master.store import tables as master
from hub.pipeline.sync import STEPS
from hub.store import tables
from hub.web.access import ROLES
from hub.web.i18n import catalogue, choose
from hub.web.pages.customers import ENTITIES
from hub.web.purposes import PURPOSES
from mappings.canonical import CaseState, Channel, Direction, HoldingKind, MentionRole, NameType
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
    sentences = {"sentence", "needs"}
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
        *re.findall(r'label\(self.language, "(.+?)"', code),
    }
    assert asked <= set(contexts(catalogue("zh")))


def test_sentences_of_errors_are_still_said_by_somebody() -> None:
    roots = (WEB, WEB.parent, WEB.parents[1] / "customer_master")
    code = " ".join(path.read_text() for root in roots for path in root.rglob("*.py"))
    known = contexts(catalogue("zh"))["sentence"] | contexts(catalogue("zh"))["needs"]
    filled = {"Use 10 to 200 characters, for example four words", "Not Found", "Method Not Allowed"}
    silent = {s for s in known - filled if s not in code and not s.startswith("This needs the role")}
    assert silent == set()


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
