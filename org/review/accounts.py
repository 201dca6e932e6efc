"""Accounts of both sides brought together, as a plan would: by id, then by e-mail, never by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from org.model.organization import Account

Pair = tuple["Account | None", "Account | None"]


def matched(base: Sequence[Account], head: Sequence[Account]) -> Iterator[Pair]:
    """Each account as it is in base and in head; None where a side does not have it."""
    by_id = {account.id: account for account in base if account.id}
    by_email = {account.email.casefold(): account for account in base if account.email}
    management = next((account for account in base if account.management), None)
    left = {id(account): account for account in base}
    for account in head:
        known = by_id.get(account.id or "") or by_email.get(account.email.casefold())
        if account.management:
            known = management
        elif known is not None and (known.management or (known.id and account.id and known.id != account.id)):
            known = None
        yield (left.pop(id(known)) if known is not None and id(known) in left else None), account
    yield from ((account, None) for account in left.values())
