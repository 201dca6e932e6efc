"""What an event of CloudTrail says about the access to secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org.replay.secret_access.access import Flag, Kind
from org.replay.secret_access.named import Secret
from org.replay.secret_access.reads import Reader, Source
from tests.replay.secret_access.logged import (
    ARN,
    OURS,
    REGION,
    ROLE,
    THEIRS,
    batch,
    decrypt,
    event,
    moved,
    only,
    read,
    reading,
    refusal,
    report,
    role,
)

DB = Secret(OURS, REGION, "shop/db")


def test_a_read_says_who_what_when_and_where() -> None:
    found = only(report(read(), read(eventTime="2026-11-12T08:00:00Z", eventID="later")))
    assert (DB, (ARN,), Reader(ROLE, OURS), Kind.DIRECT) == (found.secret, found.arns, found.reader, found.kind)
    assert (2, "2026-11-10T12:00:00Z", "2026-11-12T08:00:00Z") == (found.reads, found.first, found.last)
    assert ("3a314d47-ffc3-4e98-87ae-fb4414ad7b62", ((Source("198.51.100.7"), 2),)) == (found.event, found.sources)


@pytest.mark.parametrize(
    ("named", "secret", "arns"),
    [
        (ARN, DB, (ARN,)),
        (ARN[:-7], DB, ()),
        ("shop/db", DB, ()),
        ("shop/db-a1B2c3", Secret(OURS, REGION, "shop/db-a1B2c3"), ()),
        (ARN.replace("aws:", "aws-cn:", 1), DB, (ARN.replace("aws:", "aws-cn:", 1),)),
        (ARN.replace(REGION, "us-east-1"), Secret(OURS, "us-east-1", "shop/db"), (ARN.replace(REGION, "us-east-1"),)),
        ("x" * 2048, Secret(OURS, REGION, "x" * 2048), ()),
        ("a:b\n| `c`", Secret(OURS, REGION, "a:b\n| `c`"), ()),
    ],
)
def test_a_secret_is_the_same_by_its_arn_and_by_its_name(named: str, secret: Secret, arns: tuple[str, ...]) -> None:
    found = only(report(read(named)))
    assert (secret, arns) == (found.secret, found.arns)


IDENTITIES: list[tuple[dict[str, Any], Reader, Kind]] = [
    (role(), Reader(ROLE, OURS), Kind.DIRECT),
    (role(path="team/"), Reader(f"arn:aws:iam::{OURS}:role/team/app", OURS), Kind.DIRECT),
    (
        {"type": "IAMUser", "principalId": "AIDAX", "arn": f"arn:aws:iam::{OURS}:user/ann", "accountId": OURS},
        Reader(f"arn:aws:iam::{OURS}:user/ann", OURS),
        Kind.DIRECT,
    ),
    (
        {"type": "Root", "principalId": OURS, "arn": f"arn:aws:iam::{OURS}:root", "accountId": OURS},
        Reader(f"arn:aws:iam::{OURS}:root", OURS),
        Kind.DIRECT,
    ),
    (
        role(
            "AWSReservedSSO_Admin_0123456789abcdef", session="ann@acme.example", path="aws-reserved/sso.amazonaws.com/"
        ),
        Reader(
            f"arn:aws:iam::{OURS}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
            OURS,
            "ann@acme.example",
        ),
        Kind.DIRECT,
    ),
    (
        {**role(), "sessionContext": {**role()["sessionContext"], "sourceIdentity": "ann"}},
        Reader(ROLE, OURS, "ann"),
        Kind.DIRECT,
    ),
    ({**role(), "sessionContext": {}}, Reader(f"arn:aws:sts::{OURS}:assumed-role/app", OURS), Kind.DIRECT),
    ({"type": "AWSService", "invokedBy": "rds.amazonaws.com"}, Reader("rds.amazonaws.com"), Kind.SERVICE),
    ({**role(), "invokedBy": "ssm.amazonaws.com"}, Reader(ROLE, OURS), Kind.SERVICE),
    (
        role("AWSServiceRoleForRDS", path="aws-service-role/rds.amazonaws.com/"),
        Reader(f"arn:aws:iam::{OURS}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS", OURS),
        Kind.SERVICE,
    ),
    ({"type": "AWSAccount", "principalId": "AROAX:s", "accountId": THEIRS}, Reader("AROAX", THEIRS), Kind.DIRECT),
    ({"type": "Unknown", "principalId": "", "accountId": ""}, Reader("nobody"), Kind.DIRECT),
    ({}, Reader("nobody"), Kind.DIRECT),
]


@pytest.mark.parametrize(("identity", "reader", "kind"), IDENTITIES)
def test_the_reader_is_whoever_is_behind_the_session(identity: dict[str, Any], reader: Reader, kind: Kind) -> None:
    found = only(report(read(userIdentity=identity)))
    assert (reader, kind) == (found.reader, found.kind)
    assert bool(found.services) == (identity.get("type") != "AWSService" and "invokedBy" in identity)


def test_an_event_without_an_identity_is_a_read_all_the_same() -> None:
    assert Reader("nobody") == only(report(read(userIdentity=None))).reader


def test_sessions_of_a_role_are_one_reader_and_persons_are_not() -> None:
    sso = "AWSReservedSSO_Admin_0123456789abcdef"
    sessions = [read(userIdentity=role(session=f"i-{number}")) for number in range(50)]
    persons = [read(userIdentity=role(sso, session=name)) for name in ("ann", "bob", "ann")]
    found = report(*sessions, *persons)
    assert {("", 50), ("ann", 2), ("bob", 1)} == {(one.reader.person, one.reads) for one in found.accesses}


def test_an_endpoint_and_its_account_are_told() -> None:
    through = {"sourceIPAddress": "10.0.0.5", "vpcEndpointId": "vpce-1", "vpcEndpointAccountId": THEIRS}
    found = report(read(), read(**through), read(**through), accounts={OURS})
    access = only(found)
    assert ((Source("10.0.0.5", "vpce-1", THEIRS), 2), (Source("198.51.100.7"), 1)) == access.sources
    assert (Flag.FOREIGN_ENDPOINT,) == access.flags


def test_reads_by_a_service_on_behalf_are_told_apart() -> None:
    found = only(report(read(), read(userIdentity={**role(), "invokedBy": "ssm.amazonaws.com"})))
    assert (2, {"ssm.amazonaws.com": 1}, Kind.DIRECT) == (found.reads, found.services, found.kind)


def test_decryptions_stand_beside_the_reads_that_caused_them() -> None:
    found = only(report(read(), decrypt(), read(), decrypt(), batch(ARN)))
    assert (2, 1, 2, 0) == (found.reads, found.batches, found.decrypts, found.around)
    assert (Kind.DIRECT, ((Source("198.51.100.7"), 3),)) == (found.kind, found.sources)


def test_a_decryption_alone_is_an_access() -> None:
    found = only(report(decrypt()))
    assert (0, 1, ROLE, True) == (found.reads, found.decrypts, found.reader.principal, found.succeeded)


@pytest.mark.parametrize(
    "other",
    [
        decrypt(version="RequestToValidateKeyAccess"),
        event("Decrypt", {"encryptionContext": {"PARAMETER_ARN": "arn:aws:ssm:x"}}, source="kms"),
        event("Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}, source="kms"),
        event("Decrypt", None, source="kms", errorCode="AccessDenied"),
        event("GenerateDataKey", {"encryptionContext": {"SecretARN": ARN}}, source="kms"),
        event("DescribeSecret", {"secretId": ARN}),
        event("GetSecretValue", {"secretId": ARN}, source="example"),
        event("UpdateSecretVersionStage", {"secretId": ARN, "versionStage": "AWSPENDING"}),
        event("StartSecretVersionDelete", None, eventType="AwsServiceEvent"),
        read(eventType="AwsServiceEvent"),
        moved(),
    ],
)
def test_what_reads_no_secret_is_no_access(other: dict[str, Any]) -> None:
    assert ((), 1) == (report(other).accesses, report(other).events)


def test_a_key_used_for_a_secret_without_secrets_manager_is_told() -> None:
    found = only(report(decrypt(userIdentity=role()), decrypt()))
    assert (2, 1, (Flag.AROUND,)) == (found.decrypts, found.around, found.flags)
    assert ((Source("198.51.100.7"), 1),) == found.sources


def test_a_batch_counts_for_every_secret_that_it_names() -> None:
    found = report(batch(ARN, "shop/api"))
    assert [("shop/api", 1, 0), ("shop/db", 1, 0)] == [
        (one.secret.name, one.batches, one.reads) for one in found.accesses
    ]


def test_a_batch_by_filter_says_the_filter() -> None:
    filters = [{"key": "tag-key", "values": ["!none"]}, {"key": "name", "values": ["a", "b"]}]
    found = only(report(event("BatchGetSecretValue", {"filters": filters})))
    assert ("", "tag-key !none and name a, b") == (found.secret.name, found.secret.filters)


def test_refusals_and_other_failures_are_no_reads() -> None:
    gone = read(errorCode="ResourceNotFoundException", eventTime="2026-11-13T00:00:00Z", sourceIPAddress="192.0.2.1")
    found = only(report(refusal(), refusal(), gone))
    assert (0, 2, 1, "", ()) == (found.reads, found.denied, found.failed, found.first, found.sources)
    assert {"AccessDenied": 2, "ResourceNotFoundException": 1} == found.errors
    assert ("2026-11-13T00:00:00Z", (Flag.DENIED,)) == (found.last_failure, found.flags)
    assert ((Source("198.51.100.7"), 2), (Source("192.0.2.1"), 1)) == found.failed_from


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation"])
def test_a_refusal_without_parameters_names_its_secret_in_its_text(code: str) -> None:
    found = only(report(refusal(errorCode=code, requestParameters=None)))
    assert (DB, 1) == (found.secret, found.denied)


def test_a_refusal_that_names_nothing_is_still_told() -> None:
    found = only(report(refusal(requestParameters=None, errorMessage="no"), batch(errorCode="AccessDenied")))
    assert ("?", 2) == (found.secret.name, found.denied)


def test_a_role_that_moves_current_is_the_rotation_of_that_secret_only() -> None:
    found = report(read(), moved(), read("shop/api"))
    assert [("shop/api", Kind.DIRECT), ("shop/db", Kind.ROTATION)] == [
        (one.secret.name, one.kind) for one in found.accesses
    ]


@pytest.mark.parametrize(
    "move",
    [
        moved(errorCode="AccessDenied"),
        moved("shop/other"),
        event("UpdateSecretVersionStage", {"secretId": ARN, "versionStage": "AWSPENDING"}),
        moved(userIdentity=role("other")),
    ],
)
def test_a_move_that_is_not_its_own_makes_nobody_the_rotation(move: dict[str, Any]) -> None:
    assert [Kind.DIRECT] == [one.kind for one in report(read(), move).accesses]


@pytest.mark.parametrize(
    "person",
    [
        role("AWSReservedSSO_Admin_0123456789abcdef", session="ann"),
        {"type": "IAMUser", "principalId": "AIDAX", "arn": f"arn:aws:iam::{OURS}:user/ann", "accountId": OURS},
        {"type": "Root", "principalId": OURS, "arn": f"arn:aws:iam::{OURS}:root", "accountId": OURS},
    ],
)
def test_a_person_is_never_the_rotation(person: dict[str, Any]) -> None:
    assert Kind.DIRECT == only(report(read(userIdentity=person), moved(userIdentity=person))).kind


BROKEN: list[tuple[dict[str, Any], str]] = [
    (read(requestParameters=["x"]), "has parameters that are no mapping"),
    (read(requestParameters={"secretId": {"a": 1}}), "has a `secretId` that is no text"),
    (read(requestParameters={"secretId": ""}), "has a `secretId` that is no text"),
    (read(requestParameters={}), "names no secret"),
    (read(requestParameters=None), "names no secret"),
    (read(eventTime="yesterday"), "has no time"),
    (read(eventTime=""), "has no time"),
    (read(condensed=0), "stands for no event"),
    (read(condensed=-5), "stands for no event"),
    (event("BatchGetSecretValue", {"secretIdList": "x"}), "has a `secretIdList` that is no list of texts"),
    (event("BatchGetSecretValue", {"secretIdList": [1]}), "has a `secretIdList` that is no list of texts"),
    (event("BatchGetSecretValue", {"filters": "x"}), "has `filters` that are no list of mappings"),
    (event("Decrypt", {"encryptionContext": {"SecretARN": 5}}, source="kms"), "has a `SecretARN` that is no text"),
]


@pytest.mark.parametrize(("broken", "why"), BROKEN)
def test_an_event_that_makes_no_sense_is_told_and_hides_no_other(broken: dict[str, Any], why: str) -> None:
    done = reading(read(), broken, read())
    assert [(f"holds an event that {why}", 1)] == [(one.what, one.times) for one in done.numbers.damages]
    assert 2 == only(done.ledger.report(3)).reads


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(read())


@given(st.sampled_from([read(), batch(ARN), decrypt(), moved(), refusal()]), st.data())
def test_any_event_is_a_read_or_damage_and_never_an_error(whole: dict[str, Any], data: st.DataObject) -> None:
    changed = json.loads(json.dumps(whole))
    for field in data.draw(st.lists(st.sampled_from(FIELDS), max_size=3)):
        if isinstance(changed.get(field), dict) and changed[field] and data.draw(st.booleans()):
            changed[field][data.draw(st.sampled_from(sorted(changed[field])))] = data.draw(JSON)
        else:
            changed[field] = data.draw(JSON)
    done = reading(read("another"), changed)
    assert "another" in {one.secret.name for one in done.ledger.report(2).accesses}
