"""Every request whose answer differs between two chains of SCPs and RCPs, in groups, each with a confirmed example.

What is found is exhaustive, context keys taken as independent of each other: no difference means that there is none. A
group that can only be met by keys that AWS would not send together is `POSSIBLE`, and what could not be decided is
`UNDECIDED`; neither is ever left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.access.prove import universe
from org.access.prove.difference import Certainty, Difference
from org.access.prove.drafts import drafts
from org.access.prove.problems import problems, rules
from org.access.prove.settle import Asking, Confirmed
from org.access.prove.sides import Decider, side
from org.access.prove.solve import Literals
from org.access.prove.witness import accounts_in
from org.access.prove.words import described
from org.model.request import Answer, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from org.access.document import Statement
    from org.access.policies import Policies
    from org.access.prove.difference import Setting
    from org.access.prove.drafts import Draft
    from org.access.prove.encode import Encoded
    from org.access.prove.sides import Side
    from org.model.request import Request


def compare(base: Policies, head: Policies, setting: Setting) -> tuple[Difference, ...]:
    """All differences between two chains; none means that they are proved to say the same to every request.

    Only guardrails are compared. Neither SCPs nor RCPs bind the management account. Raises ValueError for policies that
    other layers have a say in.
    """
    sides = side(base), side(head)
    if setting.management or (sides[0] == sides[1] and not sides[0].doubtful):
        return ()
    before, after = Decider(base, setting), Decider(head, setting)
    gains = Direction(before, after, setting, gain=True).differences(*sides)
    losses = Direction(after, before, setting, gain=False).differences(*reversed(sides))
    return tuple(sorted((*gains, *losses), key=_order))


def _order(one: Difference) -> tuple[object, ...]:
    return (
        not one.gain,
        list(Certainty).index(one.certainty),
        one.actions[:1],
        one.principals,
        one.resources,
        one.conditions,
    )


@dataclass
class Direction:
    """The search for requests that `old` denies and `new` allows."""

    old: Decider
    new: Decider
    setting: Setting
    gain: bool

    def differences(self, old: Side, new: Side) -> Iterator[Difference]:
        """The groups of such requests."""
        literals = Literals()
        yield from (self.told(draft, literals) for draft in self.drafts(old, new, literals))
        yield from (self.doubt(*one) for one in old.doubtful if one[1].denies)
        yield from (self.doubt(*one) for one in new.doubtful if one[1].allows and one[0].reason.layer is Layer.SCP)

    def drafts(self, old: Side, new: Side, literals: Literals) -> Iterator[Draft]:
        """The groups as sets of actions and of literals."""
        found = [*problems(old, new)]
        if found:
            accounts = accounts_in((*old.texts, *new.texts))
            doubtful = tuple(_actions(one) for one, _ in (*old.doubtful, *new.doubtful))
            asking = Asking(self.setting, rules(new, literals, old), literals, self.judge, accounts, doubtful)
            yield from drafts(asking, found)

    def judge(self, request: Request) -> Confirmed | None:
        """What the two sides say; None unless it makes a difference."""
        old = self.old.quickly(request)
        return None if old is Answer.ALLOWED else _confirmed(request, old, self.new.quickly(request))

    def told(self, draft: Draft, literals: Literals) -> Difference:
        """A draft in words, its witness confirmed by the definition."""
        iam_only = draft.problem.layer is Layer.SCP
        words = described((literals.literals[number] for number in draft.numbers), iam_only=iam_only)
        found = draft.found.witness
        witness = found and self.confirmed(found.request)
        why = draft.found.why or ("the definition does not confirm the witness" if found and not witness else "")
        old, new = (witness.old, witness.new) if witness else (None, None)
        return Difference(
            gain=self.gain,
            certainty=Certainty.UNDECIDED if why else draft.certainty,
            actions=draft.actions if isinstance(draft.actions, tuple) else universe.names(draft.actions),
            principals=words.principals,
            except_principals=words.except_principals,
            resources=words.resources,
            except_resources=words.except_resources,
            conditions=words.conditions + ((f"not decided: {why}",) if why else ()),
            witness=witness.request if witness else None,
            before=old if self.gain else new,
            after=new if self.gain else old,
            statements=draft.problem.reasons,
        )

    def confirmed(self, request: Request) -> Confirmed | None:
        """What the definition says on both sides; None unless it makes a difference."""
        return _confirmed(request, self.old.decision(request).answer, self.new.decision(request).answer)

    def doubt(self, encoded: Encoded, statement: Statement) -> Difference:
        """That a statement's meaning is not known, and so not either what it would change."""
        words = described(encoded.literals, iam_only=encoded.reason.layer is Layer.SCP)
        patterns = encoded.actions or ("*",)
        excepted = (f"the action is none of {', '.join(patterns)}",) if statement.not_actions else ()
        return Difference(
            gain=self.gain,
            certainty=Certainty.UNDECIDED,
            actions=("*",) if statement.not_actions else patterns,
            principals=words.principals,
            except_principals=words.except_principals,
            resources=words.resources,
            except_resources=words.except_resources,
            conditions=(*excepted, *words.conditions, f"not decided: {encoded.doubt}"),
            witness=None,
            before=None,
            after=None,
            statements=(encoded.reason,),
        )


def _confirmed(request: Request, old: Answer, new: Answer) -> Confirmed | None:
    differs = old is not Answer.ALLOWED and new in (Answer.ALLOWED, Answer.UNKNOWN) and old is not new
    return Confirmed(request, old, new) if differs else None


def _actions(statement: Encoded) -> universe.Set:
    return universe.matching(statement.actions or ("*",), statement.not_actions)
