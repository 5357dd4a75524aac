"""Reading an authored YAML document into its checked model."""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError


class PolicyError(ValueError):
    """A policy document cannot be used; the message says which document, where in it and what to do."""


class Document(BaseModel):
    """Base of the models of authored documents: frozen, and a misspelt word is an error, not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=Document)


def read_document(text: str, model: type[Model], name: str) -> Model:
    """Read a YAML document.

    Args:
        text: the document.
        model: what it has to look like.
        name: what to call it in an error, e.g. ``match policy``.

    Raises:
        PolicyError: the text is no YAML or does not fit the model.
    """
    try:
        content: Any = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError(f"{name}, line {line}: not readable as YAML ({error.problem}); mend that line") from None
    except YAMLError:
        raise PolicyError(f"{name}: not readable as YAML; save it as UTF-8 text") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        raise PolicyError(f"{name}, {place}: {first['msg']}; correct this entry") from None


def document_hash(text: str) -> str:
    """Name a document version by its content (sha256, hex).

    >>> document_hash("a: 1")[:8] == document_hash("a: 1")[:8] != document_hash("a: 2")[:8]
    True
    """
    return hashlib.sha256(text.encode()).hexdigest()
