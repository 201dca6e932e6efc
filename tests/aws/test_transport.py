"""Answers are read as Python's own client reads them, connections kept and given up, failures named as by botocore."""

from __future__ import annotations

import http.client
import io
import itertools
import select
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import get_cert_path
from hypothesis import given
from hypothesis import strategies as st

from org.aws import transport
from org.aws.transport import Answer, Transport
from tests.aws.certificates import certificates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def _listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server on this machine that treats each connection with `serve`, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def loop() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def _answering(answer: bytes, times: int = 1) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        for _ in range(times):
            if not connection.recv(65_536):
                return
            connection.sendall(answer)

    return serve


@pytest.fixture(scope="module")
def bundle() -> str:
    path: str = get_cert_path(True)
    return path


@pytest.fixture
def ours(bundle: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Transport]:
    monkeypatch.delenv("http_proxy", raising=False)
    made = Transport(bundle)
    yield made
    made.close()


def _request(url: str, method: str = "POST", body: bytes = b"", **headers: str) -> AWSPreparedRequest:
    return AWSPreparedRequest(method, url, {"Content-Length": str(len(body)), **headers}, body, stream_output=False)


class _Pieces:
    """A socket that gives its bytes in the pieces that they are cut into."""

    def __init__(self, data: bytes, cuts: list[int]) -> None:
        edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
        self._pieces = [data[start:end] for start, end in itertools.pairwise(edges)]

    def recv(self, _: int) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


class _Whole:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._data)


TOKENS = st.text("abcdefgXYZ-", min_size=1, max_size=8).filter(lambda name: name.strip("-"))
VALUES = st.text('abc;, =\t"1', max_size=12)
HEADERS = st.lists(st.tuples(TOKENS.map(lambda name: f"X-{name}"), VALUES), max_size=5)


@st.composite
def _answers(draw: st.DrawFn) -> bytes:
    status = draw(st.sampled_from([200, 201, 204, 304, 400, 403, 503]))
    body = draw(st.binary(max_size=300))
    lines = [f"{name}: {value}" for name, value in draw(HEADERS)]
    framing = draw(st.sampled_from(["length", "chunks", "close"])) if status not in {204, 304} else "none"
    if framing == "length":
        lines.append(f"content-LENGTH: {len(body)}")
    elif framing == "chunks":
        lines.append("Transfer-Encoding: Chunked")
        sizes = draw(st.lists(st.integers(1, 80), max_size=6))
        pieces, at = [], 0
        for size in [*sizes, len(body)]:
            piece = body[at : at + size]
            at += size
            if piece:
                pieces.append(b"%X;note=1\r\n%s\r\n" % (len(piece), piece))
        body = b"".join(pieces) + b"0\r\nX-Last: 1\r\n\r\n"
    interim = b"HTTP/1.1 100 Continue\r\n\r\n" if draw(st.booleans()) else b""
    if status in {204, 304}:
        body = b""
    return interim + "\r\n".join([f"HTTP/1.1 {status} Fine", *lines, "", ""]).encode() + body


@given(answer=_answers(), cuts=st.lists(st.integers(0, 2_000), max_size=6))
def test_an_answer_is_read_as_pythons_own_client_reads_it(answer: bytes, cuts: list[int]) -> None:
    oracle = http.client.HTTPResponse(_Whole(answer), method="POST")  # type: ignore[arg-type]
    oracle.begin()
    expected = (oracle.status, oracle.read())
    headers: dict[str, str] = {}
    for name, value in oracle.getheaders():
        headers[name.lower()] = (
            f"{headers[name.lower()]}, {value.strip()}" if name.lower() in headers else value.strip()
        )
    found, _ = transport._read(_Pieces(answer, cuts), bodiless=False)  # type: ignore[arg-type]
    assert (*expected, headers) == (found.status, found.body, found.headers)


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=4))
def test_whatever_comes_is_an_answer_or_an_error_that_is_caught(noise: bytes, cuts: list[int]) -> None:
    for data in (
        noise,
        b"HTTP/1.1 200 OK\r\n" + noise,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + noise,
    ):
        with suppress(OSError, ValueError):
            assert isinstance(transport._read(_Pieces(data, cuts), bodiless=False)[0], Answer)  # type: ignore[arg-type]


