"""Questions that are asked again in other accounts: put together by botocore once, and then only signed.

A run asks each of 1,000 accounts the same. What botocore does to make `GetEbsEncryptionByDefault` in a Region into a
request is the same every time but for the signature, and costs four times as much as the signature.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from botocore.utils import normalize_url_path

from org.aws.transport import head

if TYPE_CHECKING:
    import datetime

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.credentials import ReadOnlyCredentials

    from org.aws.transport import Host

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=(.+)"
)
OWN = frozenset({"authorization", "x-amz-date", "x-amz-security-token", "amz-sdk-invocation-id"})
"""Headers that are different in every request: those of the signature, and a number that no service needs."""
DATE, TOKEN = "x-amz-date", "x-amz-security-token"


@dataclass(frozen=True, slots=True)
class Question:
    """A request without its signature. `signed` are the headers that the signature is about, with their values."""

    host: Host
    url: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    canonical: str
    signed: tuple[tuple[str, str], ...]
    digest: str
    scope: tuple[str, str]

    def about(self, body: bytes) -> Question:
        """The same operation of the same service, asked about something else that its body says."""
        others = (header for header in self.headers if header[0].lower() != "content-length")
        headers = (*others, ("Content-Length", str(len(body))))
        return replace(self, body=body, headers=headers, digest=hashlib.sha256(body).hexdigest())

    def asked_by(self, credentials: ReadOnlyCredentials, now: datetime.datetime) -> bytes:
        """The request as these credentials send it now."""
        date = now.strftime("%Y%m%dT%H%M%SZ")
        own = [("X-Amz-Date", date)]
        if credentials.token:
            own.append(("X-Amz-Security-Token", credentials.token))
        own.append(("Authorization", self.authorization(credentials, date)))
        return head(self.host, self.method, self.target, [*self.headers, *own]) + self.body

    def authorization(self, credentials: ReadOnlyCredentials, date: str) -> str:
        """The header that signs the request.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
        """
        own = [(DATE, date), (TOKEN, credentials.token)] if credentials.token else [(DATE, date)]
        signed = sorted([*self.signed, *own])
        names = ";".join(name for name, _ in signed)
        lines = "".join(f"{name}:{value}\n" for name, value in signed)
        request = f"{self.canonical}\n{lines}\n{names}\n{self.digest}"
        region, service = self.scope
        scope = f"{date[:8]}/{region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"AWS4{credentials.secret_key}".encode()
        for part in (date[:8], region, service, "aws4_request", text):
            key = hmac.digest(key, part.encode(), "sha256")
        given = f"Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
        return f"AWS4-HMAC-SHA256 {given}"


def question(request: AWSPreparedRequest, host: Host, credentials: ReadOnlyCredentials) -> Question | None:
    """The question in a request that botocore has signed with these credentials; None where we would sign it otherwise.

    INVARIANT: a question is only put by us if our signature for it is the very one that botocore gave.
    """
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None or DATE not in headers or request.stream_output or not isinstance(body, bytes):
        return None
    parts = urlsplit(request.url)
    path = quote(normalize_url_path(parts.path), safe="/~")
    query = "&".join(sorted("{}={}".format(*pair.partition("=")[::2]) for pair in parts.query.split("&") if pair))
    known = {**headers, "host": parts.netloc}
    names = [name for name in found[4].split(";") if name not in OWN]
    made = Question(
        host,
        request.url,
        request.method,
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        tuple((name, _text(value)) for name, value in request.headers.items() if name.lower() not in OWN),
        body,
        f"{request.method}\n{path}\n{query}",
        tuple((name, " ".join(known[name].split())) for name in names if name in known),
        headers.get("x-amz-content-sha256") or hashlib.sha256(body).hexdigest(),
        (found[2], found[3]),
    )
    return made if made.authorization(credentials, headers[DATE]) == headers["authorization"] else None


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
