"""The search for a witness: an action of a problem, in one world after the other, until the definition confirms one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from org.access.prove import universe, worlds
from org.access.prove.automata import GivenUp
from org.access.prove.axioms import axioms, bound_by_rcps
from org.access.prove.difference import Certainty, Setting
from org.access.prove.encode import ACTION, RESOURCE
from org.access.prove.keys import ANY_VALUE, Range
from org.access.prove.reach import free_for_root, within_reach
from org.access.prove.solve import Literals, Search, State, models
from org.access.prove.witness import coherent, incoherent
from org.access.prove.worlds import World
from org.model.request import Answer, Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from org.access.actions import Action
    from org.access.prove.problems import Rules
    from org.access.prove.solve import Choice, Number
    from org.model.request import Request

MOST_MODELS, MOST_REQUESTS = 24, 6
"""So many ways to meet the literals are tried, and so many requests of each, before a witness is not found."""
A_RESOURCE = Range(absent=False, several=False)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A request and what the two sides say to it."""

    request: Request
    old: Answer
    new: Answer

    @property
    def sure(self) -> bool:
        """True where neither side's answer depends on a statement whose meaning is not known."""
        return Answer.UNKNOWN not in (self.old, self.new)


@dataclass
class Asking:
    """What every search of one direction shares: the rules of `new`, and a judge for witnesses.

    `accounts` are those that policies name, `doubtful` the actions of each statement whose meaning is not known.
    Worlds that are not `wanted` are left out.
    """

    setting: Setting
    rules: Rules
    literals: Literals
    judge: Callable[[Request], Confirmed | None]
    accounts: Sequence[str]
    doubtful: Sequence[universe.Set] = ()
    wanted: Callable[[World], bool] = field(default=lambda _world: True)
    search: Search = field(init=False)
    ranges: dict[tuple[str, World, Action | None], Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.search = Search(self.literals)

    def free(self, numbers: Iterable[Number] = ()) -> State | None:
        """The state in which keys may have any values, whatever goes together, with some literals."""
        return State(self.search, {}, any_value).with_all(numbers)

    def inside(self, world: World, action: Action | None, numbers: Iterable[Number]) -> State | None:
        """The state in which keys have the values that they can have in a world."""
        return State(self.search, {}, partial(self._range, world, action)).with_all(numbers)

    def _range(self, world: World, action: Action | None, slot: str) -> Range:
        key = (slot, world, action)
        if key not in self.ranges:
            self.ranges[key] = worlds.slot_range(slot, self.setting, world, action)
        return self.ranges[key]

    def worlds(self, layer: Layer) -> list[World]:
        """The worlds to look in, in order."""
        return list(filter(self.wanted, worlds.worlds(self.setting, layer, self.accounts)))

    def first_confirmed(self, requests: Iterator[Request]) -> Confirmed | None:
        """The first of some requests that the definition confirms; only so many are tried."""
        return next(filter(None, map(self.judge, islice(requests, MOST_REQUESTS))), None)

    def others(self, layer: Layer, world: World, place: int | None) -> list[Choice]:
        """What the other layer asks of an action in a world, where its policies bear on it too."""
        if place is None:
            return []
        bit = 1 << place
        other = Layer.RCP if layer is Layer.SCP else Layer.SCP
        bears = world.here if other is Layer.RCP else world.inside
        if not bears or not within_reach(other) & bit:
            return []
        found = [rule.choice for rule in self.rules.denies[other] if rule.actions & bit]
        if other is Layer.SCP:
            found += [tuple(way.numbers for way in level if way.actions & bit) for level in self.rules.levels]
        return found


def any_value(slot: str) -> Range:
    """Any value at all; only the action and the resource are always there."""
    if slot == ACTION:
        return worlds.ACTIONS
    return A_RESOURCE if slot == RESOURCE else ANY_VALUE


@dataclass(frozen=True, slots=True)
class Query:
    """Whether some request for an action meets literals and choices.

    A known action has a place. One that nobody knows yet has a name, or none where that is one more thing to find.
    """

    layer: Layer
    numbers: tuple[Number, ...]
    choices: tuple[Choice, ...]
    place: int | None = None
    name: str = ""

    @property
    def action(self) -> Action | None:
        """The known action."""
        return None if self.place is None else universe.universe().actions[self.place]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a query: a witness where there is one, and the world and the state that it comes from.

    `certainty` is None where no request makes a difference. `why` says what was not decided. It is `incoherent`
    where no world has such a request, `hopeless` where none has one for any action of which as much is asked.
    """

    certainty: Certainty | None
    witness: Confirmed | None = None
    world: World | None = None
    state: State | None = None
    why: str = ""
    incoherent: bool = False
    hopeless: bool = False


NOTHING = Settled(None)


def settled(asking: Asking, query: Query, *, coherently: bool = True) -> Settled:
    """The answer to a query; without `coherently` no world is tried, because none can have a witness."""
    asking.search.steps = 0
    try:
        return _settled(asking, query, coherently)
    except GivenUp as given_up:
        return Settled(Certainty.UNDECIDED, why=str(given_up))


def _settled(asking: Asking, query: Query, coherently: bool) -> Settled:
    among = asking.worlds(query.layer) if coherently else []
    free, met = None, False
    for world in among:
        found, has_models = _in_world(asking, query, world)
        if found is not None:
            return found
        met |= has_models
        free = free or _free(asking, query)
        if free is None:
            return NOTHING
    free = free or _free(asking, query)
    if free is None:
        return NOTHING
    hopeless = coherently and not any(_hope(asking, query, world) for world in among)
    return replace(_loosely(asking, query, free), hopeless=hopeless, incoherent=not met)


def _free(asking: Asking, query: Query) -> State | None:
    """The state of any values; None where the choices cannot be met in it."""
    free = asking.free(query.numbers)
    return free if free is not None and next(models(free, query.choices), None) is not None else None


def _hope(asking: Asking, query: Query, world: World) -> bool:
    """True where some action might have a request in the world, for all that the keys alone say."""
    state = asking.inside(world, None, query.numbers)
    return state is not None and next(models(state, query.choices), None) is not None


def _in_world(asking: Asking, query: Query, world: World) -> tuple[Settled | None, bool]:
    """What was found in a world, None where no witness was; and whether the keys alone leave one possible."""
    root = query.layer is Layer.SCP and world.kind == worlds.ROOT
    if root and query.place is not None and free_for_root() >> query.place & 1:
        return None, False
    state = asking.inside(world, query.action, query.numbers)
    if state is None:
        return None, False
    wanted = [*query.choices, *asking.others(query.layer, world, query.place)]
    clauses = [*axioms(_slots(asking, state, wanted))]
    clauses += bound_by_rcps(query.action.service) if query.action and query.layer is Layer.RCP else ()
    wanted += [tuple((asking.literals.number(one),) for one in clause) for clause in clauses]
    has_models = False
    for model in islice(models(state, wanted), MOST_MODELS):
        has_models = True
        confirmed = asking.first_confirmed(coherent(model, asking.setting, world, query.action, query.name))
        if confirmed is not None:
            certainty = Certainty.CERTAIN if confirmed.sure else Certainty.UNDECIDED
            return Settled(certainty, confirmed, world, model), True
    return None, has_models


def _loosely(asking: Asking, query: Query, free: State) -> Settled:
    """What was found where keys may have any values; not decided where nothing that was tried is confirmed."""
    member = query.layer is Layer.SCP
    world = World(worlds.ROLE, asking.setting.account if member else worlds.OTHER_ACCOUNT, member, member, not member)
    for model in islice(models(free, query.choices), MOST_MODELS):
        confirmed = asking.first_confirmed(incoherent(model, asking.setting, world, query.action, query.name))
        if confirmed is not None:
            return Settled(Certainty.POSSIBLE if confirmed.sure else Certainty.UNDECIDED, confirmed, state=model)
    return Settled(Certainty.UNDECIDED, why="no request was found that shows it")


def _slots(asking: Asking, state: State, choices: Iterable[Choice]) -> set[str]:
    return {*state.nodes, *(asking.literals.slot(one) for choice in choices for numbers in choice for one in numbers)}
