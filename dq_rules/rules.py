"""Rule documents: what is checked, how severe it is, and what to tell the people concerned."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Severity = Literal["block", "quarantine", "warn"]


class RuleError(Exception):
    """A rule document that cannot be used; an engineer mends it.

    Args:
        what: what is wrong.
        origin: file or name of the document.
        remedy: what to do about it.
    """

    def __init__(self, what: str, *, origin: str, remedy: str) -> None:
        self.what = what
        self.origin = origin
        self.remedy = remedy
        super().__init__(f"{origin}: {what}. {remedy}.")


class Text(BaseModel):
    """A sentence in both languages of the product."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    zh: str


class Rule(BaseModel):
    """One rule.

    Args:
        id: stable word that findings carry.
        severity: ``block`` stops the batch, ``quarantine`` holds the rows, ``warn`` is counted.
        expectation: class name of a Great Expectations expectation, or of one in :mod:`dq_rules.expectations`.
        min_rows: smallest batch it is checked on; a share of a few rows says nothing about a batch.
        kwargs: its arguments, among them ``column``, a key of :func:`dq_rules.rows.flatten`.
        message: what is wrong, for a person.
        remedy: what to do about it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    severity: Severity
    expectation: str = Field(pattern=r"^Expect[A-Za-z]+$")
    min_rows: int = Field(default=1, ge=1)
    kwargs: dict[str, Any]
    message: Text
    remedy: Text


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    entity: str
    version: int = Field(ge=1)
    rules: list[Rule] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules for one entity.

    Args:
        entity: canonical entity they check.
        version: version their author gave them.
        rules: in the order of the document; the first that a row breaks names its finding.
        text: the document as written, NFC.
        origin: file or name it came from, for errors.
    """

    entity: str
    version: int
    rules: tuple[Rule, ...]
    text: str
    origin: str

    @property
    def hash(self) -> str:
        """The sha256 of the text, hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def load_rules(path: Path) -> RuleSet:
    """Read a rule document from a file.

    Raises:
        RuleError: the file cannot be read or the document is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read ({error.strerror})"
        raise RuleError(f"the rule document {reason}", origin=str(path), remedy="Provide it as UTF-8 text") from None
    return parse_rules(text, str(path))


def parse_rules(text: str, origin: str) -> RuleSet:
    """Read a rule document given as text.

    Raises:
        RuleError: the document is wrong.
    """
    text = unicodedata.normalize("NFC", text)
    try:
        document = _Document.model_validate(YAML(typ="safe", pure=True).load(text))
    except YAMLError as error:
        first_line = str(error).splitlines()[0]
        raise RuleError(f"this is no YAML: {first_line}", origin=origin, remedy="Mend the document") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the document"
        raise RuleError(f"{place}: {first['msg']}", origin=origin, remedy="Mend it at this place") from None
    twice = {rule.id for rule in document.rules if sum(other.id == rule.id for other in document.rules) > 1}
    if twice:
        raise RuleError(
            f'the rule "{min(twice)}" stands there twice', origin=origin, remedy="Give each rule its own id"
        )
    return RuleSet(document.entity, document.version, tuple(document.rules), text, origin)
