"""Who read which secret, as JSON: `{"version": 1, "report": "secret-access", ...}`, complete."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from org.replay.secret_access.access import Flag
from org.replay.secret_access.ledger import by_principal, by_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from org.replay.secret_access.access import Access, Report
    from org.replay.secret_access.named import Secret
    from org.replay.secret_access.reads import Reader, Source

VERSION = 1
NAME = "secret-access"


def report(found: Report) -> Iterator[str]:
    """The lines of the JSON, one for each entry of its lists; the whole is also what `--known` reads."""
    head = {
        "version": VERSION,
        "report": NAME,
        "since": found.since or None,
        "events": found.events,
        "damaged": found.damaged,
        "accounts_known": found.accounts,
        "compared": found.compared,
        "flags": {flag: len(found.flagged(flag)) for flag in Flag},
    }
    yield f"{json.dumps(head)[:-1]},"
    yield from _list("secrets", ({**_secret(one), **_numbers(accesses)} for one, accesses in by_secret(found).items()))
    readers = by_principal(found).items()
    yield from _list("principals", ({**_reader(one), **_numbers(accesses)} for one, accesses in readers))
    yield from _list("accesses", map(_access, found.accesses), end="]}")


def _list(name: str, entries: Iterable[dict[str, Any]], end: str = "],") -> Iterator[str]:
    """A key with a list, an entry a line."""
    yield f'"{name}": ['
    last = None
    for entry in entries:
        if last is not None:
            yield f"{last},"
        last = json.dumps(entry)
    yield from [end] if last is None else [last, end]


def _secret(secret: Secret) -> dict[str, Any]:
    return {
        "secret": secret.name or None,
        "filters": secret.filters or None,
        "secret_account": secret.account,
        "region": secret.region,
    }


def _reader(reader: Reader) -> dict[str, Any]:
    return {
        "principal": reader.principal,
        "principal_account": reader.account or None,
        "person": reader.person or None,
    }


def _numbers(accesses: Sequence[Access]) -> dict[str, Any]:
    """The sums over several accesses."""
    done = [access for access in accesses if access.succeeded]
    return {
        "accesses": len(done),
        "reads": sum(access.reads for access in done),
        "first": min((access.first for access in done), default=None),
        "last": max((access.last for access in done), default=None),
        "denied": sum(access.denied for access in accesses),
        "failed": sum(access.failed for access in accesses),
        "flags": sorted({flag for access in accesses for flag in access.flags}),
    }


def _access(access: Access) -> dict[str, Any]:
    return {
        **_secret(access.secret),
        "arns": list(access.arns),
        **_reader(access.reader),
        "kind": access.kind,
        "reads": access.reads,
        "batches": access.batches,
        "decrypts": access.decrypts,
        "around": access.around,
        "services": dict(access.services),
        "first": access.first or None,
        "last": access.last or None,
        "event": access.event or None,
        "sources": _sources(access.sources),
        "more_sources": access.more_sources,
        "errors": dict(access.errors),
        "denied": access.denied,
        "failed": access.failed,
        "failed_from": _sources(access.failed_from),
        "last_failure": access.last_failure or None,
        "flags": list(access.flags),
    }


def _sources(sources: Iterable[tuple[Source, int]]) -> list[dict[str, Any]]:
    return [
        {
            "address": source.address or None,
            "endpoint": source.endpoint or None,
            "endpoint_account": source.endpoint_account or None,
            "count": number,
        }
        for source, number in sources
    ]
