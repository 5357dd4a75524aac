"""YAML 1.2 read into plain values, with the place of every value kept beside them.

Only what a mapping needs is admitted: mappings, sequences, text, integers, decimals, booleans and null. Anchors,
aliases and tags are refused, so a document is as large as it looks. Dates stay text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from mappings.language.errors import MappingError, Position

Path = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_READ_AS_TEXT = {"str", "timestamp", "merge", "value", "binary"}
START = Position(1, 1)


@dataclass(slots=True)
class Located:
    """A document's plain value and where its parts stand.

    Args:
        value: dicts, lists and scalars.
        places: position of the value at each path.
        inline: paths whose text stands on one line as it is, mapped to the width of its opening quote; only there do
            columns inside the text mean columns in the file.
    """

    value: Any = None
    places: dict[Path, Position] = field(default_factory=dict)
    inline: dict[Path, int] = field(default_factory=dict)

    def place(self, path: Path) -> Position:
        """Find the position of a path, or of the nearest part of the document around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, START)


def read_yaml(text: str, origin: str) -> Located:
    """Read a YAML document.

    Args:
        text: the document.
        origin: its file or name, for errors.

    Raises:
        MappingError: the text is no YAML, or uses anchors, tags or keys that are no text.
    """
    located = Located()
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        if node is not None:
            located.value = _Reader(origin, located).read(node, ())
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Position(mark.line + 1, mark.column + 1) if mark else START
        raise _error(f"this is no YAML: {error.problem or error.context}", origin, place) from None
    except ReaderError as error:
        before = text[: error.position].split("\n")
        place = Position(len(before), len(before[-1]) + 1)
        raise _error(f"this is no YAML: {error.reason}", origin, place) from None
    except (YAMLError, ValueError, OverflowError) as error:
        raise _error(f"this is no YAML ({type(error).__name__})", origin, START) from None
    except RecursionError:
        raise _error("the document is nested too deeply", origin, START) from None
    return located


def _error(what: str, origin: str, place: Position) -> MappingError:
    return MappingError(what, origin=origin, position=place, remedy="Mend it at this place")


class _Reader:
    """Turns composed nodes into plain values."""

    def __init__(self, origin: str, located: Located) -> None:
        self._origin = origin
        self._located = located
        self._seen: set[int] = set()

    def read(self, node: Node, path: Path) -> Any:
        place = Position(node.start_mark.line + 1, node.start_mark.column + 1)
        if node.anchor is not None or id(node) in self._seen:
            raise _error("anchors and aliases are not part of the mapping language", self._origin, place)
        self._seen.add(id(node))
        self._located.places[path] = place
        if isinstance(node, ScalarNode):
            if node.start_mark.line == node.end_mark.line:
                self._located.inline[path] = 1 if node.style in ("'", '"') else 0
            return self._scalar(node, place)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = Position(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, ScalarNode):
                raise _error("a key must be text", self._origin, place)
            key = str(key_node.value)
            if key in values:
                raise _error(f'the key "{key}" stands here twice', self._origin, place)
            values[key] = self.read(value_node, (*path, key))
        return values

    def _scalar(self, node: ScalarNode, place: Position) -> Any:
        text = str(node.value)
        kind = str(node.tag).removeprefix(_TAG)
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text) if str(int(text)) == text else text  # 0755 is an area code, no number
            if kind == "float":
                return float(text)
        except ValueError:
            return text
        if kind not in _READ_AS_TEXT:
            raise _error("tags are not part of the mapping language", self._origin, place)
        return text
