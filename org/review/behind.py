"""The statements behind a change, in words: by the policy that each was written in, however it was packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.model.request import Layer
from org.model.review import Name
from org.policy.chain import LAYERS
from org.review.documents import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from org.access.policies import Policies
    from org.model.organization import Organization
    from org.model.policy import Policy, PolicyType
    from org.model.request import Reason
    from org.model.review import Words

Known = dict[tuple["PolicyType", str], "Policy"]


@dataclass(frozen=True)
class Behind:
    """Finds statements in base and in head: `packed` are the policies as AWS gets them, `apart` those before."""

    packed: tuple[Known, Known]
    apart: tuple[Known, Known]

    @classmethod
    def of(cls, base: Organization, head: Organization, apart: tuple[Sequence[Policy], Sequence[Policy]]) -> Behind:
        """The one for two organizations, with their policies before packing."""
        return cls((by_name(base.policies), by_name(head.policies)), (by_name(apart[0]), by_name(apart[1])))

    def words(self, reason: Reason, *, gain: bool) -> Words:
        """A statement in words; what is gained was denied in base, and what is lost is denied in head."""
        kind = LAYERS.get(reason.layer)
        if reason.policy is None or kind is None:
            return (f"no Allow in a level of {reason.layer.value.upper()}s",)
        for side in (0, 1) if gain else (1, 0):
            document, known = self.packed[side].get((kind, reason.policy)), self.apart[side]
            if document is not None and document.contains:
                members = [known[kind, name] for name, _ in document.contains if (kind, name) in known]
                return _origins(document, reason, members)
        which = reason.sid or ("" if reason.statement is None else f"statement {reason.statement + 1}")
        return (Name(which), " of ", Name(reason.policy)) if which else (Name(reason.policy),)

    def guards(self, policies: Policies, reasons: Iterable[Reason]) -> tuple[str, ...]:
        """The policies of base, as they are before packing, that deny by name and are among the reasons of a gain."""
        found: set[str] = set()
        for reason in reasons:
            levels = (policies.scps if reason.layer is Layer.SCP else policies.rcps) or ()
            documents = (one for level in levels for one in level if one.name == reason.policy)
            statements = [
                one for document in documents for one in document.statements if one.number == reason.statement
            ]
            if any(one.denies and not one.not_actions and "*" not in one.actions for one in statements):
                found |= {str(word) for word in self.words(reason, gain=True) if isinstance(word, Name)}
        return tuple(sorted(found))


def by_name(policies: Sequence[Policy]) -> Known:
    """Policies by type and name."""
    return {(policy.kind, policy.name): policy for policy in policies}


def _origins(document: Policy, reason: Reason, members: Iterable[Policy]) -> Words:
    """The statements that were joined into one of a packed document: those whose entries are all in it."""
    listed = parts(document.document)
    number = reason.statement or 0
    inside = set(listed[number].entries) if number < len(listed) else set()
    found = dict.fromkeys(
        (part.name, member.name) for member in members for part in parts(member.document) if set(part.entries) <= inside
    )
    words = [word for name, policy in found for word in (", ", Name(name), " of ", Name(policy))][1:]
    return (
        (*words, " in ", Name(document.name))
        if words
        else (Name(f"statement {number + 1}"), " of ", Name(document.name))
    )
