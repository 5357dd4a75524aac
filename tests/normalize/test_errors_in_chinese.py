"""Readers of dead letters are told in Chinese, too, why a value could not be read."""

from __future__ import annotations

import ast

from hub.web.i18n import catalogue
from tests.support.sftp import ROOT

MAKERS = {"ValueReadError", "UnseenCodeError", "Rejected", "ContractBreach"}


def said(node: ast.expr) -> str:
    """Give a sentence of the program as the catalogue writes it, with ``{…}`` where something is put in."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(parts):
            return "".join(said(part) for part in parts)
        case ast.FormattedValue(value):
            return f"{{{ast.unparse(value)}}}"
    return ""


def test_every_sentence_about_a_value_is_translated() -> None:
    calls = [
        node
        for path in (ROOT / "mappings").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in MAKERS
    ]
    sentences = {said(argument) for call in calls for argument in call.args if " " in said(argument)}
    assert "not the serial day of a spreadsheet" in sentences
    assert sentences - {str(m.id) for m in catalogue("zh") if m.context == "error" and m.string} == set()
