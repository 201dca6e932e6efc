"""One side of a comparison: the statements of its SCPs and RCPs, read once, and what of it bears on a request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from org.access.evaluate import compiled
from org.access.match import action_matches
from org.access.prove import universe
from org.access.prove.encode import Encoded, encoded
from org.access.requests import account_of
from org.access.spec import decide
from org.model.request import Layer, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.access.document import Document, Statement
    from org.access.evaluate import Engine
    from org.access.policies import Policies
    from org.access.prove.difference import Setting
    from org.model.request import Answer, Decision, Request

LAYERS = (Layer.SCP, Layer.RCP)
FEW = 12
"""So many decisions of the definition cost less than to compile the engine."""


@dataclass(frozen=True, slots=True)
class Side:
    """The Denies of each layer, the Allows of each level of SCPs, and the statements whose meaning is not known.

    Those stand neither among the Denies nor among the Allows. An Allow of an RCP changes nothing (rule 8).
    """

    denies: dict[Layer, tuple[Encoded, ...]]
    levels: tuple[tuple[Encoded, ...], ...]
    doubtful: tuple[tuple[Encoded, Statement], ...]

    @property
    def texts(self) -> Iterator[str]:
        """What the statements compare with."""
        for one in (
            *(one for layer in LAYERS for one in self.denies[layer]),
            *(one for level in self.levels for one in level),
        ):
            yield from one.texts


def side(policies: Policies) -> Side:
    """The statements of SCPs and RCPs. Raises ValueError for policies that other layers have a say in."""
    if not policies.guardrails_only:
        raise ValueError("only guardrails are compared: SCPs and RCPs")
    read = {
        layer: [list(_read(level, number)) for number, level in enumerate(levels_of(policies, layer))]
        for layer in LAYERS
    }
    sure = {layer: [pair for level in read[layer] for pair in level if not pair[0].doubt] for layer in LAYERS}
    return Side(
        denies={layer: _distinct(one for one, statement in sure[layer] if statement.denies) for layer in LAYERS},
        levels=tuple(
            _distinct(one for one, statement in level if statement.allows and not one.doubt)
            for level in read[Layer.SCP]
        ),
        doubtful=tuple(pair for layer in LAYERS for level in read[layer] for pair in level if pair[0].doubt),
    )


def levels_of(policies: Policies, layer: Layer) -> Sequence[Sequence[Document]]:
    """The documents of a layer by level; none where the layer takes no part."""
    return (policies.scps if layer is Layer.SCP else policies.rcps) or ()


def _read(level: Sequence[Document], number: int) -> Iterator[tuple[Encoded, Statement]]:
    for document in level:
        yield from _statements(document, number)


@lru_cache(maxsize=4096)
def _statements(document: Document, level: int) -> tuple[tuple[Encoded, Statement], ...]:
    return tuple(
        (encoded(one, Reason(document.layer, document.name, one.number, one.sid, level)), one)
        for one in document.statements
    )


def _distinct(found: Iterator[Encoded]) -> tuple[Encoded, ...]:
    """The first of the statements that mean the same."""
    return tuple({one.meaning: one for one in reversed(list(found))}.values())


def bearing(policies: Policies, request: Request, setting: Setting) -> Policies:
    """The policies of a chain that bear on a request: SCPs on principals of its account, RCPs on resources there.

    This is what a witness is to be decided with: `decide` itself takes it that all policies it is given are about the
    request's own principal and resource.
    """
    ours = account_of(request.principal.arn) == setting.account
    here = request.resource_account in (None, setting.account)
    return replace(policies, scps=policies.scps if ours else None, rcps=policies.rcps if here else None)


@dataclass
class Decider:
    """What a chain says to requests: by the definition, and quicker by the engine, which a search asks many times."""

    policies: Policies
    setting: Setting
    known: dict[str, Policies] = field(default_factory=dict)
    engines: dict[tuple[bool, bool], Engine] = field(default_factory=dict)
    asked: int = 0

    def decision(self, request: Request) -> Decision:
        """What the definition says; the statements that are not about the action are left out, for they say nothing."""
        name = request.action.lower()
        if name not in self.known:
            self.known[name] = _narrowed(self.policies, name)
        return decide(bearing(self.known[name], request, self.setting), request)

    def quickly(self, request: Request) -> Answer:
        """The same answer; by the engine once it is asked so often that to compile it pays."""
        self.asked += 1
        if self.asked <= FEW:
            return self.decision(request).answer
        policies = bearing(self.policies, request, self.setting)
        key = (policies.scps is None, policies.rcps is None)
        if key not in self.engines:
            self.engines[key] = compiled(policies)
        return self.engines[key].decide(request).answer


def _narrowed(policies: Policies, action: str) -> Policies:
    def levels(found: tuple[tuple[Document, ...], ...] | None) -> tuple[tuple[Document, ...], ...] | None:
        return found and tuple(tuple(_about(document, action) for document in level) for level in found)

    return replace(policies, scps=levels(policies.scps), rcps=levels(policies.rcps))


def _about(document: Document, action: str) -> Document:
    place = universe.universe().places.get(action)
    kept = tuple(one for one in document.statements if _is_about(one, action, place))
    return replace(document, statements=kept)


def _is_about(statement: Statement, action: str, place: int | None) -> bool:
    if not statement.actions:
        return True
    if place is not None:
        return bool(universe.matching(_lower(statement.actions), statement.not_actions) >> place & 1)
    return any(action_matches(one, action) for one in statement.actions) is not statement.not_actions


@lru_cache(maxsize=1 << 13)
def _lower(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({one.lower() for one in patterns}))
