"""Makes frozen values by setting their attributes one after the other, a third of what their constructor takes.

A frozen dataclass sets each of its own attributes through ``object.__setattr__``. Its *open* twin is the same type but
for one thing: attributes may be set as usual. When all are, the value gets its true class, and nothing tells it from
one that was constructed. For generated code only, which sets every attribute; everybody else calls the class.
"""

from __future__ import annotations


def opened(kind: type) -> type:
    """Give the open twin of a frozen dataclass with slots; called without arguments it makes an empty value.

    >>> from mappings.canonical import Item
    >>> item = opened(Item)()
    >>> item.code, item.name, item.revision, item.unit = "4711", "Valve", "", "piece"
    >>> item.__class__ = Item
    >>> item == Item("4711", "Valve", "", "piece"), type(item) is Item
    (True, True)

    Raises:
        TypeError: the dataclass looks at its values when it is made (``__post_init__``), so it must be constructed.
    """
    if hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} looks at its values when it is made; construct it")
    plain = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    return type(f"Open{kind.__name__}", (kind,), {"__slots__": (), **plain})
