"""Events of CloudTrail and files of them, made for tests."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from org.access.document import document
from org.access.policies import Policies
from org.model.request import Layer
from org.replay import building, corpus
from org.replay.event import SKETCHED
from org.replay.keys import Keys, usual
from org.replay.normalising import Normaliser
from org.replay.side import Member, Side
from org.replay.signature import Signer

ACCOUNT, OTHER, OUTSIDE, MANAGEMENT = "111122223333", "444455556666", "999988887777", "123456789012"
ORG = "o-aaaabbbbcc"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/deployer"
USER = f"arn:aws:iam::{ACCOUNT}:user/ada"
FULL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}

IDENTITIES: dict[str, dict[str, Any]] = {
    "user": {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": USER,
        "accountId": ACCOUNT,
        "accessKeyId": "AKIACANARYCANARYCANA",
        "userName": "ada",
    },
    "role": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:ada@acme.example",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ada@acme.example",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIACANARYCANARYCANA",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": ROLE, "accountId": ACCOUNT, "userName": "deployer"},
            "webIdFederationData": {},
            "attributes": {"creationDate": "2026-11-02T08:00:00Z", "mfaAuthenticated": "false"},
        },
    },
    "root": {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
}


def event(source: str = "s3", name: str = "ListBuckets", who: str = "user", **changes: Any) -> dict[str, Any]:
    """An event as CloudTrail writes it; what is None among the changes is left out."""
    whole = {
        "eventVersion": "1.08",
        "userIdentity": IDENTITIES[who],
        "eventTime": "2026-11-02T09:30:00Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "canary-request-id",
        "eventID": "00000000-0000-4000-8000-000000000001",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
        "tlsDetails": {"tlsVersion": "TLSv1.3"},
    } | changes
    return {key: value for key, value in whole.items() if value is not None or key == "requestParameters"}


def calls(found: dict[str, Any], keys: Keys | None = None) -> list[dict[str, Any]] | str:
    """The calls that an event stands for, or why it is left out."""
    kept = keys or usual()
    signer = Signer(kept)
    signed = signer.sign(SKETCHED.one.decode(json.dumps(found)))
    assert signed is not None
    lines = Normaliser(kept).lines(signer.signature(signed))
    return lines if isinstance(lines, str) else [json.loads(line) for line in lines]


def log(path: Path, events: list[dict[str, Any]]) -> Path:
    """A log file with these events, gzip where its name ends so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"Records": events}, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def built(
    folder: Path, *places: Path | str, keys: Keys | None = None, processes: int = 1
) -> tuple[bytes, building.Built]:
    """The bytes of the corpus of these places, and what it was made of."""
    folder.mkdir(exist_ok=True)
    out = folder / "corpus.jsonl"
    made = building.build([str(place) for place in places], out, keys or usual(), processes=processes)
    return out.read_bytes(), made


def read(folder: Path, events: list[dict[str, Any]], keys: Keys | None = None) -> corpus.Corpus:
    """The corpus of these events."""
    out = folder / "corpus.gz"
    building.build([str(log(folder / "log.json", events))], out, keys or usual())
    return corpus.opened(out)


def side(*statements: dict[str, Any], rcp: dict[str, Any] | None = None, org_id: str | None = ORG) -> Side:
    """Two accounts and the management account of an organization with one SCP at the root, and perhaps an RCP."""
    scp = {"Version": "2012-10-17", "Statement": list(statements)}
    documents = [document(Layer.SCP, "FullAWSAccess", FULL), document(Layer.SCP, "guard", scp)]
    rcps = ((document(Layer.RCP, "perimeter", {"Version": "2012-10-17", "Statement": rcp}),),) if rcp else ((),)
    policies = Policies(scps=(tuple(documents),), rcps=rcps, guardrails_only=True)
    members = {
        ACCOUNT: Member("payments", f"{ORG}/r-aaaa/ou-aaaa-prod/"),
        OTHER: Member("search", f"{ORG}/r-aaaa/ou-aaaa-prod/"),
        MANAGEMENT: Member("management", f"{ORG}/r-aaaa/", management=True),
    }
    return Side(dict.fromkeys(members, policies).get, members, org_id)


def deny(action: str | list[str], resource: str | list[str] = "*", **condition: dict[str, Any]) -> dict[str, Any]:
    """A statement that denies."""
    statement = {"Sid": "Guard", "Effect": "Deny", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})
