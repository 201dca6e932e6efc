"""HTTP/1.1 over connections that are kept, shared by all clients of a run.

botocore's own way over urllib3 reads the file of trusted certificates again for each new connection, which costs 18 ms
of CPU: S3 Control has a host name for each account, so a run over 1,000 accounts spends 18 s on it. It also sends
head and body apart and walks each answer through four libraries. What is not plain, and what goes over an HTTPS proxy,
is left to botocore.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
import weakref
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.utils import get_environ_proxies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest

CONNECT_SECONDS, READ_SECONDS = 10, 60
MOST_IDLE = 512
"""Connections that are kept though nobody uses them; beyond that the one that has waited longest is closed."""
BLOCK = 1 << 16
LONGEST_HEAD = 1 << 18
FINAL = 200
"""The HTTP status from which on an answer is the last one to a request."""
TARGET = re.compile(r"[!-~]+")
"""What may stand in a request line: anything else could begin a line of its own."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where a request goes: to `address` itself or, for plain HTTP, through a proxy there."""

    name: str
    address: tuple[str, int]
    secure: bool
    proxied: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of the headers are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    def stream(self) -> Iterator[bytes]:
        """The body in one piece, as botocore asks for it."""
        yield self.body


class _Closed(OSError):
    """The other side has ended the connection."""


class Transport:
    """Sends requests; safe to share between threads. `bundle` is the file of trusted certificates."""

    def __init__(self, bundle: str) -> None:
        self._context = ssl.create_default_context(cafile=bundle)
        self._lock = threading.Lock()
        self._idle: dict[Host, deque[socket.socket]] = {}
        self._waiting: OrderedDict[socket.socket, Host] = OrderedDict()
        self._hosts: dict[str, Host | None] = {}
        self.close = weakref.finalize(self, _close, self._lock, self._idle, self._waiting)
        """No connection is open any more but those in use; it happens by itself when nobody needs the transport."""

    def send(self, request: AWSPreparedRequest) -> AWSResponse | None:
        """AWS's answer; None for a request that is not for this transport. Raises what botocore's own way raises."""
        parts, host = urlsplit(request.url), self.host_of(request)
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        if host is None or request.stream_output or not isinstance(body, bytes):
            return None
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [(name, _text(value)) for name, value in request.headers.items()]
        try:
            asked = head(host, request.method, target, headers) + body
        except ValueError as error:
            raise HTTPClientError(error=error) from error
        answer = self.exchange(host, asked, request.url)
        return AWSResponse(request.url, answer.status, answer.headers, answer)

    def host_of(self, request: AWSPreparedRequest) -> Host | None:
        """The host of a request, as `host` gives it."""
        parts = urlsplit(request.url)
        return self.host(f"{parts.scheme}://{parts.netloc}")

    def host(self, url: str) -> Host | None:
        """The host of a URL that ends with its name and port; None where it is behind a proxy that needs a tunnel."""
        if url not in self._hosts:
            parts = urlsplit(url)
            secure = parts.scheme == "https"
            proxy = urlsplit(get_environ_proxies(url).get(parts.scheme) or "")
            if (secure and proxy.netloc) or proxy.username or proxy.scheme not in {"", "http"}:
                self._hosts[url] = None
            else:
                at = proxy if proxy.hostname else parts
                address = (at.hostname or "", at.port or (443 if secure else 80))
                self._hosts[url] = Host(parts.netloc, address, secure, bool(proxy.netloc))
        return self._hosts[url]

    def exchange(self, host: Host, request: bytes, url: str) -> Answer:
        """The answer to a request that is given as the bytes to send. Raises what botocore's own way raises."""
        connection = self._kept(host) or self._connected(host, url)
        keep = False
        try:
            connection.sendall(request)
            answer, keep = _read(connection, bodiless=request.startswith(b"HEAD "))
        except TimeoutError as error:
            raise ReadTimeoutError(endpoint_url=url, error=error) from error
        except OSError as error:
            raise ConnectionClosedError(endpoint_url=url, error=error, request=None) from error
        except ValueError as error:
            raise HTTPClientError(error=error) from error
        finally:
            if keep:
                self._keep(host, connection)
            else:
                connection.close()
        return answer

    def _kept(self, host: Host) -> socket.socket | None:
        """A connection that is there already and that the other side has not ended."""
        while True:
            with self._lock:
                idle = self._idle.get(host)
                if not idle:
                    return None
                connection = idle.pop()
                del self._waiting[connection]
                if not idle:
                    del self._idle[host]
            poll = select.poll()
            poll.register(connection, select.POLLIN)
            if not poll.poll(0):
                return connection
            connection.close()

    def _keep(self, host: Host, connection: socket.socket) -> None:
        oldest = None
        with self._lock:
            self._idle.setdefault(host, deque()).append(connection)
            self._waiting[connection] = host
            if len(self._waiting) > MOST_IDLE:
                oldest, of = self._waiting.popitem(last=False)
                self._idle[of].remove(oldest)
                if not self._idle[of]:
                    del self._idle[of]
        if oldest is not None:
            oldest.close()

    def _connected(self, host: Host, url: str) -> socket.socket:
        try:
            plain = socket.create_connection(host.address, CONNECT_SECONDS)
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=url, error=error) from error
        except (OSError, UnicodeError) as error:  # a name that is no host name is a UnicodeError
            raise EndpointConnectionError(endpoint_url=url, error=error) from error
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = self._context.wrap_socket(plain, server_hostname=host.address[0]) if host.secure else plain
        except TimeoutError as error:
            plain.close()
            raise ConnectTimeoutError(endpoint_url=url, error=error) from error
        except OSError as error:
            plain.close()
            raise SSLError(endpoint_url=url, error=error) from error
        connection.settimeout(READ_SECONDS)
        return connection


