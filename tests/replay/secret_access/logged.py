"""Events of CloudTrail about secrets, as AWS writes them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from org.replay.secret_access.ledger import Ledger
from org.replay.secret_access.reading import Reading

if TYPE_CHECKING:
    from org.replay.secret_access.access import Access, Report

OURS = "111122223333"
THEIRS = "999988887777"
REGION = "eu-west-1"
ARN = f"arn:aws:secretsmanager:{REGION}:{OURS}:secret:shop/db-a1B2c3"
ROLE = f"arn:aws:iam::{OURS}:role/app"


def role(name: str = "app", account: str = OURS, session: str = "i-0", path: str = "", **more: Any) -> dict[str, Any]:
    """The identity of a session of a role."""
    unique = f"AROA{name.upper()[:12]}"
    return {
        "type": "AssumedRole",
        "principalId": f"{unique}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": unique,
                "arn": f"arn:aws:iam::{account}:role/{path}{name}",
                "accountId": account,
                "userName": name,
            },
            "attributes": {"creationDate": "2026-11-01T00:00:00Z", "mfaAuthenticated": "false"},
        },
        **more,
    }


def event(name: str, parameters: Any, *, source: str = "secretsmanager", **more: Any) -> dict[str, Any]:
    """An event of the account and the Region of the tests."""
    return {
        "eventVersion": "1.11",
        "userIdentity": role(),
        "eventTime": "2026-11-10T12:00:00Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-sdk",
        "requestParameters": parameters,
        "responseElements": None,
        "eventID": "3a314d47-ffc3-4e98-87ae-fb4414ad7b62",
        "eventType": "AwsApiCall",
        "recipientAccountId": OURS,
        **more,
    }


def read(secret: str = ARN, **more: Any) -> dict[str, Any]:
    """An event of GetSecretValue."""
    return event("GetSecretValue", {"secretId": secret}, **more)


def batch(*secrets: str, **more: Any) -> dict[str, Any]:
    """An event of BatchGetSecretValue."""
    return event("BatchGetSecretValue", {"secretIdList": list(secrets)}, **more)


def decrypt(secret: str = ARN, version: str = "1" * 32, **more: Any) -> dict[str, Any]:
    """An event of Decrypt, as Secrets Manager makes it on behalf of whoever reads."""
    who = {**role(), "invokedBy": "secretsmanager.amazonaws.com"}
    context = {"SecretARN": secret, "SecretVersionId": version}
    given = {"encryptionContext": context, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
    return event("Decrypt", given, source="kms", **{"userIdentity": who, **more})


def moved(secret: str = ARN, **more: Any) -> dict[str, Any]:
    """An event of UpdateSecretVersionStage that finishes a rotation."""
    given = {"secretId": secret, "versionStage": "AWSCURRENT", "moveToVersionId": "1" * 32}
    return event("UpdateSecretVersionStage", given, **more)


def refusal(secret: str = ARN, **more: Any) -> dict[str, Any]:
    """An event of a read that was refused."""
    told = (
        f"User: x is not authorized to perform: secretsmanager:GetSecretValue on resource: {secret} because no policy"
    )
    return read(secret, **{"errorCode": "AccessDenied", "errorMessage": told, **more})


def reading(*events: Any, since: str = "") -> Reading:
    """The events after they were read from one file of CloudTrail."""
    done = Reading(Ledger(since))
    content = json.dumps({"Records": list(events)}).encode()
    done.file("log.json", io.BytesIO(content).read)
    return done


def report(*events: Any, since: str = "", **more: Any) -> Report:
    """What the events come to; damage is a failure of the test."""
    done = reading(*events, since=since)
    assert [] == done.numbers.damages
    return done.ledger.report(done.numbers.events, **more)


def only(found: Report) -> Access:
    """The one access of a report."""
    (access,) = found.accesses
    return access
