"""Reads added up: copies in two accounts' logs, who is new, who is foreign, and how much memory it takes."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from org.replay.secret_access.access import Access, Flag
from org.replay.secret_access.entry import MOST_SOURCES, OTHERS
from org.replay.secret_access.ledger import Ledger, by_principal, by_secret
from org.replay.secret_access.named import Secret
from org.replay.secret_access.reading import Reading
from org.replay.secret_access.reads import Reader
from tests.replay.secret_access.logged import (
    ARN,
    OURS,
    REGION,
    ROLE,
    THEIRS,
    only,
    read,
    reading,
    refusal,
    report,
    role,
)

OUTSIDER = f"arn:aws:iam::{THEIRS}:role/vendor"
SSO = "AWSReservedSSO_Admin_0123456789abcdef"


def here(name: str = "vendor", session: str = "s", **more: Any) -> dict[str, Any]:
    """A read from another account, in the log of the secret's account, which knows the caller only by its id."""
    identity = {"type": "AWSAccount", "principalId": f"{role(name)['principalId'].partition(':')[0]}:{session}"}
    return read(userIdentity={**identity, "accountId": THEIRS}, **more)


def there(name: str = "vendor", session: str = "s", **more: Any) -> dict[str, Any]:
    """The same read in the log of the caller's account."""
    return read(userIdentity=role(name, THEIRS, session), recipientAccountId=THEIRS, **more)


def test_a_read_in_the_logs_of_two_accounts_is_one_read() -> None:
    found = only(report(here(), there(), here(), there(), accounts={OURS}))
    assert (2, Reader(OUTSIDER, THEIRS), (Flag.FOREIGN_ACCOUNT,)) == (found.reads, found.reader, found.flags)
    assert [2] == [number for _, number in found.sources]


def test_a_caller_that_both_logs_name_is_counted_once() -> None:
    named = read(userIdentity=role("vendor", THEIRS))
    assert 2 == only(report(named, there(), named, there())).reads


@pytest.mark.parametrize(
    ("events", "reads"), [([here(), here()], 2), ([there(), there()], 2), ([here(), here(), there()], 2)]
)
def test_a_read_in_one_log_alone_counts(events: list[dict[str, Any]], reads: int) -> None:
    assert reads == only(report(*events)).reads


def test_persons_behind_one_role_of_another_account_are_told_apart() -> None:
    copies = [here(SSO, "ann"), here(SSO, "ann"), here(SSO, "bob")]
    found = report(there(SSO, "ann"), there(SSO, "ann"), there(SSO, "bob"), *copies)
    assert {("ann", 2), ("bob", 1)} == {(one.reader.person, one.reads) for one in found.accesses}


def test_reads_by_a_role_that_only_one_log_has_are_left_over() -> None:
    found = report(there(SSO, "ann"), there(SSO, "bob"), *[here(SSO, "cid")] * 5)
    assert {("ann", 1), ("bob", 1), ("", 3)} == {(one.reader.person, one.reads) for one in found.accesses}


def test_a_refusal_in_both_logs_is_one_refusal() -> None:
    identity = here()["userIdentity"]
    mine = refusal(userIdentity=identity)
    other = refusal(userIdentity=role("vendor", THEIRS), recipientAccountId=THEIRS)
    found = only(report(mine, other))
    assert (1, 0, [1]) == (found.denied, found.failed, [number for _, number in found.failed_from])


def test_the_order_of_the_logs_does_not_matter() -> None:
    events = [here(), there(), read(), read("shop/api"), refusal(), there(SSO, "ann"), here(SSO, "ann")]
    events += [read(eventTime="2026-11-09T00:00:00Z", eventID="first"), read(eventTime="2026-11-30T00:00:00Z")]
    found = report(*events)
    assert found.accesses == report(*reversed(events)).accesses
    assert ("first", "2026-11-09T00:00:00Z", "2026-11-30T00:00:00Z") in [
        (one.event, one.first, one.last) for one in found.accesses
    ]


def flags(*events: dict[str, Any], **more: Any) -> list[tuple[Flag, ...]]:
    return [one.flags for one in report(*events, **more).accesses]


def test_an_account_is_foreign_where_the_organization_does_not_have_it() -> None:
    assert [()] == flags(there())
    assert [(Flag.FOREIGN_ACCOUNT,)] == flags(there(), accounts={OURS})
    assert [()] == flags(there(), accounts={OURS, THEIRS})


def test_a_secret_of_another_organization_is_foreign() -> None:
    foreign = ARN.replace(OURS, THEIRS)
    assert [(Flag.FOREIGN_SECRET,)] == flags(read(foreign), accounts={OURS})


def test_a_service_is_in_no_account() -> None:
    service = {"type": "AWSService", "invokedBy": "rds.amazonaws.com"}
    assert [()] == flags(read(userIdentity=service), accounts={OURS})


