"""Stands where the engine looks for Docker Hub: what the registry has is the registry's answer, all else is refused as Docker Hub does.

    python hub.py CERTIFICATE

A registry that knows nothing of a repository says so; Docker Hub does not tell whether there is a private one. Whoever
comes without a token is sent to fetch one, which anybody gets. It runs in the machine's network, where the names
registry-1.docker.io and auth.docker.io lead here, and trusted is a certificate made for that machine.
"""

import http.client
import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REGISTRY = "127.0.0.1:5000"
REFUSAL = json.dumps({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}).encode()
CHALLENGE = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"'
TOKEN = json.dumps({"token": "anybody", "expires_in": 300}).encode()
JSON = {"Content-Type": "application/json"}
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "date", "server"}


class Hub(BaseHTTPRequestHandler):
    """One request of the engine's."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Give a token, or pass the registry's answer on, or refuse."""
        repository = self.path.removeprefix("/v2/").rsplit("/", 2)[0]
        if self.path.startswith("/token"):
            self._answer(200, JSON, TOKEN)
        elif "Authorization" not in self.headers:
            self._refuse(f',scope="repository:{repository}:pull"' if repository else "")
        elif not repository or self._asked(f"/v2/{repository}/tags/list", "GET")[0] == 200:
            self._answer(*self._asked(self.path, self.command))
        else:
            self._refuse(f',scope="repository:{repository}:pull",error="insufficient_scope"')

    def do_HEAD(self) -> None:
        """As for GET, without a body."""
        self.do_GET()

    def _refuse(self, why: str) -> None:
        self._answer(401, {**JSON, "WWW-Authenticate": f"{CHALLENGE}{why}"}, REFUSAL)

    def _asked(self, path: str, method: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(REGISTRY)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for accepted in self.headers.get_all("Accept", []):
            connection.putheader("Accept", accepted)
        connection.endheaders()
        response = connection.getresponse()
        answer = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return answer

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, text in headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, text)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main(certificate: str) -> None:
    """Listen until killed; says when it does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.2", 443), Hub)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
