"""What is answered to a request: the sandbox's word, or the bytes that it gave to the same question before."""

from __future__ import annotations

import io
import re
import urllib.parse
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from org.sandbox import routing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from org.sandbox.serve import Sandbox

CREDENTIAL = re.compile(rb"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
TOKEN = re.compile(rb"\r\nx-amz-security-token: *([^\r]*)", re.IGNORECASE)
TARGET = re.compile(rb"\r\nx-amz-target: *([^\r]*)", re.IGNORECASE)
HOST = re.compile(rb"\r\nhost: *([^\r]*)", re.IGNORECASE)
ACCOUNT = re.compile(rb"(?<!\d)\d{12}(?!\d)")
BUCKET = re.compile(r"(?!\d{12}\.)(.+)\.(s3(?:\.[a-z0-9-]+)?\.amazonaws\.com)")
PLACEHOLDER, KEY_PLACEHOLDER = b"<<account!>>", b"<<the key!>>>"
"""As long as an account's id and key, so that no Content-Length changes."""
ANY = b"any account"
VARIES = re.compile(rb"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}|(?<![0-9a-f-])[0-9a-f]{5,})[0-9a-f]{12}(?![0-9a-f<])")
"""Ids that AWS makes up (a key's, a VPC's), which no two accounts share: they end in the account's id here."""
ISSUED = re.compile(rb"ASIA[A-Z2-7]{16}")
OURS = b"ASIA0000"
"""How the access keys begin that canned answers give out; the account's id comes after it."""
NOT_RECORDED = b'{"__type": "NotRecorded", "message": "nobody asked it"}'


class Mode(StrEnum):
    """Where answers come from."""

    LIVE = "live"
    LEARN = "learn"
    CANNED = "canned"


class Answers:
    """One answer a request. What the `typical` account is answered goes to all others, with their own id and key in it.

    `keys` are the keys of all accounts, by id.
    """

    def __init__(self, sandbox: Sandbox, keys: Mapping[str, str], typical: str) -> None:
        self._sandbox = sandbox
        self._keys = {account.encode(): key.encode() for account, key in keys.items()}
        self._typical = next(account for account, key in self._keys.items() if key == typical.encode())
        self._home = sandbox.management.encode()
        self._members = self._keys.keys() - {self._home}
        self._learned: dict[tuple[bytes, ...], bytes] = {}
        self.mode = Mode.LIVE
        self.calls: Counter[str] = Counter()
        self.missed: list[str] = []
        self.neighbours: list[str] = []
        self._names: dict[tuple[bytes, ...], str] = {}

    def __call__(self, head: bytes, body: bytes) -> bytes:
        """The whole answer to a request."""
        if self.mode is Mode.CANNED:
            return self._canned(head, body)
        answer = answered = self._asked(head, body)
        if self.mode is Mode.LEARN:
            asked, subject = self._question(head, body)
            key = (subject, *asked)
            if subject == self._typical:
                key = (ANY, *(self._general(part, subject) for part in asked))
                answered = self._general(answer, subject)
            # The account stands in the place of the session's key too, so that every account gets a key of its own.
            issued = OURS + (PLACEHOLDER if subject == self._typical else subject)
            self._learned[key] = ISSUED.sub(issued, answered)
            self._names[key] = self._name(head, body)
        return answer

    def prepare(self, service: str, region: str, line: str, target: str, body: str) -> None:
        """The sandbox has done what the typical account asks for; raises where it refuses."""
        key = self._sandbox.sign_in(self._typical.decode())
        fields = [
            f"{line} HTTP/1.1",
            f"Host: {service}.{region}.amazonaws.com",
            f"Authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request",
            "Content-Type: application/x-amz-json-1.1",
            *([f"X-Amz-Target: {target}"] if target else []),
        ]
        answer = self._asked("\r\n".join([*fields, ""]).encode(), body.encode())
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer.decode())

    def _canned(self, head: bytes, body: bytes) -> bytes:
        asked, subject = self._question(head, body)
        key = (subject, *asked)
        template = self._learned.get(key)
        if template is None and subject:
            key = (ANY, *(self._general(part, subject) for part in asked))
            template = self._learned.get(key)
        if template is None:
            self.missed.append((head.partition(b"\r\n")[0] + b" " + body[:200]).decode(errors="replace"))
            return b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%b" % (len(NOT_RECORDED), NOT_RECORDED)
        self.calls[self._names[key]] += 1
        if not subject:
            return template
        return template.replace(PLACEHOLDER, subject).replace(KEY_PLACEHOLDER, self._keys[subject])

    def _general(self, text: bytes, subject: bytes) -> bytes:
        """A question or an answer with marks in place of the account and of ids that only that account has."""
        text = text.replace(subject, PLACEHOLDER)
        if len(self._keys[subject]) == len(KEY_PLACEHOLDER):
            text = text.replace(self._keys[subject], KEY_PLACEHOLDER)
        return VARIES.sub(rb"\1" + PLACEHOLDER, text)

    def _question(self, head: bytes, body: bytes) -> tuple[tuple[bytes, ...], bytes]:
        """What is asked, and the account that it is about; none for the organization."""
        line = head[: head.index(b"\r\n")]
        found = CREDENTIAL.search(head)
        key, region, service = found.groups() if found else (b"", b"", b"")
        host, target = HOST.search(head), TARGET.search(head)
        asked = (line, host[1] if host else b"", target[1] if target else b"", body)
        caller = self._caller(key, head)
        if caller != self._home:
            subject = caller
        else:
            named = (account for part in asked for account in ACCOUNT.findall(part))
            subject = next((account for account in named if account in self._members), b"")
        return (b"home" if caller == self._home else b"member", region, service, *asked), subject

    def _caller(self, key: bytes, head: bytes) -> bytes:
        if not key.startswith(OURS):
            return self._sandbox._application.parts.callers.caller(key.decode()).account.encode()
        token = TOKEN.search(head)
        if token is None or token[1] != b"sandbox-" + key:
            self.neighbours.append(key.decode())
        return key[len(OURS) :]

    def _name(self, head: bytes, body: bytes) -> str:
        aim = routing.aim(environ(head, body), body)
        return f"{aim.service}:{aim.operation}"

    def _asked(self, head: bytes, body: bytes) -> bytes:
        response = self._sandbox._application.respond(environ(head, body), body)
        assert response is not None
        headers = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
        top = f"HTTP/1.1 {response.status} Answer\r\n{headers}Content-Length: {len(response.body)}\r\n\r\n"
        return top.encode("latin-1") + (b"" if head.startswith(b"HEAD ") else response.body)


def environ(head: bytes, body: bytes) -> dict[str, Any]:
    """The request as WSGI has it."""
    line, *fields = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = line.split(" ")
    path, _, query = target.partition("?")
    headers = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    host = headers.get("host", "localhost")
    if bucket := BUCKET.fullmatch(host):  # the sandbox has buckets in the path
        host, path = bucket[2], f"/{bucket[1]}{path.rstrip('/')}"
        headers["host"] = host
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": urllib.parse.unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": f"{path}?{query}" if query else path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "CONTENT_TYPE": headers.pop("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()},
    }
