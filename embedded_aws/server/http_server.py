"""HTTP/1.1 on loopback: the standard library's server, with keep-alive and the power to reset a connection.

Not werkzeug's: since 2.1 it closes every connection after one answer, so a client's connection pool is never
exercised.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.errors import INTERNAL
from embedded_aws.server.rendering import render_error


class ResetError(Exception):
    """Raised instead of an answer: the client gets ECONNRESET."""


class CutOffError(Exception):
    """Raised instead of an answer: the client gets half of this answer's body, and then ECONNRESET, or else the end of
    the connection.
    """

    def __init__(self, answer: Answer, *, reset: bool = True) -> None:
        super().__init__()
        self.answer = answer
        self.reset = reset


class LoopbackServer(ThreadingHTTPServer):
    """Serves `answer` on 127.0.0.1 from a daemon thread until `stop`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, answer: Callable[[Call], Answer], now: Callable[[], datetime], certificate: Path | None = None
    ) -> None:
        """`certificate` is a PEM file with its key: with it, the server speaks TLS."""
        super().__init__(("127.0.0.1", port), _Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is made by the thread of the connection.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.answer = answer
        self.now = now
        self._open: set[Any] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), name="embedded-aws", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Also hang up on clients that keep their connections alive, or they would go on talking to this
        server.
        """
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):  # the client may have hung up first
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors of clients that were killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close without the half-close that socketserver does first: its FIN would arrive before a reset."""
        self._open.discard(request)
        self.close_request(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one write
    server: LoopbackServer

    def _serve(self) -> None:
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, body)
        try:
            answer = self.server.answer(call)
        except ResetError:
            self._reset()
        except CutOffError as cut:
            whole = cut.answer.body
            self._send(replace(cut.answer, body=whole[: len(whole) // 2]), promised=len(whole))
            self.wfile.flush()
            if cut.reset:
                self._reset()
            self.close_connection = True
        except Exception as bug:  # noqa: BLE001 - a bug of ours must reach the test, not hang its client
            traceback.print_exc()
            self._send(render_error(call, INTERNAL.to(call.protocol, f"Embedded AWS broke: {bug!r}")))
        else:
            self._send(answer)

    def handle_expect_100(self) -> bool:
        """Let the client send its body now. It would wait a second for what stays in the buffer."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _send(self, answer: Answer, *, promised: int | None = None) -> None:
        self.send_response_only(answer.status)
        self.send_header("Server", self.version_string())
        if answer.dated:
            self.send_header("Date", self.date_time_string())
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(promised or len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer is AWS's time, not the machine's."""
        return formatdate(self.server.now().timestamp() if timestamp is None else timestamp, usegmt=True)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tests read stderr; requests are counted, not logged."""
