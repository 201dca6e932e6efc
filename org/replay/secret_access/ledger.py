"""Reads added up by secret and reader: as much memory as there are pairs of them, however many reads there were."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from org.replay.secret_access.access import Access, Flag, Kind, Report
from org.replay.secret_access.entry import MOST_WORDS, Entry
from org.replay.secret_access.reads import Reader, Way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from org.replay.secret_access.named import Secret
    from org.replay.secret_access.reads import Read

Pair = tuple["Secret", "Reader"]


class Ledger:
    """Adds reads up. `since` is the moment from which on they are in the report; who read before is known."""

    def __init__(self, since: str = "") -> None:
        self.since = since
        self._entries: dict[Pair, Entry] = {}
        self._arns: dict[Secret, list[str]] = {}
        self._names: dict[tuple[str, str], str] = {}

    def add(self, read: Read) -> None:
        """The read is counted."""
        entry = self._entries.setdefault((read.secret, read.reader), Entry())
        arns = self._arns.setdefault(read.secret, [])
        if read.arn and read.arn not in arns and len(arns) < MOST_WORDS:
            arns.append(read.arn)
        if read.unique and read.reader.principal.startswith("arn:"):
            self._names[read.unique, read.reader.account] = read.reader.principal
        if read.first < self.since:
            entry.before |= not read.error and read.way is not Way.ROTATE
        if read.last >= self.since or read.way is Way.ROTATE:
            entry.add(read)

    def report(
        self,
        events: int,
        damaged: int = 0,
        *,
        accounts: Collection[str] | None = None,
        known: Collection[Pair] | None = None,
    ) -> Report:
        """All of it, by secret and reader, from that many events and damages.

        `accounts` are those of the organization, `known` who has read before; None where nobody has said.
        """
        entries = self._with_names()
        compared = bool(self.since) or known is not None
        before = {*(known or ()), *(pair for pair, entry in entries.items() if entry.before)} if compared else None
        accesses = (
            self._access(pair, entries[pair], tuple(flags(pair, entries[pair], accounts, before)))
            for pair in sorted(entries)
            if entries[pair].told
        )
        return Report(tuple(accesses), events, damaged, self.since, accounts is not None, compared)

    def _with_names(self) -> Mapping[Pair, Entry]:
        """The entries, with the ARN of a reader in the place of its id wherever another event told it.

        The log of a secret's account knows a caller from elsewhere only by the id, that of the caller's by the ARN.
        """
        entries: dict[Pair, Entry] = {}
        by_name: dict[tuple[Secret, str], list[Entry]] = {}
        unnamed: list[tuple[Secret, Reader, Entry]] = []
        for (secret, reader), entry in self._entries.items():
            name = self._names.get((reader.principal, reader.account))
            if name:
                unnamed.append((secret, Reader(name, reader.account), entry))
            else:
                entries[secret, reader] = entry
                by_name.setdefault((secret, reader.principal), []).append(entry)
        for secret, reader, entry in unnamed:
            entries.setdefault((secret, reader), Entry()).take(entry, by_name.get((secret, reader.principal), ()))
        return entries

    def _access(self, pair: Pair, entry: Entry, found: tuple[Flag, ...]) -> Access:
        secret, reader = pair
        errors, services = entry.words("error"), entry.words("service")
        denied = entry.total("denied")
        return Access(
            secret=secret,
            arns=tuple(sorted(self._arns.get(secret, ()))),
            reader=reader,
            kind=kind(reader, entry),
            reads=entry.total("way", Way.READ),
            batches=entry.total("way", Way.BATCH),
            decrypts=entry.total("way", Way.DECRYPT),
            around=entry.total("around"),
            first=entry.first,
            last=entry.last,
            event=entry.event,
            services=services,
            sources=entry.sources.ordered,
            more_sources=entry.sources.more,
            errors=errors,
            denied=denied,
            failed=sum(errors.values()) - denied,
            failed_from=entry.failed_from.ordered,
            last_failure=entry.last_failure,
            flags=found,
        )


def kind(reader: Reader, entry: Entry) -> Kind:
    """Who the reader is. Moving AWSCURRENT makes a role the rotation of a secret, but never a person."""
    by_services = sum(entry.words("service").values())
    if not reader.principal.startswith("arn:") and "." in reader.principal:
        return Kind.SERVICE
    if ":role/aws-service-role/" in reader.principal or (by_services and by_services >= entry.total("way", Way.READ)):
        return Kind.SERVICE
    if entry.rotates and not reader.person and (":role/" in reader.principal or ":assumed-role/" in reader.principal):
        return Kind.ROTATION
    return Kind.DIRECT


def flags(
    pair: Pair, entry: Entry, accounts: Collection[str] | None, before: Collection[Pair] | None
) -> Iterator[Flag]:
    """What somebody should look at."""
    secret, reader = pair
    if accounts is not None:
        if reader.account and reader.account not in accounts:
            yield Flag.FOREIGN_ACCOUNT
        if secret.account and secret.account not in accounts:
            yield Flag.FOREIGN_SECRET
        if any(account not in accounts for account in entry.endpoint_accounts):
            yield Flag.FOREIGN_ENDPOINT
    if before is not None and entry.first and pair not in before:
        yield Flag.FIRST_TIME
    if entry.total("around"):
        yield Flag.AROUND
    if entry.total("denied"):
        yield Flag.DENIED


def by_principal(report: Report) -> Mapping[Reader, tuple[Access, ...]]:
    """The accesses of each reader, those who read most secrets first."""
    found: dict[Reader, list[Access]] = {}
    for access in report.accesses:
        found.setdefault(access.reader, []).append(access)
    number = Counter({reader: sum(one.succeeded for one in accesses) for reader, accesses in found.items()})
    return {reader: tuple(found[reader]) for reader in sorted(found, key=lambda one: (-number[one], one))}


def by_secret(report: Report) -> Mapping[Secret, tuple[Access, ...]]:
    """The accesses to each secret, in the order of the secrets."""
    found: dict[Secret, list[Access]] = {}
    for access in report.accesses:
        found.setdefault(access.secret, []).append(access)
    return {secret: tuple(accesses) for secret, accesses in found.items()}
