"""What quality rules say, in both languages."""

from __future__ import annotations

from sqlalchemy import Engine

from hub.documents import load
from hub.errors import HubError
from hub.web.i18n import LANGUAGES

Sentences = dict[str, dict[str, tuple[str, str]]]
"""Rule -> language -> what is wrong and what to do."""


def rule_sentences(engine: Engine) -> Sentences:
    """Give the sentences of the rules that are active; none before the first documents are applied.

    Dead letters keep the English sentence of their time; causes that are no rules have no other.
    """
    try:
        sets = load(engine).rules.values()
    except HubError:
        return {}
    return {
        rule.id: {lang: (getattr(rule.message, lang), getattr(rule.remedy, lang)) for lang in LANGUAGES}
        for rules in sets
        for rule in rules.rules
    }
