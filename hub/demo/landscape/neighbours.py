"""Customers that resemble or belong to each other and must stay apart.

A link (L) is a relation worth knowing: head office and branch, group and subsidiary. A look-alike (X) shares a name, a
phone or an address by chance or by a common agent. Both are made within a block of customers by rebuilding some of them
around an anchor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random

from hub.demo.landscape import links, lookalikes, names
from hub.demo.landscape.customers import Customer, Mix
from hub.demo.landscape.groups import Group


@dataclass(frozen=True, slots=True)
class Relation:
    """Two customers that must not become one. ``label`` is ``L`` or ``X``."""

    a: int
    b: int
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often a kind of neighbourhood occurs and how it is made.

    Args:
        label: ``L`` or ``X``.
        kind: name of the relation.
        per_block: groups in an average block.
        followers: smallest and largest number of followers.
        apply: rebuilds the followers.
        star: only anchor and follower are related, not the followers among themselves.
    """

    label: str
    kind: str
    per_block: float
    followers: tuple[int, int]
    apply: Callable[[Group], None]
    star: bool = False


RECIPES: tuple[Recipe, ...] = (
    Recipe("X", "near_namesake", 1.5, (1, 2), lookalikes.namesakes(names.near_trade_name)),
    Recipe("X", "homophone_namesake", 0.8, (1, 1), lookalikes.namesakes(lookalikes.homophone_trade)),
    Recipe("X", "shape_namesake", 0.3, (1, 1), lookalikes.namesakes(lookalikes.shape_trade)),
    Recipe("X", "same_trade_other_province", 1.2, (1, 2), lookalikes.same_trade_other_province),
    Recipe("X", "same_industry", 0.3, (2, 3), lookalikes.same_industry),
    Recipe("X", "shared_agent_phone", 0.4, (3, 6), lookalikes.shared_agent_phone),
    Recipe("X", "incubator_address", 0.4, (3, 5), lookalikes.incubator_address),
    Recipe("X", "bookkeeper_email", 0.3, (2, 4), lookalikes.bookkeeper_email),
    Recipe("X", "two_branches", 0.25, (2, 2), lookalikes.two_branches),
    Recipe("X", "parent_uscc_on_branch", 0.25, (1, 1), lookalikes.parent_uscc_on_branch, star=True),
    Recipe("X", "two_persons", 0.25, (1, 1), lookalikes.two_persons),
    Recipe("X", "placeholder_values", 0.2, (1, 2), lookalikes.placeholder_values),
    Recipe("X", "test_record", 0.15, (1, 1), lookalikes.nobodies(lookalikes.TEST_NAMES)),
    Recipe("X", "pool_account", 0.15, (1, 1), lookalikes.nobodies(lookalikes.POOL_NAMES)),
    Recipe("L", "branch", 0.4, (1, 1), links.branch, star=True),
    Recipe("L", "unit", 0.25, (1, 1), links.unit, star=True),
    Recipe("L", "subsidiary", 0.4, (1, 2), links.subsidiary),
    Recipe("L", "group", 0.25, (1, 1), links.group_company),
    Recipe("L", "shared_phone_holding", 0.25, (1, 1), links.shared_phone_holding),
    Recipe("L", "trust_account", 0.2, (1, 1), links.trust_account, star=True),
    Recipe("L", "site", 0.4, (1, 2), links.site, star=True),
    Recipe("L", "distributor_end_customer", 0.25, (1, 2), links.end_customer, star=True),
    Recipe("L", "shared_contact", 0.2, (1, 1), links.shared_contact),
    Recipe("L", "person_moved", 0.2, (1, 1), links.person_moved),
)
"""Every kind of neighbourhood. Blocks have 50 customers, so these rates put about every second customer into one."""


def settle(block: list[Customer], number: int, rng: Random, mix: Mix) -> list[Relation]:
    """Rebuild some customers of a block as neighbours of others.

    Args:
        block: the customers, changed in place.
        number: of the block; recipes recur evenly over the blocks, so that a small landscape has every kind.
        rng: source of chance.
        mix: ``neighbours`` scales the frequencies.
    """
    anchors = [i for i, c in enumerate(block) if c.kind == "organisation" and c.parts and not c.parts.unit]
    rng.shuffle(anchors)
    del anchors[len(block) // 3 :]
    free = [i for i in range(len(block)) if i not in anchors]
    rng.shuffle(free)
    relations: list[Relation] = []
    for phase, recipe in enumerate(RECIPES):
        for _ in range(_occurrences(recipe.per_block * mix.neighbours, number, phase)):
            size = rng.randint(*recipe.followers)
            if not anchors or len(free) < size:
                return relations
            places = [anchors.pop(), *(free.pop() for _ in range(size))]
            relations += _apply(
                recipe, block, places, Group(block[places[0]], [block[i] for i in places[1:]], rng, mix)
            )
    return relations


def _apply(recipe: Recipe, block: list[Customer], places: list[int], group: Group) -> Iterator[Relation]:
    recipe.apply(group)
    for place, customer in zip(places, (group.anchor, *group.followers), strict=True):
        block[place] = customer
    first, *others = (block[place].number for place in places)
    if recipe.star:
        yield from (Relation(first, other, recipe.label, recipe.kind) for other in others)
    elif recipe.kind == "two_branches":
        yield from (Relation(first, other, "L", "branch") for other in others)
        yield from (Relation(a, b, "X", recipe.kind) for a, b in combinations(others, 2))
    else:
        yield from (Relation(a, b, recipe.label, recipe.kind) for a, b in combinations((first, *others), 2))


def _occurrences(rate: float, number: int, phase: int) -> int:
    shift = (phase * 0.618) % 1
    return int((number + 1) * rate + shift) - int(number * rate + shift)
