"""``tenure staff`` as a person types it: enrolled, invited, approved, looked, overseen."""

import base64
import hashlib
from pathlib import Path

import pytest
from typer.testing import Result

from tenure.commands import passkey_file
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tests.commands.database import ACT, on, told, typed
from tests.staff.given import by

NUMBER = "012 345 678"
ASKED = hashlib.sha256(b"move this number").digest()


def enrol(database: str, login: str, *roles: str, document: str = "") -> Result:
    """Enrol a login, as demo, who is a supervisor."""
    given = [part for role in roles for part in ("--role", role)]
    who = ["--name", login.title(), "--document", document or f"national-id:{login}"]
    return typed(["staff", "enrol", login, *who, *given, "--dsn", database])


def test_a_new_human_gets_a_passkey_and_a_second_login_of_theirs_does_not(
    database: str, passkeys: Path
) -> None:
    first = enrol(database, "sok", "care", document="passport:N7")
    same = ["--name", "Sok", "--document", "passport:N7", "--role", "fraud"]
    second = typed(["staff", "enrol", "sok2", *same, "--dsn", database, "--json"])
    again = enrol(database, "sok", "care")
    listed = typed(["staff", "passkeys", "sok2", "--dsn", database, "--json"])

    assert first.stdout == f"enrolled: sok (care)\npasskey: {passkeys / 'sok'}\n"
    assert (passkeys / "sok").stat().st_mode & 0o777 == 0o600
    assert told(second)["login"] == "sok2"
    assert not (passkeys / "sok2").exists()
    assert again.exit_code == 1
    assert "already" in again.stderr
    name = passkey_file.load(passkeys / "sok").credential_id.hex()
    assert name in listed.stdout


def test_a_public_key_is_enrolled_without_its_private_part(
    database: str, passkeys: Path, tmp_path: Path
) -> None:
    passkey_file.create(tmp_path / "hers")
    public = tmp_path / "public"
    exported = ["staff", "passkeys", "dara", "--export", "--passkey", str(tmp_path / "hers")]
    public.write_text(typed(exported).stdout)

    who = ["--name", "Dara", "--document", "passport:N9", "--role", "care"]
    done = typed(["staff", "enrol", "dara", *who, "--public-key", str(public), "--dsn", database])
    hers = ["--by", "dara", "--passkey", str(tmp_path / "hers"), "--dsn", database]
    barred = typed(["line", "bar", NUMBER, *hers])

    assert done.stdout == "enrolled: dara (care)\n"
    assert not (passkeys / "dara").exists()
    assert barred.exit_code == 0, barred.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--document", "library-card"], "national-id:NUMBER"),
        (["--document", "invented:1"], "national-id:NUMBER"),
        (["--document", "passport:"], "DOCUMENT_MALFORMED"),
        (["--document", "passport:N1", "--public-key", "nowhere"], "cannot be read"),
    ],
)
def test_who_cannot_be_enrolled_leaves_no_passkey(
    database: str, passkeys: Path, options: list[str], says: str
) -> None:
    asked = ["staff", "enrol", "dara", "--name", "Dara", "--role", "care", *options]
    found = typed([*asked, "--dsn", database])

    assert found.exit_code != 0
    assert says in found.output
    assert not (passkeys / "dara").exists()


def test_nobody_acts_under_somebody_elses_login(database: str, passkeys: Path) -> None:
    enrol(database, "sok", "care")
    where = ["--dsn", database]

    other = typed(
        ["line", "bar", NUMBER, "--by", "demo", "--passkey", str(passkeys / "sok"), *where]
    )
    none = typed(["line", "bar", NUMBER, "--by", "sok", "--passkey", str(passkeys / "no"), *where])
    own = typed(["line", "bar", NUMBER, "--by", "sok", *where])
    (passkeys / "sok").chmod(0o644)
    open_to_others = typed(["line", "bar", NUMBER, "--by", "sok", *where])
    (passkeys / "sok").chmod(0o600)
    told_all = typed(["staff", "report", "demo", *where]).stdout

    assert "refused (NOT_PROVEN)" in other.stderr
    assert "refused (PASSKEY_MISSING)" in none.stderr
    assert own.exit_code == 0
    assert "chmod 600" in open_to_others.stderr
    assert "was refused SIGN_IN: NOT_PROVEN" in told_all


def test_an_invitation_is_a_code_of_32_octets(database: str) -> None:
    code = told(typed(["staff", "invite", "demo", "--dsn", database, "--json"]))["code"]
    assert isinstance(code, str)
    assert len(base64.urlsafe_b64decode(code + "=")) == 32


