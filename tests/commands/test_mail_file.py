"""The file that names the server of our mail: each mistake is told with its place and remedy."""

from pathlib import Path

import pytest

from tenure.commands import mail_file
from tenure.commands.mail_file import UnusableMailError
from tenure.gateways.smpp.server import settings as smpp_file

ROOT = Path(__file__).parents[2]
GOOD = """\
host = "mail.example.net"
sender = "care@example.net"
login = "tenure"
password_file = "mail.password"
authorities = "ca.pem"
"""
PASSWORD = "a word of the test"


def written(folder: Path, text: str, *, mode: int = 0o600) -> Path:
    """The file, and the one with the password beside it."""
    path, password = folder / "mail.toml", folder / "mail.password"
    path.write_text(text, encoding="utf-8")
    password.write_text(f"{PASSWORD}\n", encoding="utf-8")
    password.chmod(mode)
    return path


def test_files_are_named_from_where_it_lies(tmp_path: Path) -> None:
    found = mail_file.read(written(tmp_path, GOOD))
    assert (found.host, found.port, found.login) == ("mail.example.net", 587, "tenure")
    assert found.password == PASSWORD
    assert found.authorities == tmp_path / "ca.pem"
    assert PASSWORD not in repr(found)


def test_a_server_that_wants_no_password(tmp_path: Path) -> None:
    path = written(tmp_path, 'host = "127.0.0.1"\nsender = "care@example.net"\nport = 25\n')
    found = mail_file.read(path)
    assert (found.port, found.login, found.password, found.authorities) == (25, "", "", None)


@pytest.mark.parametrize(
    ("instead_of", "written_", "said"),
    [
        ('host = "mail.example.net"\n', "", "`host`"),
        ('sender = "care@example.net"\n', "", "`sender`"),
        ('login = "tenure"\n', "", "give both login and password_file, or neither"),
        ('password_file = "mail.password"\n', "", "give both login and password_file, or neither"),
        ("authorities", "authority", "`authority`"),
        ('host = "mail.example.net"', "host = 7", "Expected `str`"),
        ('host = "mail.example.net"', "host = ", "line 1"),
        ('"mail.password"', '"elsewhere"', "elsewhere: the password cannot be read"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, instead_of: str, written_: str, said: str) -> None:
    assert instead_of in GOOD
    path = written(tmp_path, GOOD.replace(instead_of, written_))
    with pytest.raises(UnusableMailError) as refused:
        mail_file.read(path)
    assert str(refused.value).startswith(str(tmp_path))
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(UnusableMailError, match="it cannot be read"):
        mail_file.read(tmp_path / "mail.toml")
    with pytest.raises(UnusableMailError, match="it cannot be read"):
        mail_file.read(tmp_path)
    (tmp_path / "mail.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UnusableMailError, match=r"mail\.toml"):
        mail_file.read(tmp_path / "mail.toml")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_password_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UnusableMailError, match="others may read it; run: chmod 600"):
        mail_file.read(written(tmp_path, GOOD, mode=mode))


def test_the_files_that_the_docs_show_are_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    centres, mail = (block.partition("```")[0] for block in page.split("```toml\n")[1:3])
    shown = mail_file.read(written(tmp_path, mail))
    assert (shown.host, shown.password) == ("mail.example.net", PASSWORD)
    (tmp_path / "main.password").write_text("secret\n")
    (tmp_path / "main.password").chmod(0o600)
    (tmp_path / "smpp.toml").write_text(centres)
    assert smpp_file.read(tmp_path / "smpp.toml").smsc[0].sender == "888"
