"""Servers on loopback that are not AWS: endpoints that hand out credentials, proxies, and TLS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Handler = BaseHTTPRequestHandler
Respond = Callable[[Handler], tuple[int, bytes]]
"""From a request to status and body. Called in a thread of its own."""


@contextmanager
def serving(respond: Respond, *, certificate: Path | None = None) -> Iterator[str]:
    """The URL of a server that answers as `respond` says; of HTTPS with `certificate`, a PEM file with its key."""

    class Responding(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = respond(self)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_CONNECT = _respond  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Tests read stderr."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up, or that does not like a certificate, is what tests are about."""

    server = Server(("127.0.0.1", 0), Responding)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake is made by the thread of the connection: one that fails must not end the server.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """The URL of a server that never answers."""
    over = threading.Event()

    def wait(_: Handler) -> tuple[int, bytes]:
        over.wait(300)
        return 500, b""

    with serving(wait) as url:
        try:
            yield url
        finally:
            over.set()