def test_a_reader_is_new_where_it_has_not_read_that_secret_before() -> None:
    old, new = {"eventTime": "2026-10-01T00:00:00Z"}, {"eventTime": "2026-11-05T00:00:00Z"}
    events = [read(**old), read(**new), read("shop/api", **new), read("shop/old", **old), refusal("shop/x", **old)]
    found = report(*events, read("shop/x", **new), since="2026-11-01T00:00:00Z")
    assert [("shop/api", True), ("shop/db", False), ("shop/x", True)] == [
        (one.secret.name, Flag.FIRST_TIME in one.flags) for one in found.accesses
    ]
    assert [1, 1, 1] == [one.reads for one in found.accesses]


def test_who_is_new_is_not_known_without_anything_to_compare_with() -> None:
    assert ([()], False) == (flags(read()), report(read()).compared)


def test_a_list_of_known_readers_says_who_is_new() -> None:
    known = {(Secret(OURS, REGION, "shop/db"), Reader(ROLE, OURS))}
    assert [()] == flags(read(), known=known)
    assert [(Flag.FIRST_TIME,)] == flags(read(), known=set())
    assert [(Flag.FIRST_TIME,)] == flags(read("shop/api"), known=known)
    assert [(Flag.FIRST_TIME,)] == flags(read(userIdentity=role("other")), known=known)


def test_a_refused_reader_is_no_first_time_reader() -> None:
    assert [(Flag.DENIED,)] == flags(refusal(), known=set())


def test_events_that_stand_for_many_count_as_many() -> None:
    many = read(condensed=40, lastTime="2026-11-20T00:00:00Z")
    found = report(many, read())
    assert (41, 41, "2026-11-20T00:00:00Z") == (found.events, only(found).reads, only(found).last)


def test_accesses_are_grouped_by_secret_and_by_principal() -> None:
    found = report(read(), read("shop/api"), read(userIdentity=role("other")))
    assert [("shop/api", 1), ("shop/db", 2)] == [(secret.name, len(all_)) for secret, all_ in by_secret(found).items()]
    assert [("app", 2), ("other", 1)] == [
        (reader.principal.rpartition("/")[2], len(all_)) for reader, all_ in by_principal(found).items()
    ]


def test_sources_beyond_the_limit_are_said_to_exist() -> None:
    addresses = [f"10.0.{number // 256}.{number % 256}" for number in range(MOST_SOURCES + 5)]
    found = only(report(*[read(sourceIPAddress=one) for one in addresses]))
    assert (MOST_SOURCES + 5, MOST_SOURCES, True) == (found.reads, len(found.sources), found.more_sources)
    exact = only(report(*[read(sourceIPAddress=one) for one in addresses[:MOST_SOURCES]]))
    assert not exact.more_sources


def test_a_foreign_endpoint_is_flagged_however_many_addresses_came_before() -> None:
    many = [read(sourceIPAddress=f"10.0.{number // 256}.{number % 256}") for number in range(MOST_SOURCES + 5)]
    through = read(sourceIPAddress="10.9.9.9", vpcEndpointId="vpce-1", vpcEndpointAccountId=THEIRS)
    assert [(Flag.FOREIGN_ENDPOINT,)] == flags(*many, through, accounts={OURS})


def test_made_up_words_take_no_memory_and_lose_no_count() -> None:
    found = only(report(*[read(errorCode=f"Made{number}") for number in range(500)]))
    assert (500, True) == (sum(found.errors.values()), found.errors[OTHERS] > 400)


def most_memory(times: int) -> int:
    """The bytes that it takes to read that many hundreds of events, at most."""
    done = Reading(Ledger())
    lines = (json.dumps(read()) + "\n").encode() * 100
    parts = iter([lines] * times)
    tracemalloc.start()
    done.file("log", lambda _: next(parts, b""))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 100 * times == only(done.ledger.report(0)).reads
    return most


def test_memory_does_not_grow_with_the_number_of_reads() -> None:
    most_memory(1)
    assert most_memory(80) < 1.5 * most_memory(20)


def test_a_damaged_file_is_told_by_its_place() -> None:
    done = Reading(Ledger())
    content = b'{"Records":[' + json.dumps(read()).encode() + b',{"eventVersion":\n 5, broken},'
    parts = iter([content, b""])
    done.file("day.json", lambda _: next(parts))
    assert 1 == only(done.ledger.report(0)).reads
    assert {"day.json"} == {one.file for one in done.numbers.damages}


@pytest.mark.parametrize(
    "line",
    [
        {"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": read()},
        {"EventId": "x", "CloudTrailEvent": json.dumps(read())},
        {"Records": [read()]},
    ],
)
def test_events_inside_others_are_read(line: dict[str, Any]) -> None:
    done = Reading(Ledger())
    parts = iter([json.dumps(line).encode(), b""])
    done.file("log", lambda _: next(parts))
    assert (1, 1, 0) == (only(done.ledger.report(1)).reads, done.numbers.events, done.numbers.damaged)


def test_an_object_that_is_no_event_is_damage() -> None:
    done = reading(read(), {"eventVersion": "1.11"})
    assert ["is not a CloudTrail event"] == [one.what for one in done.numbers.damages]


def test_reads_of_one_file_do_not_hide_those_of_the_next() -> None:
    done = reading(read())
    done.file("broken", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    assert ["cannot be read: Input/output error"] == [one.what for one in done.numbers.damages]
    assert isinstance(only(done.ledger.report(0)), Access)
