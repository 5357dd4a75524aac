"""``translate`` and ``translate_back``: the functions of the language that look up in a document's crosswalks.

In the catalogue they are declared; the checker binds a call to the crosswalk it names, and what a compiler finds in the
tree is an ordinary function of one argument that looks up in that one table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.language.catalogue import CATALOGUE, Function, Parameter
from mappings.language.crosswalks import Crosswalk
from mappings.language.types import CONSTANTS, QUOTED, TEXT, Type
from mappings.normalize.errors import ValueReadError

CROSSWALK = Type("crosswalk")
"""Type of a parameter that is no value: the name a document gives to a crosswalk."""


def translate(value: str, crosswalk: Crosswalk) -> str:
    """Give the canonical word of a system's code; an unseen code holds the row, a blank one is the empty text.

    >>> from mappings.language.crosswalks import Row
    >>> states = Crosswalk("erp_order_state", 3, "sales-operations", (Row("CONF", "confirmed", True),))
    >>> translate("CONF", states)
    'confirmed'

    Raises:
        UnseenCodeError: the crosswalk has no such code.
    """
    return crosswalk.translate(value)


def translate_back(value: str, crosswalk: Crosswalk) -> str:
    """Give a system's code for a canonical word; blank stays blank.

    >>> from mappings.language.crosswalks import Row
    >>> states = Crosswalk("erp_order_state", 3, "sales-operations", (Row("CONF", "confirmed", True),))
    >>> translate_back("confirmed", states)
    'CONF'

    Raises:
        UnseenCodeError: the crosswalk has no such word.
    """
    return crosswalk.translate_back(value)


for _lookup in (translate, translate_back):
    CATALOGUE[_lookup.__name__] = Function(
        _lookup.__name__,
        (Parameter("value", TEXT, required=True), Parameter("crosswalk", CROSSWALK, required=True)),
        TEXT,
        _lookup,
        _lookup.__doc__ or "",
    )


@dataclass(frozen=True, slots=True)
class Lookup(Function):
    """A declared function bound to one crosswalk of a document; its name is its own within the document.

    Args:
        declared: name of the declared function, as the author writes it.
        local: the document's name for the crosswalk.
        crosswalk: the table.
    """

    declared: str
    local: str
    crosswalk: Crosswalk


def bound(function: Function, local: str, crosswalk: Crosswalk) -> Lookup:
    """Bind a declared function to a crosswalk."""
    look_up: Callable[[str, Crosswalk], str] = function.call

    def call(value: str) -> str:
        return look_up(value, crosswalk)

    return Lookup(
        f"{function.name}__{local}", function.parameters[:1], function.returns, call, function.doc,
        function.name, local, crosswalk,
    )  # fmt: skip


def closed_list(type_: Type) -> Mapping[str, Any]:
    """Give the words of a closed list with their values; other types have none.

    >>> list(closed_list(Type("channel"))), list(closed_list(Type("kind"))), dict(closed_list(TEXT))
    (['call', 'email', 'fax', 'letter', 'visit', 'web'], ['organisation', 'person', 'site'], {})
    """
    if type_.name in QUOTED:
        return {str(word): word for word in QUOTED[type_.name]}
    return {word: value for word, (value, own) in CONSTANTS.items() if own.name == type_.name != "bool"}


def narrowed(lookup: Lookup, type_: Type) -> Lookup:
    """Have a look-up give words of a closed list; every word of its crosswalk must be one of them."""
    words = closed_list(type_)

    def call(value: str) -> Any:
        word = lookup.call(value)
        if not word:
            raise ValueReadError(f"there is no code to make a {type_} of", "")
        return words[word]

    return Lookup(
        f"{lookup.declared}_{type_.name}__{lookup.local}", lookup.parameters, type_, call, lookup.doc,
        lookup.declared, lookup.local, lookup.crosswalk,
    )  # fmt: skip
