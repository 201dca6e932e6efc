"""The sandbox's own CloudTrail: a record of every call, in memory and in files laid out as CloudTrail lays them out.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import gzip
import json
import re
import threading
import uuid
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from org.sandbox.authorization import events
from org.sandbox.authorization.context import moment
from org.sandbox.authorization.regions import region_of
from org.sandbox.record import is_write

if TYPE_CHECKING:
    from org.sandbox.authorization.asked import Attempt
    from org.sandbox.callers import Caller
    from org.sandbox.wire import Response

MOST_WAITING = 5_000
"""Records that wait to be written; AWS writes a file every five minutes or so."""
LONGEST = 100_000
"""Characters of the parameters of one record, above which they are left out, as in CloudTrail."""
XML_CODE = re.compile(rb"<Code>([\w.:-]+)</Code>")
JSON_CODE = re.compile(rb'"(?:__type|code|Code)"\s*:\s*"(?:[^"#]*#)?([\w.]+)"')
ADDRESS = "127.0.0.1"


class Trail:
    """All records, oldest first; safe to use from many threads. With a folder they go to files too."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._records: list[dict[str, Any]] = []
        self._written = 0

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        """Every record, oldest first."""
        with self._lock:
            return tuple(self._records)

    def add(self, record: dict[str, Any], organization: str) -> None:
        """The record is kept, and written with those before it where many wait."""
        with self._lock:
            self._records.append(record)
            waiting = len(self._records) - self._written
        if self.folder is not None and waiting >= MOST_WAITING:
            self.flush(organization)

    def flush(self, organization: str = "") -> list[Path]:
        """Everything recorded so far is in files, one for each account, Region and day; the new ones come back."""
        with self._lock:
            waiting, self._written = self._records[self._written :], len(self._records)
        if self.folder is None:
            return []
        grouped: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for record in waiting:
            grouped[record["recipientAccountId"], record["awsRegion"], record["eventTime"][:10]].append(record)
        return [write(self.folder, organization, *place, records) for place, records in grouped.items()]

    def clear(self) -> None:
        """Nothing has been called; files stay."""
        with self._lock:
            self._records, self._written = [], 0


def write(folder: Path, organization: str, account: str, region: str, day: str, records: list[dict[str, Any]]) -> Path:
    """The file with these records, where CloudTrail would put it.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """
    place = folder / "AWSLogs" / organization / account / "CloudTrail" / region / day.replace("-", "/")
    place.mkdir(parents=True, exist_ok=True)
    stamp = re.sub(r"[-:]|\d\dZ$", "", records[-1]["eventTime"]) + "Z"
    path = place / f"{account}_CloudTrail_{region}_{stamp}_{uuid.uuid4().hex[:16]}.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), mtime=0))
    return path


def record(attempt: Attempt, response: Response | None, now: float) -> dict[str, Any]:
    """The record of a call that was answered so."""
    aim, caller = attempt.aim, attempt.caller
    written = events.parameters(aim.service, aim.operation, given(attempt))
    code = error_code(response)
    made: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": identity(caller, aim.key),
        "eventTime": moment(now),
        "eventSource": events.source(aim.service),
        "eventName": events.name(aim.service, aim.operation),
        "awsRegion": region_of(aim.service, aim.region),
        "sourceIPAddress": ADDRESS,
        "userAgent": attempt.agent,
        **({"errorCode": f"Client.{code}" if aim.service == "ec2" else code} if code else {}),
        "requestParameters": written if len(json.dumps(written, default=str)) <= LONGEST else {"omitted": True},
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": not is_write(aim.operation),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": caller.account,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    }
    return made


def given(attempt: Attempt) -> dict[str, Any]:
    """The parameters; none where the body could not be read."""
    try:
        return attempt.parameters()
    except (ValueError, TypeError):
        return {}


def error_code(response: Response | None) -> str:
    """The error code of an answer; empty for success and where no answer was sent."""
    if response is None or response.status < 400:
        return ""
    found = XML_CODE.search(response.body) or JSON_CODE.search(response.body)
    return found[1].decode() if found else response.code


def identity(caller: Caller, key: str) -> dict[str, Any]:
    """Who called, as CloudTrail says it (page cloudtrail-event-reference-user-identity)."""
    made: dict[str, Any] = {
        "type": "AssumedRole" if caller.issuer else "IAMUser",
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account,
        "accessKeyId": key,
    }
    if caller.issuer is None:
        return made | {"userName": caller.arn.rpartition("/")[2]}
    issuer = {
        "type": "Role",
        "principalId": caller.user_id.partition(":")[0],
        "arn": caller.issuer,
        "accountId": caller.account,
        "userName": caller.role,
    }
    session: dict[str, Any] = {
        "sessionIssuer": issuer,
        "attributes": {"creationDate": moment(caller.issued), "mfaAuthenticated": "false"},
    }
    if caller.source_identity:
        session["sourceIdentity"] = caller.source_identity
    return made | {"sessionContext": session}
