"""The known actions of one problem by what the policies ask of a request for them.

What is asked of some actions is simplified by what is already certain of the whole problem. Statements that then leave
a request no choice divide the actions into parts, each with conditions of its own. Where a statement that was changed
leaves a few ways, each way is a part: one for the Region that was added, one for the role. The others are left to the
search.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from org.access.prove import universe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from org.access.prove.problems import Rule, Way
    from org.access.prove.solve import Choice, Number, State

MOST_PARTS = 32
"""Into so many parts the actions of one problem are divided at most; more would be read by nobody."""
MOST_WAYS = 4
"""A statement that leaves more ways than these is told as a whole."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is left of a level: the actions that it allows already, and the ways that are still open."""

    full: universe.Set
    ways: tuple[tuple[universe.Set, tuple[Number, ...]], ...]


@dataclass(slots=True)
class Asked:
    """What is left of the rules: the actions that nothing excludes yet, and the choices, each for some actions.

    `changed` are those of the choices that come of statements which only one side has.
    """

    alive: universe.Set
    choices: list[tuple[universe.Set, Choice]] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    changed: list[tuple[universe.Set, Choice]] = field(default_factory=list)

    def of(self, place: int) -> list[Choice]:
        """The choices for one action."""
        bit = 1 << place
        found = [choice for covered, choice in self.choices if covered & bit]
        found += [
            tuple(numbers for covered, numbers in level.ways if covered & bit)
            for level in self.levels
            if not level.full & bit
        ]
        return found

    def as_much(self, place: int, among: universe.Set) -> universe.Set:
        """The actions of which at least the same is asked as of this one."""
        bit = 1 << place
        for covered, _ in self.choices:
            if covered & bit:
                among &= covered
        for level in self.levels:
            if not level.full & bit:
                others = universe.union(covered for covered, _ in level.ways if not covered & bit)
                among &= ~(level.full | others)
        return among

    def alike(self, place: int, among: universe.Set) -> universe.Set:
        """The actions of which exactly the same is asked as of this one."""
        bit = 1 << place
        sets = [covered for covered, _ in self.choices]
        for level in self.levels:
            sets += [level.full, *(covered & ~level.full for covered, _ in level.ways)]
        for covered in sets:
            among &= covered if covered & bit else ~covered
        return among

    def met(self, state: State, among: universe.Set) -> universe.Set:
        """The actions of which nothing is asked that the literals of the state do not give already."""
        for covered, choice in self.choices:
            if covered & among and not any(all(map(state.must_be, numbers)) for numbers in choice):
                among &= ~covered
        for level in self.levels:
            given = (covered for covered, numbers in level.ways if all(map(state.must_be, numbers)))
            among &= level.full | universe.union(given)
        return among


def asked(state: State, within: universe.Set, rules: Iterable[Rule], levels: Sequence[Sequence[Way]]) -> Asked:
    """What the rules ask of the actions, in view of what the state says of every request."""
    found = Asked(within)
    for rule in rules:
        if not rule.actions & found.alive:
            continue
        left = state.left(rule.choice)
        if left is None:
            continue
        if left:
            found.choices.append((rule.actions, left))
            found.changed += [found.choices[-1]] if rule.changed else []
        else:
            found.alive &= ~rule.actions
    for level in levels:
        found.levels.append(_level(state, found.alive, level))
        found.alive &= found.levels[-1].full | universe.union(covered for covered, _ in found.levels[-1].ways)
    return found


def _level(state: State, within: universe.Set, ways: Iterable[Way]) -> Level:
    full, left = 0, []
    for way in ways:
        if not way.actions & within or not all(map(state.can_be, way.numbers)):
            continue
        if all(map(state.must_be, way.numbers)):
            full |= way.actions
        else:
            left.append((way.actions, way.numbers))
    return Level(full, tuple(left))


def parts(found: Asked) -> list[tuple[universe.Set, frozenset[Number]]]:
    """The actions by the literals that are told of them; an action is in several parts where there are several ways."""
    divided: dict[frozenset[Number], universe.Set] = {frozenset(): found.alive}
    choices: list[tuple[Choice, universe.Set]] = [((numbers,), covered) for numbers, covered in _follows(found)]
    choices += [(choice, covered) for covered, choice in found.changed if 1 < len(choice) <= MOST_WAYS]
    for ways, covered in choices:
        if len(divided) >= MOST_PARTS:
            break
        for known, members in list(divided.items()):
            inside = members & covered
            if not inside:
                continue
            divided[known] = members & ~inside
            for numbers in ways:
                longer = known | set(numbers)
                divided[longer] = divided.get(longer, 0) | inside
    return [(members, numbers) for numbers, members in divided.items() if members]


def _follows(found: Asked) -> list[tuple[tuple[Number, ...], universe.Set]]:
    """Literals that follow, with the actions that they follow for; those for most actions first."""
    single: dict[tuple[Number, ...], universe.Set] = {}
    for covered, choice in found.choices:
        if len(choice) == 1:
            single[choice[0]] = single.get(choice[0], 0) | covered
    for level in found.levels:
        for place, (covered, numbers) in enumerate(level.ways):
            others = universe.union(other for at, (other, _) in enumerate(level.ways) if at != place)
            alone = covered & ~(level.full | others) & found.alive
            if alone:
                single[numbers] = single.get(numbers, 0) | alone
    return sorted(single.items(), key=lambda pair: -(pair[1] & found.alive).bit_count())
