"""What a group of requests has in common, in words: principals, resources, and a sentence for each condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from org.access.prove import worlds
from org.access.prove.encode import ACTION, RESOURCE
from org.access.prove.simplify import predicate_of, simplified, wants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from org.access.prove.keys import Literal
    from org.access.prove.texts import Predicate

PRINCIPAL = "aws:principalarn"
ANY = ("*",)
WORDS = {
    "equals": ("is", "is not"),
    "fold": ("is, whatever the case,", "is not, whatever the case,"),
    "like": ("is like", "is not like"),
    "arn": ("is like", "is not like"),
    "resource": ("is like", "is not like"),
    "numericequals": ("is the number", "is not the number"),
    "numericlessthan": ("is less than", "is not less than"),
    "numericlessthanequals": ("is at most", "is not at most"),
    "numericgreaterthan": ("is greater than", "is not greater than"),
    "numericgreaterthanequals": ("is at least", "is not at least"),
    "dateequals": ("is the time", "is not the time"),
    "datelessthan": ("is before", "is not before"),
    "datelessthanequals": ("is not after", "is after"),
    "dategreaterthan": ("is after", "is not after"),
    "dategreaterthanequals": ("is not before", "is before"),
    "bool": ("is", "is not"),
    "ipaddress": ("is in", "is not in"),
    "binaryequals": ("has the bytes", "has not the bytes"),
}
"""What each way to compare is called, where it is true and where it is not."""


@dataclass(frozen=True, slots=True)
class Described:
    """What is common to the requests of a group."""

    principals: tuple[str, ...] = ANY
    except_principals: tuple[str, ...] = ()
    resources: tuple[str, ...] = ANY
    except_resources: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def described(literals: Iterable[Literal], *, iam_only: bool) -> Described:
    """The literals in words; `iam_only` where only principals with an ARN are meant, as SCPs bind."""
    by_slot: dict[str, list[Literal]] = {}
    for literal in sorted(literals, key=repr):
        by_slot.setdefault(literal[0].slot, []).append(literal)
    by_slot = {slot: simplified(listed) for slot, listed in by_slot.items()}
    principals, no_principals, rest = _patterns(by_slot.pop(PRINCIPAL, []), iam_only)
    resources, no_resources, more = _patterns(by_slot.pop(RESOURCE, []), always=True)
    others = [*rest, *more, *(one for listed in by_slot.values() for one in listed)]
    return Described(principals, no_principals, resources, no_resources, tuple(dict.fromkeys(map(sentence, others))))


def _patterns(literals: Sequence[Literal], always: bool) -> tuple[tuple[str, ...], tuple[str, ...], list[Literal]]:
    """What must be fitted, what must not, and what neither list can say."""
    wanted: list[str] = []
    unwanted: list[str] = []
    rest: list[Literal] = []
    for literal in literals:
        fits = wants(literal)
        if fits is None or (fits and (wanted or not (always or literal[0].absent is not literal[1]))):
            rest.append(literal)
        elif fits:
            wanted += predicate_of(literal).patterns
        else:
            unwanted += predicate_of(literal).patterns
    return tuple(wanted) or ANY, tuple(dict.fromkeys(unwanted)), rest


def sentence(literal: Literal) -> str:
    """One literal in words, such as `aws:RequestedRegion is none of eu-west-1, eu-central-1`."""
    atom, sign = literal
    key = named(atom.slot)
    if atom.nulls is not None:
        if len(atom.nulls) != 1:
            return f"{key} is {'anything' if sign is bool(atom.nulls) else 'impossible'}"
        return f"{key} is {'absent' if sign is (True in atom.nulls) else 'present'}"
    if atom.predicate is None:
        return f"{key}{'' if sign else ' does not apply'}"
    if atom.quantifier:
        return _of_set(literal, key)
    says = _says(atom.predicate, sign is not atom.negated)
    may_be_absent = atom.absent is sign and atom.slot not in (RESOURCE, ACTION, *worlds.ALWAYS)
    return f"{key} {says}{' or is absent' if may_be_absent else ''}"


def _of_set(literal: Literal, key: str) -> str:
    """The tests of sets: some value, or every value, is what it is to be."""
    atom, sign = literal
    assert atom.predicate is not None
    every = sign is (atom.quantifier == "forallvalues")
    says = _says(atom.predicate, sign is not atom.negated)
    return f"{'every' if every else 'some'} value of {key} {says}"


def _says(predicate: Predicate, sign: bool) -> str:
    """What is said of a value; for `none` with the opposite sign, and so is it for lists of several."""
    true = sign is not predicate.none
    lacking = " or needs a variable that has no value" if predicate.none and not sign else ""
    listed = ", ".join(predicate.patterns)
    word = WORDS[predicate.family][not true]
    if len(predicate.patterns) == 1:
        return f"{word} {listed or '(nothing)'}{lacking}"
    positive = WORDS[predicate.family][0]
    return (
        f"{positive} {'one' if true else 'none'} of {listed}{lacking}"
        if predicate.patterns
        else f"{word} one of nothing"
    )


def named(slot: str) -> str:
    """A key as AWS writes it, with the tag that it names."""
    if slot in (RESOURCE, ACTION) or ":" not in slot:
        return f"the {slot}"
    name, _ = worlds.documented(slot)
    start, brace, _ = name.partition("${}")
    return start + slot[len(start) :] if brace else name
