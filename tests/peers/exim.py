"""A real exim 4 on loopback, in a folder of its own, that takes mail from who says who they are."""

import contextlib
import email
import email.policy
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from tests.gateways.mail import certificates
from tests.gateways.mail.certificates import Files
from tests.gateways.mail.postoffice import LOGIN, PASSWORD

SECONDS_MAX: Final = 20
USER: Final = "Debian-exim"
CONFIGURATION: Final = r"""
primary_hostname = mail.example
spool_directory = {folder}/spool
log_file_path = {folder}/spool/%slog
keep_environment =
exim_user = {user}
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts = *
tls_certificate = {files.certificate}
tls_privatekey = {files.key}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
dsn_advertise_hosts = *
message_size_limit = 50K
rfc1413_query_timeout = 0s
host_lookup =
qualify_domain = mail.example

begin acl
acl_mail:
  deny message = 5.7.0 TLS first
       condition = ${{if eq{{$tls_in_cipher}}{{}}}}
  deny message = 5.7.0 say who you are
       !authenticated = *
  accept
acl_rcpt:
  deny message = 5.1.1 <$local_part@$domain> is nobody
       local_parts = nobody
  defer message = 4.2.1 <$local_part@$domain> is not at home
       local_parts = later
  accept
acl_data:
  deny message = 5.6.0 not such a letter
       condition = ${{if match{{$h_subject:}}{{unwanted}}}}
  accept

begin routers
all:
  driver = accept
  transport = into_folder

begin transports
into_folder:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  create_directory
  user = {user}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{{login}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


class Exim:
    """A running exim, and what it has delivered."""

    def __init__(self, folder: Path, port: int, files: Files) -> None:
        self.folder, self.port, self.files = folder, port, files

    def delivered(self, count: int) -> list[EmailMessage]:
        """So many letters, as soon as they are in the folder; in the order of their arrival."""
        until = time.monotonic() + SECONDS_MAX
        while len(found := list((self.folder / "mail" / "new").glob("*"))) < count:
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)
        found.sort(key=lambda path: path.stat().st_mtime_ns)
        letters = []
        for path in found:
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            assert not letter.defects
            letters.append(letter)
        return letters

    def log(self) -> str:
        """What it said of itself."""
        return "\n".join(
            path.read_text(errors="replace")
            for path in (self.folder / "spool").glob("*log")
            if path.is_file()
        )


@contextlib.contextmanager
def exim() -> Iterator[Exim]:
    """A running exim; nothing of it survives."""
    # Exim works as a user of its own, who may not enter the folders of pytest.
    folder = Path(tempfile.mkdtemp(prefix="tenure-exim-"))
    folder.chmod(0o755)
    for name in ("spool", "mail"):
        (folder / name).mkdir()
        shutil.chown(folder / name, USER, USER)
    files = certificates.make(folder)
    files.key.chmod(0o640)
    shutil.chown(files.key, "root", USER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "exim.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder, user=USER, port=port, files=files, login=LOGIN, password=PASSWORD
        )
    )
    program = shutil.which("exim4")
    assert program
    arguments = [program, "-C", str(configuration), "-bdf", "-q1m"]
    with (folder / "started").open("wb") as said:
        process = subprocess.Popen(arguments, stdout=said, stderr=said, start_new_session=True)
    running = Exim(folder, port, files)
    try:
        _wait(running, process)
        yield running
    finally:
        # Its children deliver; the whole session ends.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder)


def _wait(running: Exim, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until:
        assert process.poll() is None, (running.folder / "started").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", running.port)):
            return
        time.sleep(0.05)
    raise AssertionError(running.log())
