"""The project folder: everything people author, as files under version control.

=========================  ==============================================
folder                     documents
=========================  ==============================================
``deploy/connections``     one system each: connector, config, org unit
``mappings/specs``         one mapping for each source stream
``mappings/crosswalks``    code lists: a system's codes and the canonical words
``dq_rules``               quality rules for each entity
``customer_master/policies``  ``match.yaml``, ``survivorship.yaml`` and ``stewardship.yaml``
``deploy/subscriptions``   what a target gets, and which field wins
=========================  ==============================================
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from hub.errors import HubError
from hub.schedule.cadence import checked_cadence
from mappings.language.crosswalks import FOLDER as CROSSWALKS
from mappings.language.crosswalks import parse_crosswalk

_FOLDERS = {
    "connection": "deploy/connections",
    "crosswalk": CROSSWALKS,
    "mapping": "mappings/specs",
    "quality": "dq_rules",
    "policy": "customer_master/policies",
    "subscription": "deploy/subscriptions",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One authored document.

    Args:
        kind: connection, crosswalk, mapping, quality, match, survivorship, stewardship or subscription.
        name: its name within the kind; that of a crosswalk tells the version too, each version stays by itself.
        body: the text as authored.
        origin: file it was read from, for messages.
    """

    kind: str
    name: str
    body: str
    origin: str

    @property
    def hash(self) -> str:
        """Sha256 over kind, name and text: the identity of this version."""
        return hashlib.sha256(f"{self.kind}\0{self.name}\0{self.body}".encode()).hexdigest()


Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Deletions(_Strict):
    """How many records of a stream may be gone at once without a person's word.

    Args:
        share: per cent of the stream's live records.
        count: so many may be gone whatever the share is, but never more than half.
    """

    share: Annotated[float, Field(ge=0, le=100)] = 5.0
    count: Annotated[int, Field(ge=0)] = 10

    def lets_pass(self, listed: int, missing: int) -> bool:
        """Tell whether a complete reading may be applied at once; one that names nothing never may.

        >>> Deletions().lets_pass(listed=12, missing=8), Deletions().lets_pass(listed=300, missing=20)
        (True, False)
        """
        allowed = max(self.count, (listed + missing) * self.share / 100)
        return missing == 0 or (missing <= allowed and missing <= listed)


class Connection(_Strict):
    """A connection document: how to reach one system.

    Args:
        connection: code of the system, used everywhere.
        connector: name in the connector registry.
        kind: erp, scm, pdm, email, callcentre, crm, distributor, file or manual.
        org_unit: who owns its records.
        stage: only an installation stamped prod may write to a connection marked prod.
        config: the connector's own settings; secrets and per-installation values as references.
        schedule: when to pull: a cron expression (UTC), or an interval such as ``30m``, ``2h`` or ``1d``.
        deletions: how many records may be gone at once before a person has to approve it.
    """

    connection: str
    connector: str
    kind: str
    org_unit: str
    stage: Literal["dev", "test", "prod"]
    config: dict[str, Any]
    schedule: Annotated[str, AfterValidator(checked_cadence)] = "*/15 * * * *"
    deletions: Deletions = Deletions()


class Subscription(_Strict):
    """A subscription document: which agreed facts a target gets.

    Args:
        subscription: name.
        target: connection to write to.
        stream: writable stream of its connector.
        record_type: record type of the target's records in the master.
        mapping: mapping whose outbound section gives the target's shape.
        create: create a record for parties that have none in the target.
        kinds: party kinds it is about.
        fields: attribute -> ``fill`` (write where the target has nothing, or only our own writing) or ``lead`` (the
            agreed value replaces another one). A missing agreed value is never written.
    """

    subscription: str
    target: str
    stream: str
    record_type: str
    mapping: str
    create: bool
    kinds: tuple[Literal["organisation", "person", "site"], ...]
    fields: dict[str, Literal["fill", "lead"]]


def documents(project: Path) -> list[Document]:
    """Read all documents of a project folder.

    Raises:
        HubError: there are none, or one is not UTF-8 or not readable as YAML.
        MappingError: a crosswalk is wrong.
    """
    found = [_read(project, path, kind) for kind in _FOLDERS for path in _files(project, kind)]
    if not found:
        raise HubError(f"{project} holds no project documents", "Name the project folder with HUB_PROJECT")
    return found


def connections(project: Path) -> tuple[list[Connection], list[HubError]]:
    """Read the connection documents of a project folder, each for itself: a bad one does not hide the others.

    Returns:
        The good ones, and what is wrong with the others.
    """
    good, errors = [], []
    for path in _files(project, "connection"):
        try:
            good.append(parse_connection(_read(project, path, "connection")))
        except HubError as error:
            errors.append(error)
    return good, errors


def parse_connection(document: Document) -> Connection:
    """Read a connection document.

    Raises:
        HubError: it does not say what a connection must say.
    """
    return _validated(Connection, document)


def parse_subscription(document: Document) -> Subscription:
    """Read a subscription document.

    Raises:
        HubError: it does not say what a subscription must say.
    """
    return _validated(Subscription, document)


def _files(project: Path, kind: str) -> list[Path]:
    return sorted((project / _FOLDERS[kind]).rglob("*.csv" if kind == "crosswalk" else "*.yaml"))


def _read(project: Path, path: Path, kind: str) -> Document:
    origin = str(path.relative_to(project))
    try:
        body = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise HubError(f"{origin} is not UTF-8", "Save it as UTF-8") from None
    if kind == "crosswalk":
        return Document(kind, parse_crosswalk(body, origin).reference, body, origin)
    content = _load(body, origin, typ="base")  # only the name is wanted: values stay text
    own_kind = path.stem if kind == "policy" else kind
    name = str(content.get(own_kind, path.stem)) if isinstance(content, dict) else path.stem
    return Document(own_kind, name, body, origin)


def _validated(model: type[Model], document: Document) -> Model:
    try:
        return model.model_validate(_load(document.body, document.origin))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise HubError(f"{document.origin}: {place or 'document'}: {first['msg']}", "Mend the document") from None


def _load(body: str, origin: str, typ: str = "safe") -> Any:
    try:
        return YAML(typ=typ).load(body)
    except (YAMLError, ValueError) as error:  # ValueError: a date that does not exist
        mark = getattr(error, "problem_mark", None)
        place = f"{origin}:{mark.line + 1}:{mark.column + 1}" if mark else origin
        raise HubError(f"{place}: {getattr(error, 'problem', 'not readable as YAML')}", "Mend the document") from None
