"""The HTTP server: cheroot with threads, keep-alive, request lines as a proxy gets them, and a way to hang up."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING, Any

from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.wsgi import Gateway_10, Server

from org.sandbox.app import SOCKET

if TYPE_CHECKING:
    from org.sandbox.app import Application

THREADS = 64


class ProxiedRequest(HTTPRequest):
    """A request that may name the whole URI, because `http_proxy` points here."""

    def __init__(self, server: Any, conn: Any) -> None:
        super().__init__(server, conn, proxy_mode=True, strict_mode=False)


class ProxiedConnection(HTTPConnection):
    """A connection of such requests."""

    RequestHandlerClass = ProxiedRequest

    def close(self) -> None:
        """The connection is closed; a fault may have closed it before, and cheroot ends the server on that."""
        with contextlib.suppress(OSError):
            super().close()


class Gateway(Gateway_10):
    """WSGI with one more thing in the environment: a function that resets the connection."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]
        """The WSGI environment."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ[SOCKET] = self.hang_up
        return environ

    def hang_up(self) -> None:
        """The client sees a connection reset, and no byte of an answer."""
        self.req.close_connection = True
        self.req.sent_headers = True
        self.req.chunked_write = False
        connection = self.req.conn.socket
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
        self.req.conn.close()


class Listener:
    """A server on 127.0.0.1 that answers until it is stopped."""

    def __init__(self, application: Application, port: int) -> None:
        self._server = Server(
            ("127.0.0.1", port), application, numthreads=THREADS, request_queue_size=256, shutdown_timeout=1
        )
        self._server.gateway = Gateway
        self._server.ConnectionClass = ProxiedConnection
        self._server.timeout = 60
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, name="sandbox", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._server.bind_addr[1]
        return port

    def start(self) -> None:
        """Requests are answered from now on."""
        self._thread.start()

    def stop(self) -> None:
        """No request is answered any more, and the port is free."""
        self._server.stop()
        self._thread.join()
