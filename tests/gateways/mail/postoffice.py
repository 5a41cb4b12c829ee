"""A server of mail that does as it is told: it offers, answers and hangs up by a script."""

import base64
import contextlib
import re
import socket
import ssl
import threading
from typing import Final, NamedTuple

from tests.gateways.mail.certificates import Files

LOGIN, PASSWORD = "tenure", "correct horse"
HANG_UP: Final = "hang up"
"""In a script: close the connection instead of answering."""


class Received(NamedTuple):
    """A letter as it came in."""

    sender: str
    options: str
    to: str
    octets: bytes
    secured: bool
    known: bool
    """Whether its sender had logged in."""


class PostOffice:
    """Listens on a free port until it is closed; one thread a connection."""

    def __init__(self, files: Files, *offers: str) -> None:
        """``offers`` are what EHLO names besides STARTTLS and AUTH; "-STARTTLS" takes one away."""
        self.offers = offers
        self.script: dict[str, list[str]] = {}
        """Answers for the next times that a command comes: its name, or "greeting" or "text"."""
        self.received: list[Received] = []
        self.heard: list[str] = []
        self.connections = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(files.certificate, files.key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Close the door, and end what is open."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End every connection."""
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        guest = _Guest(self, connection)
        with contextlib.suppress(OSError, EOFError):
            guest.served()
        guest.close()

    def scripted(self, what: str, usual: str) -> str:
        """What is answered this time."""
        planned = self.script.get(what)
        return planned.pop(0) if planned else usual


class _Guest:
    """One connection."""

    def __init__(self, office: PostOffice, connection: socket.socket) -> None:
        self._office, self._connection = office, connection
        office._open.add(connection)
        self._file = connection.makefile("rwb")
        self._secured = self._known = False
        self._sender = self._options = self._to = ""

    def close(self) -> None:
        self._office._open.discard(self._connection)
        with contextlib.suppress(OSError):
            self._file.close()
        self._connection.close()

    def served(self) -> None:
        self._say(self._office.scripted("greeting", "220 post office"))
        while True:
            line = self._line()
            name = line[:8].upper().partition(" ")[0]
            self._office.heard.append(name)
            if not self._handled(name, line):
                return

    def _handled(self, name: str, line: str) -> bool:
        if name == "QUIT":
            self._say("221 2.0.0 bye")
            return False
        answer = self._office.scripted(name, self._usual(name, line))
        self._say(answer)
        if answer.startswith("354"):
            self._text()
        elif answer.startswith("2"):
            self._agreed(name, line)
        return True

    def _usual(self, name: str, line: str) -> str:
        if name == "EHLO":
            return self._offered()
        if name == "AUTH":
            return self._judged(line)
        return {"STARTTLS": "220 2.0.0 go", "DATA": "354 go on"}.get(name, "250 2.0.0 fine")

    def _agreed(self, name: str, line: str) -> None:
        if name == "STARTTLS":
            self._secure()
        elif name == "MAIL":
            self._sender, self._options = _path(line)
        elif name == "RCPT":
            self._to, _ = _path(line)

    def _offered(self) -> str:
        offers = [one for one in self._office.offers if not one.startswith("-")]
        if not self._secured and "-STARTTLS" not in self._office.offers:
            offers.append("STARTTLS")
        if self._secured and "-AUTH" not in self._office.offers:
            offers.append("AUTH PLAIN")
        lines = ["post office", *offers]
        return "\r\n".join(f"250{'-' if one != lines[-1] else ' '}{one}" for one in lines)

    def _judged(self, line: str) -> str:
        said = base64.b64decode(line.split(" ")[2]).decode()
        self._known = said == f"\0{LOGIN}\0{PASSWORD}"
        return "235 2.7.0 welcome" if self._known else "535 5.7.8 tenure: wrong password"

    def _secure(self) -> None:
        self._office._open.discard(self._connection)
        self._file.close()
        self._connection = self._office._context.wrap_socket(self._connection, server_side=True)
        self._office._open.add(self._connection)
        self._file = self._connection.makefile("rwb")
        self._secured = True

    def _text(self) -> None:
        lines: list[bytes] = []
        if self._office.scripted("in the text", "") == HANG_UP:
            self._file.readline()
            self._end()
        while (line := self._file.readline()) != b".\r\n":
            if not line:
                raise EOFError
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = self._office.scripted("text", "250 2.0.0 taken")
        if answer.startswith("250"):
            self._office.received.append(
                Received(
                    self._sender,
                    self._options,
                    self._to,
                    b"".join(lines),
                    self._secured,
                    self._known,
                )
            )
        self._say(answer.removeprefix("250 taken and "))

    def _line(self) -> str:
        line = self._file.readline()
        if not line:
            raise EOFError
        return line.decode().rstrip("\r\n")

    def _say(self, answer: str) -> None:
        if answer == HANG_UP:
            self._end()
        self._file.write(f"{answer}\r\n".encode())
        self._file.flush()

    def _end(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)
        raise EOFError


def _path(line: str) -> tuple[str, str]:
    found = re.fullmatch(r"(?:MAIL FROM|RCPT TO):\s?<([^>]*)>\s?(.*)", line, re.IGNORECASE)
    assert found, "no path"
    return found[1], found[2]