def test_the_answer_to_head_has_no_body_whatever_it_says(ours: Transport) -> None:
    with _listening(_answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")) as url:
        answer = ours.send(_request(url, "HEAD"))
        assert answer is not None
        assert (200, b"", "9") == (answer.status_code, answer.content, answer.headers["CONTENT-length"])


def test_a_connection_is_used_again(ours: Transport) -> None:
    connections = []

    def serve(connection: socket.socket) -> None:
        connections.append(connection)
        _answering(OK, times=3)(connection)

    with _listening(serve) as url:
        assert [b"ok"] * 3 == [answer.content for _ in range(3) if (answer := ours.send(_request(url)))]
        ours.close()
    assert 1 == len(connections)


def test_a_connection_that_the_other_side_has_ended_is_not_used_again(ours: Transport) -> None:
    with _listening(_answering(OK)) as url:
        for _ in range(5):
            answer = ours.send(_request(url))
            assert answer is not None
            assert b"ok" == answer.content
            (kept,) = ours._waiting
            assert select.select([kept], [], [], 5)[0]


LAST = [
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
    b"HTTP/1.1 200 OK\r\n\r\nok",
]


@pytest.mark.parametrize("last", LAST)
def test_a_connection_that_has_given_its_last_answer_is_not_kept(last: bytes, ours: Transport) -> None:
    with _listening(_answering(last)) as url:
        answer = ours.send(_request(url))
        assert answer is not None
        assert b"ok" == answer.content
        assert {} == ours._waiting == ours._idle


def test_connections_without_work_are_closed_beyond_a_number(ours: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MOST_IDLE", 1)
    with _listening(_answering(OK, times=9)) as first, _listening(_answering(OK, times=9)) as second:
        for url in (first, second, first, second):
            ours.send(_request(url))
            assert 1 == len(ours._waiting) == sum(map(len, ours._idle.values()))
        ours.close()
        assert {} == ours._idle


def test_nobody_listening_is_named(ours: Transport) -> None:
    with pytest.raises(EndpointConnectionError):
        ours.send(_request("http://127.0.0.1:9/"))


def test_an_answer_that_ends_early_is_a_closed_connection(ours: Transport) -> None:
    for cut in (0, 5, 20, len(OK) - 1):
        with _listening(_answering(OK[:cut])) as url, pytest.raises(ConnectionClosedError):
            ours.send(_request(url))


def test_an_answer_that_does_not_come_is_a_timeout(ours: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.05)
    with _listening(_answering(b"", times=2)) as url, pytest.raises(ReadTimeoutError):
        ours.send(_request(url))


@pytest.mark.parametrize(
    ("path", "header"), [("a b", ""), ("a\r\nX: y", ""), ("a", "b\r\nX-Amz-Evil: 1"), ("a", "b\nX-Amz-Evil: 1")]
)
def test_nothing_in_a_request_can_begin_a_line_of_its_own(path: str, header: str, ours: Transport) -> None:
    sent: list[bytes] = []
    with _listening(lambda connection: sent.append(connection.recv(65_536))) as url:
        request = _request(url, **{"X-Amz-Thing": header})
        request.url = url + path if "\n" not in path else url
        if "\n" in path:
            with pytest.raises(ValueError, match="line break"):
                transport.head(ours.host_of(request), "GET", "/" + path, [])  # type: ignore[arg-type]
        else:
            with pytest.raises(HTTPClientError):
                ours.send(request)
    assert [] == sent


def test_what_streams_and_what_goes_through_a_tunnel_is_left_to_botocore(
    bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    ours = Transport(bundle)
    assert ours.send(_request("https://sts.eu-west-1.amazonaws.com/")) is None
    streaming = _request("http://127.0.0.1:9/")
    streaming.stream_output = True
    assert ours.send(streaming) is None


def test_a_plain_proxy_gets_the_whole_address(bundle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        heard.append(connection.recv(65_536))
        connection.sendall(OK)

    with _listening(serve) as url:
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("no_proxy", "")
        assert Transport(bundle).send(_request("http://sts.example/path?a=b")) is not None
    assert [b"POST http://sts.example/path?a=b HTTP/1.1", b"Host: sts.example"] == heard[0].split(b"\r\n")[:2]


@contextmanager
def _secure(folder: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")

    def serve(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as wrapped:
                _answering(OK)(wrapped)
        except OSError:
            return

    with _listening(serve) as url:
        yield url.replace("http://127.0.0.1", "https://localhost")


def test_trusted_certificates_are_read_once(tmp_path: Path) -> None:
    authority = certificates(tmp_path, "localhost")
    ours = Transport(str(authority))
    authority.unlink()
    with _secure(tmp_path) as url:
        for _ in range(2):
            answer = ours.send(_request(url))
            assert answer is not None
            assert b"ok" == answer.content


@pytest.mark.parametrize(("name", "trusted"), [("localhost", False), ("elsewhere.example", True)])
def test_a_certificate_that_is_not_trusted_or_not_the_hosts_is_refused(
    name: str, trusted: bool, bundle: str, tmp_path: Path
) -> None:
    authority = certificates(tmp_path, name)
    with _secure(tmp_path) as url, pytest.raises(SSLError):
        Transport(str(authority) if trusted else bundle).send(_request(url))
