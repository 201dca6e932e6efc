"""Accounts that share what each should have for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from org.load.rule import quoted

if TYPE_CHECKING:
    from org.load.declared import Account, Declared
    from org.model.finding import Span


def twins(declared: Declared, value: Callable[[Account], str], key: str) -> Iterator[tuple[Account, str, Span, Span]]:
    """Each account whose value another one has already: the account, the first one in words, and the places of both.

    An empty value is never shared. `key` is the one under which the value stands in the file.
    """
    first: dict[str, Account] = {}
    for account in declared.accounts:
        has = value(account)
        if not has:
            continue
        other = first.setdefault(has, account)
        if other is not account:
            words = "the management account" if other.management else f"the account {quoted(other.key)}"
            yield account, words, place(account, key), place(other, key)


def place(account: Account, key: str) -> Span:
    """Where an account says its value; where it says its key if the value comes from that."""
    return account.entry.span(key if key in account.entry.data else "key")
