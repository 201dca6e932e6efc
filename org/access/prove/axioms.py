"""What is true of the context keys of every request together, as clauses, beside what each key can have by itself.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.access.prove.encode import RESOURCE
from org.access.prove.keys import Atom
from org.access.prove.texts import Predicate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from org.access.prove.keys import Literal

TAG_KEYS, REQUEST_TAG = "aws:tagkeys", "aws:requesttag/"
NEEDS = {
    "aws:calledvia": "aws:viaawsservice",
    "aws:calledviafirst": "aws:viaawsservice",
    "aws:calledvialast": "aws:viaawsservice",
    "aws:multifactorauthage": "aws:multifactorauthpresent",
}
"""Keys that are there only where another one is `true`."""
VPC = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")
"""Keys that a request has all together, because it comes over a VPC endpoint, or not at all."""
SOURCE_IP = "aws:sourceip"
"""Absent from requests that come over a VPC endpoint (rule 53)."""
AWS_MANAGED_KEYS = ("arn:*:kms:*:*:alias/aws/*",)

Clause = tuple["Literal", ...]


def axioms(slots: Collection[str]) -> Iterator[Clause]:
    """The clauses about the slots in question: one literal of each is true."""
    yield from _tags(slots)
    for key, needed in NEEDS.items():
        if key in slots and needed in slots:
            yield absent(key), _is_true(needed)
    told = [key for key in VPC if key in slots]
    for one in told:
        yield from ((absent(one), present(other)) for other in told if other != one)
        if SOURCE_IP in slots:
            yield absent(one), absent(SOURCE_IP)


def bound_by_rcps(service: str) -> Iterator[Clause]:
    """What a resource of the service must be so that RCPs bind it (rule 9)."""
    if service == "kms":
        yield ((Atom(RESOURCE, Predicate("resource", AWS_MANAGED_KEYS)), False),)


def _tags(slots: Collection[str]) -> Iterator[Clause]:
    """A tag of the request is there exactly where its key is among the request's tag keys."""
    if TAG_KEYS not in slots:
        return
    for slot in slots:
        if slot.startswith(REQUEST_TAG):
            listed = Atom(TAG_KEYS, Predicate("fold", (slot.removeprefix(REQUEST_TAG),)), quantifier="foranyvalue")
            yield absent(slot), (listed, True)
            yield present(slot), (listed, False)


def present(key: str) -> Literal:
    """That the key has a value."""
    return Atom(key, nulls=frozenset({False})), True


def absent(key: str) -> Literal:
    """That the key has no value."""
    return Atom(key, nulls=frozenset({False})), False


def _is_true(key: str) -> Literal:
    return Atom(key, Predicate("bool", ("true",))), True