def test_a_passkey_is_ended(database: str, passkeys: Path) -> None:
    enrol(database, "sok", "care")
    name = passkey_file.load(passkeys / "sok").credential_id.hex()

    ended = typed(["staff", "passkeys", "sok", "--end", name, "--dsn", database])
    wrong = typed(["staff", "passkeys", "sok", "--end", "xyz", "--dsn", database])
    barred = typed(["line", "bar", NUMBER, "--by", "sok", "--dsn", database])

    assert ", ended at " in ended.stdout
    assert wrong.exit_code == 2
    assert "PASSKEY_MISSING" in barred.stderr


def test_two_others_approve_what_somebody_asked(database: str) -> None:
    where = ["--dsn", database]
    for login in ("mao", "rith"):
        enrol(database, login, "fraud")
    on(database, lambda pool: perform(pool, staff.ask, "transfer", ASKED, by("demo", ACT.at)))

    own = typed(["staff", "approve", ASKED.hex(), *where])
    first = typed(["staff", "approve", ASKED.hex(), "--by", "mao", *where])
    second = typed(["staff", "approve", ASKED.hex(), "--by", "rith", "--json", *where])
    unknown = typed(["staff", "approve", "00" * 32, "--by", "demo", *where])
    short = typed(["staff", "approve", "00", *where])

    assert "OWN_REQUEST" in own.stderr
    assert first.stdout == "approved; 1 human approves it\n"
    assert told(second)["approvals"] == 2
    assert "REQUEST_UNKNOWN" in unknown.stderr
    assert short.exit_code == 2


def test_a_look_needs_a_case_and_broken_glass_is_heard(database: str) -> None:
    where = ["--dsn", database]
    enrol(database, "sok", "care")
    enrol(database, "rith", "reviewer")
    sok = ["--by", "sok", *where]

    no_case = typed(["line", "show", NUMBER, *sok])
    asked = ["staff", "open-case", NUMBER, "--kind", "complaint", "--reason", "a letter"]
    case = str(told(typed([*asked, *sok, "--json"]))["case"])
    shown = typed(["line", "show", NUMBER, "--case", case, *sok])
    other = typed(["line", "show", "012345679", "--case", case, *sok])
    listed = typed(["staff", "cases", *where])
    typed(["staff", "close-case", case, *sok])
    closed = typed(["line", "show", NUMBER, "--case", case, *sok])
    whole = typed(["line", "show", NUMBER, "--purpose", "break-glass", *sok])
    broken = typed(["staff", "break-glass", "--reason", "a child is missing", *sok])
    look = typed(["line", "show", NUMBER, "--purpose", "break-glass", *sok])
    heard = typed(["staff", "concerns", "--by", "rith", *where])
    once = typed(["staff", "concerns", "--by", "rith", *where])

    assert "CASE_MISSING" in no_case.stderr
    assert shown.exit_code == 0, shown.output
    assert "CASE_OF_ANOTHER_NUMBER" in other.stderr
    assert f"{case}  complaint, opened by sok" in listed.stdout
    assert "CASE_CLOSED" in closed.stderr
    assert "GLASS_WHOLE" in whole.stderr
    assert broken.stdout.startswith("broken until ")
    assert look.exit_code == 0
    assert "ALERT: sok broke the glass" in heard.stderr
    assert "a child is missing" in heard.stderr
    assert "sok: broken-glass, 1 on" in heard.stdout
    assert "ALERT" not in once.stderr


def test_a_concern_is_closed_and_a_report_tells_everything(database: str) -> None:
    where = ["--dsn", database]
    enrol(database, "sok", "care")
    enrol(database, "rith", "reviewer")
    typed(["staff", "break-glass", "--reason", "danger", "--by", "sok", *where])
    typed(["line", "show", NUMBER, "--purpose", "break-glass", "--by", "sok", *where])
    typed(["staff", "concerns", "--by", "rith", *where])

    silent = typed(["staff", "concerns", "--close", "1", "--by", "rith", *where])
    closed = typed(
        ["staff", "concerns", "--close", "1", "--reason", "it was", "--by", "rith", *where]
    )
    nothing = typed(["staff", "concerns", "--by", "rith", *where])
    report = typed(["staff", "report", "sok", "--by", "rith", *where])
    as_json = told(typed(["staff", "report", "sok", "--by", "rith", "--json", *where]))
    sok = typed(["staff", "report", "rith", "--by", "sok", *where])

    assert "REASON_MISSING" in silent.stderr
    assert closed.stdout.startswith("closed: 1  sok: broken-glass")
    assert nothing.stdout == "nothing unusual\n"
    assert report.stdout.startswith("Sok, with the login sok: ")
    assert "saw line for break-glass  (msisdn 85512345678)" in report.stdout
    assert "did staff.glass_broken" in report.stdout
    assert as_json["logins"] == ["sok"]
    assert "ROLE_MISSING" in sok.stderr
