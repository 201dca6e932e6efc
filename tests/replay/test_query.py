"""The condensation as SQL: what SQLite makes of it is the same corpus, and Athena's is the same query."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from org.replay import query
from org.replay.event import Event, Identity, Session
from org.replay.keys import Keys, plus, usual
from org.replay.parameters import plain
from org.replay.plans import plan
from tests.replay.trail import IDENTITIES, built, event, log

ALL = plus(usual(), {key for keys in query.ASKED.values() for key in keys})
MOMENTLESS = Keys(ALL.names - {"aws:currenttime", "aws:epochtime"})


def condensed(folder: Path, events: list[dict[str, Any]], keys: Keys) -> Path:
    """A log with what SQLite makes of the events."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE events (line TEXT)")
    database.executemany("INSERT INTO events VALUES (?)", [(json.dumps(one),) for one in events])
    rows = [line for (line,) in database.execute(query.query("events", keys, query.SQLITE))]
    database.close()
    path = folder / "condensed.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


SESSIONS = [
    None,
    {},
    IDENTITIES["role"]["sessionContext"],
    {"attributes": {"mfaAuthenticated": "true"}, "sourceIdentity": "ada", "assumedRoot": True},
    {"sessionIssuer": None, "ec2RoleDelivery": "2.0", "webIdFederationData": {"federatedProvider": "x"}},
]


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    who = dict(IDENTITIES[draw(st.sampled_from(sorted(IDENTITIES)))])
    session = draw(st.sampled_from(SESSIONS))
    if session is not None:
        who["sessionContext"] = session
    who |= {"invokedBy": "x.amazonaws.com"} if draw(st.booleans()) else {}
    source, name, parameters = draw(
        st.sampled_from(
            [
                ("s3", "GetObject", {"bucketName": "b", "key": "k/1", "Host": "b.s3"}),
                ("ec2", "RunInstances", {"instanceType": "m7i.large", "clientToken": "1", "userData": "x"}),
                ("iam", "CreateRole", {"roleName": "r", "description": "x", "policyDocument": "{}"}),
                ("sqs", "ListQueues", None),
            ]
        )
    )
    return event(
        source,
        name,
        userIdentity=who,
        requestParameters=parameters,
        resources=draw(st.sampled_from([None, [], [{"ARN": "arn:aws:s3:::b/k/1", "accountId": "111122223333"}]])),
        eventTime=f"2026-11-0{draw(st.integers(1, 3))}T09:30:00Z",
        eventID=f"id-{draw(st.integers(0, 9))}",
        errorCode=draw(st.sampled_from([None, "AccessDenied"])),
        tlsDetails=draw(st.sampled_from([None, {"tlsVersion": "TLSv1.3"}])),
        vpcEndpointId=draw(st.sampled_from([None, "vpce-1"])),
        sourceIPAddress=draw(st.sampled_from(["198.51.100.7", "AWS Internal"])),
    )


@pytest.mark.parametrize("keys", [usual(), MOMENTLESS, ALL], ids=["usual", "persons too", "the moment too"])
@settings(max_examples=15)
@given(st.lists(events(), min_size=1, max_size=20))
def test_what_sql_condenses_is_the_same_corpus(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys, made: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("query")
    whole, _ = built(folder / "whole", log(folder / "whole" / "log.json", made), keys=keys)
    assert whole == built(folder / "sql", condensed(folder, made, keys), keys=keys)[0]


def test_alike_events_are_one_line(tmp_path: Path) -> None:
    made = [event(eventID=f"id-{n}", eventTime=f"2026-11-0{n + 1}T09:30:00Z") for n in range(5)]
    [line] = condensed(tmp_path, made, usual()).read_text().splitlines()
    found = json.loads(line)
    assert (found["condensed"], found["eventID"], found["eventTime"], found["lastTime"]) == (
        5,
        "id-0",
        "2026-11-01T09:30:00Z",
        "2026-11-05T09:30:00Z",
    )


def test_no_field_that_a_signature_has_is_missing_in_the_query() -> None:
    taken = {*query.FIELDS, *(path for path in query.ASKED if "." not in path)}
    beside = {"errorMessage", "detail", "CloudTrailEvent", "Records", "condensed", "lastTime", "eventID"}
    made = {"userIdentity", "requestParameters", "resources", "tlsDetails"}
    assert fields(Event) - beside == taken | made
    assert fields(Identity) - {"arn", "sessionContext"} == inside("userIdentity")
    assert fields(Session) - {"sessionIssuer", "attributes", "webIdFederationData"} == inside(query.SESSION)


def fields(struct: type) -> set[str]:
    return {field.encode_name for field in structs.fields(struct)}


def inside(path: str) -> set[str]:
    asked = {one.rpartition(".")[2] for one in query.ASKED if one.rpartition(".")[0] == path}
    return {*query.TREE[path], *asked}


def test_nothing_is_made_of_a_parameter_that_the_query_leaves_out() -> None:
    noise = {plain(name) for name in query.NOISE}
    asked = [
        ("iam", "CreateRole"),
        ("ec2", "RunInstances"),
        ("ssm", "PutParameter"),
        ("lambda", "CreateFunction20150331"),
    ]
    asked += [("s3", "PutObject"), ("sts", "AssumeRole"), ("kms", "CreateKey"), ("secretsmanager", "CreateSecret")]
    for source, name in asked:
        wanted = plan(f"{source}.amazonaws.com", name, ALL).wanted
        assert not noise & (wanted.names | wanted.heads)


def test_athena_s_query_names_only_columns_of_its_table() -> None:
    text = query.unload(ALL)
    table, _, asked = text.partition("UNLOAD")
    columns = set(re.findall(r"(\w+):? (?:STRING|STRUCT|ARRAY)", table))
    used = set(re.findall(r"\b(?:useridentity|one)((?:\.\w+)+)", asked))
    assert [] == [path for path in used for name in path.strip(".").split(".") if name not in columns]
    assert [] == [name for name in query.FIELDS if name.lower() not in columns]
    assert asked.count("(") == asked.count(")")
    assert asked.count("[") == asked.count("]")


def test_both_dialects_build_the_same_lines() -> None:
    """The names of everything that is built, in order; only how it is built differs."""
    athena = query.query("events", ALL, query.ATHENA)
    sqlite = query.query("events", ALL, query.SQLITE)
    of_athena = [
        name for part in re.findall(r"MAP\(ARRAY\[([^\]]*)\]", athena) for name in re.findall(r"'(\w+)'", part)
    ]
    of_sqlite = [name for name in re.findall(r"'(\w+)', ", sqlite) if name not in ("true", "null")]
    assert sorted(name for name in of_athena if name != "ARN") == sorted([*of_sqlite, "accountId"])
