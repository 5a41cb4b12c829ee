"""What is held so that those of us who act can prove who they are."""

from typing import Final

from tenure.promises.staff.personal_data.members import HUMAN, LOGIN, human_until, of_staff
from tenure.values.holding import Lead, Row, Way, impersonal

HOLDINGS: Final = (
    of_staff("passkey", "credential_id", "the name of a key of theirs"),
    of_staff("passkey", "human_id", "whose key it is"),
    of_staff("passkey", "public_key", "verifies what they signed"),
    of_staff("passkey", "sign_count", "a copy of a key would count differently"),
    of_staff("passkey", "added_at", "since when it can be used"),
    of_staff("passkey", "invitation", "which invitation it was registered with"),
    of_staff("passkey", "ended_at", "from when on it proves nothing"),
    *impersonal("invitation", "a hash of a code that is nowhere", "code_hash"),
    of_staff("invitation", "login", "who may register a key"),
    of_staff("invitation", "human_id", "who may register a key"),
    of_staff("invitation", "invited_by", "who let them"),
    of_staff("invitation", "at", "when they were let"),
    of_staff("invitation", "until_at", "until when"),
    *impersonal("challenge", "random, to be signed", "challenge"),
    of_staff("challenge", "login", "who is to sign it"),
    of_staff("challenge", "human_id", "who is to sign it"),
    of_staff("challenge", "at", "when somebody wanted to prove who they are"),
    of_staff("challenge", "until_at", "until when"),
    *impersonal("proof", "random, signed", "challenge"),
    of_staff("proof", "login", "who proved who they are"),
    of_staff("proof", "human_id", "who proved who they are"),
    of_staff("proof", "until_at", "until when they could"),
    of_staff("proof", "credential_id", "with which key"),
    of_staff("proof", "at", "when they did"),
    *impersonal("session", "a hash of a token that is nowhere", "token_hash"),
    *impersonal("session", "random, signed", "challenge"),
    of_staff("session", "login", "who is signed in"),
    of_staff("session", "since", "since when they are"),
    of_staff("session", "until_at", "until when at the latest"),
    of_staff("session", "ended_at", "when they left"),
)

ROWS: Final = (
    Row(
        "passkey",
        ("credential_id",),
        HUMAN,
        f"coalesce(t.ended_at, {human_until('t.human_id')})",
    ),
    Row("invitation", ("code_hash",), (*HUMAN, Lead(Way.HUMAN, "invited_by")), "t.until_at"),
    Row("challenge", ("challenge",), HUMAN, "t.until_at"),
    Row("proof", ("challenge",), HUMAN, "t.until_at"),
    Row("session", ("token_hash",), LOGIN, "coalesce(t.ended_at, t.until_at)"),
)
