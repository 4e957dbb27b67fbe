"""moto's own server application, in this process, which serves everything that is not served here."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app

from embedded_aws.server.calls import Answer, Call
from embedded_aws.server.errors import NOT_SERVED
from embedded_aws.server.principals import Principal


class MotoApp:
    """moto's WSGI application, told which account is calling."""

    def __init__(self) -> None:
        self._app = DomainDispatcherApplication(create_backend_app)

    def answer(self, call: Call, caller: Principal) -> Answer:
        try:
            body, status, headers = run_wsgi_app(self._app, _environ(call, caller), buffered=True)
        except NotImplementedError:
            raise NOT_SERVED.to(call.protocol) from None
        kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        return Answer(int(status.split()[0]), b"".join(body), kept)


# moto notes when a key was last used. Tests use the connector's key as well, and what AWS answers may not depend on it.
_KEY = re.compile("Credential=[^/]+")


def _environ(call: Call, caller: Principal) -> dict[str, Any]:
    url = urlsplit(call.target)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers.items()}
    headers["HTTP_AUTHORIZATION"] = _KEY.sub("Credential=AKIANOBODY", call.headers.get("authorization", ""))
    return {
        **headers,
        "HTTP_X_MOTO_ACCOUNT_ID": caller.account_id,
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path),
        "RAW_URI": call.target,
        "QUERY_STRING": url.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": call.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(call.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
