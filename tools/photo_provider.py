"""A photo provider to try Tenure with: it knows a photo again, and no face; never for real people.

python3 tools/photo_provider.py [PORT]; `tenure` finds it by what it prints, in the environment.
It speaks what `tenure.gateways.photo.wire` describes, and keeps nothing.
"""

import base64
import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

PORT: Final = 8095
CERTAIN_PPM: Final = 1_000_000


def answer(question: bytes) -> bytes:
    """Certain that a photo shows whom it shows itself; of two photos it can say nothing."""
    asked = json.loads(question)
    live, document = (base64.b64decode(asked[name]) for name in ("live", "document"))
    score = CERTAIN_PPM if live == document else 0
    reference = f"tried-{hashlib.sha256(question).hexdigest()[:12]}"
    return json.dumps({"score_ppm": score, "reference": reference}).encode()


class Handler(BaseHTTPRequestHandler):
    """One comparison a request."""

    def do_POST(self) -> None:
        """Answer a question; 400 when it is none."""
        try:
            status, body = 200, answer(self.rfile.read(int(self.headers["Content-Length"])))
        except (TypeError, ValueError, KeyError):
            status, body = 400, b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing: it is about people."""


def main() -> None:
    """Serve until Ctrl-C."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    try:
        with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
            print(f"TENURE_PHOTO_PROVIDER=http://127.0.0.1:{server.server_port}/", flush=True)
            server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
