"""What keeps ``tenure up`` from running is told with its cause and its remedy."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tenure.commands.up import opening
from tenure.commands.up.addresses import Address, address_of, must_be_free, must_be_loopback
from tenure.commands.up.trouble import CannotRunError
from tenure.main import build


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(build(["up"], {}), ["up", *arguments])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--diameter", "3868"], "--diameter 3868: write HOST:PORT"),
        (["--http", "127.0.0.1:99999"], "--http 127.0.0.1:99999: write HOST:PORT"),
        (["--nchf", ":80"], "--nchf :80: write HOST:PORT"),
        (
            ["--http", "127.0.0.1:3868", "--diameter", "127.0.0.1:3868"],
            "two gateways cannot share an address",
        ),
        (["--diameter", "192.0.2.1:3868"], "nobody can listen there"),
        (["--clock", "tomorrow"], "a clock is 'real' or such as"),
        (["--operator", "nobody"], "nobody is no folder with this file, nor a name"),
        (["--tls-key", "key.pem"], "both --tls-certificate and --tls-key"),
        (["--identity", "ocs.example.net"], "write HOST|REALM with a host in the realm"),
        (["--identity", "ocs.other.net|example.net"], "write HOST|REALM with a host in the realm"),
        (["--identity", "ocs.kh|kh", "--demo", "5"], "lives in the realm example.net"),
        (["--tls-key", "k", "--tls-certificate", "c", "--demo", "5"], "speaks plain TCP"),
        (["--smpp", "no-such.toml"], "no-such.toml: "),
        (["--mail", "no-such.toml"], "no-such.toml: it cannot be read"),
        (["--ussd-hlr", "hlr.example.net"], "--ussd-hlr hlr.example.net: write HOST:PORT"),
        (["--ussd-hlr", "127.0.0.1:0/us"], "--ussd-hlr 127.0.0.1:0: write HOST:PORT"),
        (["--ussd-http", "8092"], "--ussd-http 8092: write HOST:PORT"),
        (["--handset", "192.0.2.7:8081", "--demo", "5"], "nobody can listen there"),
        (["--handset", "0.0.0.0:0", "--demo", "5"], "--handset 0.0.0.0:0: write HOST:PORT"),
    ],
)
def test_what_is_asked_wrongly_is_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    answer = typed("--data", str(tmp_path / "data"), *_free(), *arguments)
    assert answer.exit_code == 1
    assert said in " ".join(answer.output.split())
    assert "Traceback" not in answer.output


def test_a_port_that_is_taken_names_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotRunError, match="another program listens there") as refused:
            must_be_free(Address("127.0.0.1", port), "--http")
    assert f"--http 127.0.0.1:{port + 1}" in str(refused.value)
    must_be_free(Address("127.0.0.1", port), "--http")


@pytest.mark.parametrize(("option", "more"), [("--ussd-http", []), ("--handset", ["--demo", "5"])])
def test_a_taken_port_of_the_ways_to_people_is_said(
    tmp_path: Path, option: str, more: list[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        there = f"127.0.0.1:{taken.getsockname()[1]}"
        answer = typed("--data", str(tmp_path / "data"), *_free(), *more, option, there)
    assert answer.exit_code == 1
    assert f"{option} {there}: another program listens there" in " ".join(answer.output.split())


def test_the_phones_are_for_this_machine_only(tmp_path: Path) -> None:
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    open_to_all = f"0.0.0.0:{port}"
    answer = typed(
        "--data", str(tmp_path / "data"), *_free(), "--demo", "5", "--handset", open_to_all
    )
    assert answer.exit_code == 1
    assert "it listens on loopback only" in " ".join(answer.output.split())


def test_ipv6_addresses_are_read_and_written() -> None:
    assert address_of("[::1]:3868", "--diameter") == Address("::1", 3868)
    assert str(Address("::1", 3868)) == "[::1]:3868"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "tenure.example.net"])  # noqa: S104 -- what is refused
def test_the_page_is_for_this_machine_only(host: str) -> None:
    with pytest.raises(CannotRunError, match="SSH tunnel"):
        must_be_loopback(Address(host, 8080), "--http")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_this_machine_has_several_names(host: str) -> None:
    must_be_loopback(Address(host, 8080), "--http")


def test_a_data_folder_belongs_to_one_operator(tmp_path: Path) -> None:
    opening.claim(tmp_path / "data", "smart-kh")
    opening.claim(tmp_path / "data", "smart-kh")
    with pytest.raises(CannotRunError, match="holds the data of smart-kh, not of smartfren-id"):
        opening.claim(tmp_path / "data", "smartfren-id")


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRunError, match="give a folder that you may write to"):
        opening.claim(tmp_path / "file" / "data", "smart-kh")


def test_a_secret_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    opening.claim(tmp_path, "smart-kh")
    drawn = opening.secret(tmp_path, "nchf")
    assert opening.secret(tmp_path, "nchf") == drawn
    assert len(drawn) == opening.SECRET_OCTETS
    assert (tmp_path / "keys" / "nchf").stat().st_mode & 0o077 == 0


def test_a_database_that_does_not_answer_is_said(tmp_path: Path) -> None:
    dsn = "host=127.0.0.1 port=1 dbname=tenure"
    answer = typed("--data", str(tmp_path / "data"), "--dsn", dsn, *_free())
    assert answer.exit_code == 1
    assert "no connection to the database" in answer.output
    assert "check --dsn" in answer.output


def _free() -> list[str]:
    probes = [socket.socket() for _ in range(3)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    found: list[str] = []
    for option, port in zip(("--diameter", "--http", "--nchf"), ports, strict=True):
        found += [option, f"127.0.0.1:{port}"]
    return found