def _close(
    lock: threading.Lock, idle: dict[Host, deque[socket.socket]], waiting: OrderedDict[socket.socket, Host]
) -> None:
    with lock:
        for connection in waiting:
            connection.close()
        idle.clear()
        waiting.clear()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def head(host: Host, method: str, target: str, headers: list[tuple[str, str]]) -> bytes:
    """A request up to its body. Raises `ValueError` where a part of it could begin a line of its own."""
    if host.proxied:
        target = f"http://{host.name}{target}"
    named = {name.lower() for name, _ in headers}
    lines = [f"{method} {target} HTTP/1.1"]
    if "host" not in named:
        lines.append(f"Host: {host.name}")
    if "accept-encoding" not in named:
        lines.append("Accept-Encoding: identity")
    lines += [f"{name}: {value}" for name, value in headers if name.lower() != "expect"]
    if not TARGET.fullmatch(target) or any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line break or a space where HTTP has none")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _read(connection: socket.socket, *, bodiless: bool) -> tuple[Answer, bool]:
    """The answer on a connection, and whether the connection may be used again."""
    status, version, headers, rest = _head(connection, b"")
    while status < FINAL:
        status, version, headers, rest = _head(connection, rest)
    keep = version == "HTTP/1.1" and "close" not in headers.get("connection", "").lower()
    if bodiless or status in {204, 304}:
        return Answer(status, headers, b""), keep and not rest
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body, rest = _chunks(connection, rest)
        return Answer(status, headers, body), keep and not rest
    if "content-length" in headers:
        length = _number(headers["content-length"], 10)
        body = _exactly(connection, rest, length)
        return Answer(status, headers, body[:length]), keep and len(body) == length
    pieces = [rest]
    while piece := connection.recv(BLOCK):
        pieces.append(piece)
    return Answer(status, headers, b"".join(pieces)), False


def _head(connection: socket.socket, data: bytes) -> tuple[int, str, dict[str, str], bytes]:
    """Status, version and headers of an answer, and what has come after them."""
    while (end := data.find(b"\r\n\r\n")) < 0:
        if len(data) > LONGEST_HEAD:
            raise ValueError("the head of the answer has no end")
        data += _more(connection)
    first, *lines = data[:end].decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/1.") or not status[:3].isdigit():
        raise ValueError(f"not an answer of HTTP/1.1: {first[:80]!r}")
    headers: dict[str, str] = {}
    last = ""
    for line in lines:
        if line[:1] in {" ", "\t"} and last:
            headers[last] += " " + line.strip()
            continue
        name, _, value = line.partition(":")
        last = name.strip().lower()
        headers[last] = f"{headers[last]}, {value.strip()}" if last in headers else value.strip()
    return int(status[:3]), version, headers, data[end + 4 :]


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(BLOCK)
    if not data:
        raise _Closed("the connection was closed before the answer was there")
    return data


def _exactly(connection: socket.socket, data: bytes, length: int) -> bytes:
    """At least that many bytes."""
    pieces, have = [data], len(data)
    while have < length:
        pieces.append(_more(connection))
        have += len(pieces[-1])
    return b"".join(pieces)


def _chunks(connection: socket.socket, data: bytes) -> tuple[bytes, bytes]:
    """A body that came in chunks, and what has come after it."""
    pieces = []
    while True:
        size, data = _line(connection, data)
        length = _number(size.partition(b";")[0].decode("latin-1").strip(), 16)
        if length == 0:
            break
        data = _exactly(connection, data, length + 2)
        pieces.append(data[:length])
        data = data[length + 2 :]
    while True:
        trailer, data = _line(connection, data)
        if not trailer:
            return b"".join(pieces), data


def _number(text: str, base: int) -> int:
    """A length; Python takes signs and underscores in a number, and HTTP none."""
    if not text.isascii() or not text.isalnum():
        raise ValueError(f"not a length: {text[:20]!r}")
    return int(text, base)


def _line(connection: socket.socket, data: bytes) -> tuple[bytes, bytes]:
    while b"\r\n" not in data:
        if len(data) > LONGEST_HEAD:
            raise ValueError("a line of the answer has no end")
        data += _more(connection)
    line, _, rest = data.partition(b"\r\n")
    return line, rest
