"""What head no longer declares and an apply leaves alone: it stays in AWS, below whatever head attaches above it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from org.model.organization import account_reference
from org.reconcile.align import align
from org.reconcile.diff import undeclared
from org.review.accounts import matched
from org.review.guards import as_found, found_ids, known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from org.model.organization import Organization
    from org.review.accounts import Pair


def names(pairs: Sequence[Pair]) -> dict[str, str]:
    """What to call the accounts that only base has: by their keys, unless head has given these to others."""
    taken = {new.key for _, new in pairs if new is not None}
    gone = [old.key for old, new in pairs if old is not None and new is None]
    found = found_ids(pairs)
    return {found[key]: key for key in gone if key not in taken}


def called(there: Organization, by: Mapping[str, str]) -> Organization:
    """The organization with other keys for some of its accounts."""
    references = {account_reference(key): account_reference(name) for key, name in by.items()}
    return replace(
        there,
        accounts=tuple(replace(one, key=by.get(one.key, one.key)) for one in there.accounts),
        policies=tuple(
            replace(one, targets=frozenset(references.get(target, target) for target in one.targets))
            for one in there.policies
        ),
    )


def after(base: Organization, head: Organization) -> Organization:
    """What there is after an apply of head where base was: head, and what it leaves alone."""
    pairs = tuple(matched(base.accounts, head.accounts))
    there = align(head, as_found(base, pairs)).found
    return staying(head, called(there, names(pairs)))


def staying(head: Organization, there: Organization) -> Organization:
    """Head with the accounts of base that it does not declare, and with the policies that stay on these and their OUs.

    `there` is base in the words of head. Nothing is set up in such an account any more, so it has no settings.
    """
    kept = undeclared(head, there)
    left = [one for one in there.accounts if account_reference(one.key) in kept and not one.management]
    on = {(one.kind, one.name): one.targets & kept for one in there.policies}
    wanted = {(one.kind, one.name) for one in head.policies}
    others = [one for one in there.policies if on[one.kind, one.name] and (one.kind, one.name) not in wanted]
    return replace(
        head,
        accounts=(*head.accounts, *(replace(one, id=known(one.id), settings={}) for one in left)),
        policies=(
            *(replace(one, targets=one.targets | on.get((one.kind, one.name), frozenset())) for one in head.policies),
            *(replace(one, targets=on[one.kind, one.name]) for one in others),
        ),
    )
