"""The TLS server: one thread, thousands of connections, every answer held back for the latency."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import ssl
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
EXPECT = re.compile(rb"\r\nexpect: *100", re.IGNORECASE)
BLOCK = 1 << 18
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Connection:
    """One client: what it has sent, and what it is still to get."""

    __slots__ = ("incoming", "outgoing", "ready", "socket", "waits")

    def __init__(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        plain.setblocking(False)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self.incoming = b""
        self.outgoing = b""
        self.ready = False
        self.waits = READ


class Front:
    """A server on 127.0.0.1 that gives every request to `answer` and sends what comes back `latency` seconds later."""

    def __init__(self, context: ssl.SSLContext, answer: Callable[[bytes, bytes], bytes]) -> None:
        self._context, self._answer = context, answer
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self._listener.setblocking(False)
        self._selector.register(self._listener, READ, self._accept)
        self._due: deque[tuple[float, Connection, bytes]] = deque()
        self.latency = 0.0
        self.port: int = self._listener.getsockname()[1]
        self.handshakes = 0
        self.most_open = self.open = 0

    def watch(self, file: int, act: Callable[[], None]) -> None:
        """`act` is called whenever there is something to read."""
        self._selector.register(file, READ, act)

    def serve(self, until: Callable[[], bool]) -> None:
        """Requests are answered until somebody says that it is over."""
        while not until():
            wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            for key, _ in self._selector.select(wait):
                if isinstance(key.data, Connection):
                    self._move(key.data)
                else:
                    key.data()
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                _, connection, data = self._due.popleft()
                self._send(connection, data)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                connection = Connection(self._listener.accept()[0], self._context)
                self._selector.register(connection.socket, READ, connection)
                self.open += 1
                self.most_open = max(self.most_open, self.open)

    def _move(self, connection: Connection) -> None:
        """Go on with a client whose socket is ready."""
        try:
            if not connection.ready:
                connection.socket.do_handshake()
                connection.ready = True
                self.handshakes += 1
            if connection.outgoing:
                self._send(connection, b"")
            self._read(connection)
        except ssl.SSLWantReadError:
            self._wait(connection, READ)
        except ssl.SSLWantWriteError:
            self._wait(connection, WRITE)
        except OSError:
            self._close(connection)

    def _read(self, connection: Connection) -> None:
        while True:
            data = connection.socket.recv(BLOCK)
            if not data:
                raise ConnectionResetError
            connection.incoming += data
            self._answered(connection)

    def _answered(self, connection: Connection) -> None:
        """Every request that is there in full has an answer on its way."""
        while (end := connection.incoming.find(b"\r\n\r\n")) >= 0:
            head = connection.incoming[: end + 2]
            length = LENGTH.search(head)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(connection.incoming) < size:
                if EXPECT.search(head) and len(connection.incoming) == end + 4:
                    self._send(connection, b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body, connection.incoming = connection.incoming[end + 4 : size], connection.incoming[size:]
            answer = self._answer(head, body)
            if self.latency:
                self._due.append((time.monotonic() + self.latency, connection, answer))
            else:
                self._send(connection, answer)

    def _send(self, connection: Connection, data: bytes) -> None:
        connection.outgoing += data
        try:
            while connection.outgoing:
                sent = connection.socket.send(connection.outgoing)
                connection.outgoing = connection.outgoing[sent:]
            self._wait(connection, READ)
        except ssl.SSLWantWriteError:
            self._wait(connection, WRITE)
        except (OSError, ValueError):
            self._close(connection)

    def _wait(self, connection: Connection, events: int) -> None:
        if connection.waits != events:
            connection.waits = events
            self._selector.modify(connection.socket, events, connection)

    def _close(self, connection: Connection) -> None:
        if connection.socket.fileno() >= 0:
            self._selector.unregister(connection.socket)
            connection.socket.close()
            self.open -= 1
