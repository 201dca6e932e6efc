"""The words in which the formats for people say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from org.errors import counted
from org.replay.secret_access.access import Flag, Kind
from org.replay.secret_access.ledger import by_principal, by_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.replay.secret_access.access import Access, Report
    from org.replay.secret_access.reads import Reader, Source

MOST_SOURCES = 10
"""Sources that are shown of one reader; JSON has more."""
SAID = {
    Flag.FIRST_TIME: "reads it for the first time",
    Flag.FOREIGN_ACCOUNT: "is in an account outside the organization",
    Flag.FOREIGN_SECRET: "reads a secret outside the organization",
    Flag.FOREIGN_ENDPOINT: "comes through a VPC endpoint of an account outside the organization",
    Flag.AROUND: "used a key for it without Secrets Manager",
    Flag.DENIED: "was refused",
}
"""What a flag says of a reader."""
KINDS = {Kind.DIRECT: "", Kind.ROTATION: "rotation", Kind.SERVICE: "service"}


def totals(report: Report) -> str:
    """One line: how many secrets, readers and reads, and how many of them to look at."""
    done = [access for access in report.accesses if access.succeeded]
    read = {access.secret for access in done}
    readers = {access.reader for access in done}
    parts = [f"{counted(len(read), 'secret')} read by {counted(len(readers), 'reader')}"]
    parts.append(counted(sum(access.reads for access in done), "read"))
    parts += [f"{len(report.flagged(flag)):,} {flag}" for flag in Flag if report.flagged(flag)]
    since = f" since {report.since}" if report.since else ""
    damaged = f", {report.damaged:,} damaged" if report.damaged else ""
    return f"{', '.join(parts)}{since} (of {counted(report.events, 'event')}{damaged})"


def not_known(report: Report) -> tuple[str, ...]:
    """What the report could not say, and what would make it."""
    lines = []
    if not report.accounts:
        lines.append("which accounts are foreign is not known: name an accounts file that has their ids")
    if not report.compared:
        lines.append("who reads for the first time is not known: give --since or --known")
    return tuple(lines)


def who(reader: Reader) -> str:
    """The reader, with the person behind it."""
    return f"{reader.principal} ({reader.person})" if reader.person else reader.principal


def what(access: Access) -> str:
    """How often, in which ways."""
    parts = [counted(access.reads, "read")] if access.reads or not access.succeeded else []
    parts += [f"{access.batches:,} in batches"] if access.batches else []
    parts += [counted(access.decrypts, "decryption")] if access.decrypts and not access.reads else []
    parts += [f"{number:,} for it by {service}" for service, number in access.services.items()]
    return ", ".join(parts)


def when(access: Access) -> str:
    """From when to when."""
    if not access.succeeded:
        return ""
    return access.first if access.first == access.last else f"{access.first} to {access.last}"


def where(sources: Sequence[tuple[Source, int]], *, more: bool = False) -> str:
    """From where, the most frequent first."""
    shown = [f"{source(one)} ({number:,})" for one, number in sources[:MOST_SOURCES]]
    more = more or len(sources) > MOST_SOURCES
    return ", ".join([*shown, "others"] if more else shown) or "unknown"


def source(one: Source) -> str:
    """An address, and the endpoint that it came through."""
    account = f" of {one.endpoint_account}" if one.endpoint_account else ""
    return f"{one.address or 'unknown'} through {one.endpoint}{account}" if one.endpoint else one.address or "unknown"


def failures(access: Access) -> str:
    """What did not succeed."""
    return ", ".join(f"{number:,} {code}" for code, number in access.errors.items())


def secrets(report: Report) -> Sequence[tuple[str, str, Sequence[Access]]]:
    """Each secret that was read, what there is to say of it, and its readers, the most frequent first."""
    rows = []
    for secret, accesses in by_secret(report).items():
        done = sorted((one for one in accesses if one.succeeded), key=lambda one: (-one.reads, one.reader))
        if done:
            number = counted(sum(one.reads for one in done), "read")
            rows.append((str(secret), f"{number} by {counted(len(done), 'reader')}", done))
    return rows


def principals(report: Report) -> Sequence[tuple[str, str, Sequence[Access]]]:
    """Each reader, what there is to say of it, and the secrets that it read, the most frequent first."""
    rows = []
    for reader, accesses in by_principal(report).items():
        done = sorted((one for one in accesses if one.succeeded), key=lambda one: (-one.reads, one.secret))
        if done:
            number = counted(sum(one.reads for one in done), "read")
            rows.append((who(reader), f"{number} of {counted(len(done), 'secret')}", done))
    return rows
