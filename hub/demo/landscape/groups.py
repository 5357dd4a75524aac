"""Customers taken together to become neighbours: an anchor, and followers rebuilt around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from hub.demo.landscape import customers, geography, names
from hub.demo.landscape.customers import Customer, Mix
from hub.demo.landscape.geography import City
from hub.demo.landscape.names import CompanyName


@dataclass(slots=True)
class Group:
    """An anchor and its followers, which a recipe rebuilds in place."""

    anchor: Customer
    followers: list[Customer]
    rng: Random
    mix: Mix

    def rebuild(self, place: int, home: City, parts: CompanyName) -> Customer:
        """Make a follower anew as a company of a given name in a given city."""
        made = customers.company(self.rng, self.followers[place].number, home, parts, self.mix)
        self.followers[place] = made
        return made

    def company_parts(self) -> CompanyName:
        """The anchor's name in parts; recipes are only given Chinese companies."""
        assert self.anchor.parts is not None  # noqa: S101 - settled by the choice of anchors
        return self.anchor.parts

    def home(self) -> City:
        """The anchor's city."""
        assert self.anchor.home is not None  # noqa: S101 - settled by the choice of anchors
        return self.anchor.home


def other_homes(group: Group, *, other_province: bool = False) -> list[City]:
    """Choose a city of its own for each follower, none the anchor's."""
    found: dict[str, City] = {}
    while len(found) < len(group.followers):
        city = geography.other_city(group.rng, group.home(), other_province=other_province)
        found[city.code] = city
    return list(found.values())


def unrelated(group: Group) -> Iterator[Customer]:
    """Rebuild the followers as unrelated companies of the anchor's city."""
    home = group.home()
    for place in range(len(group.followers)):
        yield group.rebuild(place, home, names.some_company_name(group.rng, home.short, home.name))
