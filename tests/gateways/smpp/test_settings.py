"""The file of the gateway: what it says, and each mistake in words that quote no secret."""

from pathlib import Path

import pytest

from tenure.gateways.smpp.server import passwords
from tenure.gateways.smpp.server.settings import Kind, UnusableError, read
from tenure.gateways.smpp.wire.bodies import Address

HASH = passwords.hashed("hunter2", bytes(range(16)))
GOOD = f"""
[[smsc]]
name = "main"
host = "127.0.0.1"
port = 2775
system_id = "tenure"
password_file = "main.password"
sender = "888"

[listen]
port = 2776

[[provider]]
system_id = "news"
password_hash = "{HASH}"
kind = "marketing"
purpose = "offers"
senders = ["8888"]
networks = ["192.0.2.0/24", "2001:db8::/32"]
"""


def written(folder: Path, text: str, line: str = "secret\n", mode: int = 0o600) -> Path:
    path = folder / "smpp.toml"
    path.write_text(text)
    secret = folder / "main.password"
    secret.write_text(line)
    secret.chmod(mode)
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, GOOD))
    [smsc], [provider] = found.smsc, found.provider
    assert found.password(smsc) == "secret"
    assert (smsc.bind, smsc.window, smsc.via) == (Kind.TRANSCEIVER, 50, "main")
    assert smsc.manner.source == Address("888", 1, 1)
    assert provider.admits("192.0.2.7")
    assert provider.admits("2001:db8::1")
    assert not provider.admits("198.51.100.1")
    assert not provider.admits("nowhere")
    assert found.listen is not None
    assert found.listen.port == 2776


MISTAKES = [
    ("no such field", GOOD + 'secret = "hunter2"\n', "secret"),
    ("a window of none", GOOD.replace("[listen]", "window = 0\n[listen]"), "window"),
    ("a name for two", GOOD + GOOD.partition("[listen]")[0], "two have this name"),
    ("an account for two", GOOD + "[[provider]]" + GOOD.partition("[[provider]]")[2], "system_id"),
    ("a password in clear", GOOD.replace(HASH, "hunter2"), "password_hash is none"),
    ("a weak hash", GOOD.replace("16384", "1024"), "password_hash is none"),
    ("no sender", GOOD.replace('["8888"]', "[]"), "senders is empty"),
    ("from anywhere by mistake", GOOD.replace("/24", "/8"), "bits set behind the mask"),
    ("nobody listens", GOOD.replace("[listen]\nport = 2776", ""), "add a table [listen]"),
    (
        "nothing to show",
        GOOD.replace("port = 2776", 'port = 2776\ntls = {authority = "ca.pem"}'),
        "names no certificate",
    ),
    (
        "receipts of nobody",
        GOOD.replace("[listen]", 'receipts_of = "x"\n[listen]'),
        "which is none",
    ),
    ("a name too long", GOOD.replace('"tenure"', '"tenure-the-operator"'), "length"),
    ("no TOML", GOOD + "password = hunter2", "Invalid value"),
]


@pytest.mark.parametrize(("name", "text", "words"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_mistakes_are_told(tmp_path: Path, name: str, text: str, words: str) -> None:
    del name
    with pytest.raises(UnusableError) as told:
        read(written(tmp_path, text))
    assert words in str(told.value)
    assert "smpp.toml" in str(told.value)
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    ("password", "mode", "words"),
    [
        ("secret", 0o644, "others may read password_file"),
        ("ninechars", 0o600, "at most 8 printable characters"),
        ("a\tb", 0o600, "at most 8 printable characters"),
        ("pässwort", 0o600, "not ASCII"),
    ],
)
def test_passwords_that_no_centre_could_be_told(
    tmp_path: Path, password: str, mode: int, words: str
) -> None:
    with pytest.raises(UnusableError, match=words) as told:
        read(written(tmp_path, GOOD, password, mode))
    assert f" {password} " not in str(told.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="cannot be read"):
        read(tmp_path / "none.toml")
    path = written(tmp_path, GOOD)
    (tmp_path / "main.password").unlink()
    with pytest.raises(UnusableError, match="password_file cannot be read"):
        read(path)


def test_hashes_fit_their_password_only() -> None:
    kept = passwords.kept_of(HASH)
    assert kept is not None
    assert passwords.fits("hunter2", kept)
    assert not passwords.fits("hunter3", kept)
    assert "hunter2" not in HASH
    assert repr(kept) == "Kept()"
    for text in ("", "scrypt$1$2", HASH.replace("scrypt", "bcrypt"), HASH[:-4]):
        assert passwords.kept_of(text) is None
