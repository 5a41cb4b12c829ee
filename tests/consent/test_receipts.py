"""Receipts: every field that must be there, the words as they were, and a signature of RFC 7515."""

import base64
import copy
import json
from uuid import UUID

import msgspec
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Refusal
from tenure.promises.consent.rules import signing
from tenure.promises.consent.rules.receipts import MANDATORY
from tenure.values.refused import Refused
from tests.consent.given import KH, act, later, no, yes

# RFC 8037 appendix A.1 to A.4.
SECRET = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
PUBLIC = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
JWS = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)
SEED = base64.urlsafe_b64decode(SECRET + "=")


def test_the_vectors_of_rfc_8037() -> None:
    key = consent.public_key(SEED)
    assert (key["x"], key["kid"]) == (PUBLIC, THUMBPRINT)
    assert signing.sign(b'{"alg":"EdDSA"}', b"Example of Ed25519 signing", SEED) == JWS
    # The payload of the vector is a text, which is no receipt.
    assert consent.opened(JWS, key) is None


async def received(pool: Pool) -> dict[str, object]:
    await perform(pool, consent.give, KH, yes("offers", media="sms"), act())
    ended = await perform(pool, consent.withdraw, KH, no("offers", media="sms"), act(later(500)))
    assert not isinstance(ended, Refused)
    found = await perform(pool, consent.receipt, KH, ended.changed[0].record_id)
    assert not isinstance(found, Refused)
    return dict(found)


async def test_a_receipt_has_every_field_and_tells_the_whole_story(pool: Pool, owner: str) -> None:
    told = await received(pool)

    assert consent.missing(told) == []
    (purpose,) = told["processing"]["purposes"]  # type: ignore[index]
    assert purpose["title"] == KH.consents.purposes[0].texts["km"].title
    assert (purpose["pii_information"], purpose["contact_by"]) == (["contact", "product"], "sms")
    events = told["events"]
    assert [one["event_state"] for one in events] == ["given", "withdrawn"]  # type: ignore[attr-defined]
    assert events[1]["event_time"] == "2027-01-15T08:00:00.500+00:00"  # type: ignore[index]
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT encode(l.leaf_hash, 'hex') FROM consent.event e"
            " JOIN record.leaf l ON l.seq = e.leaf_seq WHERE e.word = 'withdrawn'"
        ).fetchone()
    assert row == (told["record_leaf_sha256"],)


async def test_each_mandatory_field_is_missed_when_it_is_not_there(pool: Pool) -> None:
    told = await received(pool)
    for where in MANDATORY:
        spoilt = copy.deepcopy(told)
        *path, last = where
        place: object = spoilt
        for name in path:
            place = place[0] if name == "*" else place[name]  # type: ignore[index]
        del place[last]  # type: ignore[attr-defined]
        assert consent.missing(spoilt) == [".".join(where)]


async def test_a_receipt_tells_the_words_as_they_were(pool: Pool) -> None:
    before = await received(pool)
    offers, *others = KH.consents.purposes
    texts = {one: msgspec.structs.replace(text, title="!") for one, text in offers.texts.items()}
    rewritten = msgspec.structs.replace(offers, version="2027-01", texts=texts, data=("biometric",))
    consents = msgspec.structs.replace(KH.consents, purposes=(rewritten, *others))
    terms = msgspec.structs.replace(KH, consents=consents)
    (event, _) = await perform(pool, consent.history, 1)

    found = await perform(pool, consent.receipt, terms, event.record_id)

    assert not isinstance(found, Refused)
    assert found["processing"] == before["processing"]


async def test_a_no_to_what_was_never_asked_has_no_receipt(pool: Pool) -> None:
    ended = await perform(pool, consent.withdraw, KH, no(), act())
    assert not isinstance(ended, Refused)
    for record_id in (ended.changed[0].record_id, UUID(int=0)):
        found = await perform(pool, consent.receipt, KH, record_id)
        assert isinstance(found, Refused)
        assert found.refusal is Refusal.UNKNOWN_RECORD


async def test_a_signed_receipt_opens_with_its_key_alone(pool: Pool) -> None:
    told = await received(pool)
    text = consent.signed(told, SEED)  # type: ignore[arg-type]  # what a receipt holds is plain
    key = consent.public_key(SEED)

    assert consent.opened(text, key) == told
    assert consent.opened(f"{text}\n", key) == told
    assert consent.opened(text, consent.public_key(bytes(32))) is None
    header, payload, signature = text.split(".")
    lie = json.loads(base64.urlsafe_b64decode(payload + "=="))
    lie["pii_principal_id"] = "2"
    forged = base64.urlsafe_b64encode(json.dumps(lie).encode()).decode().rstrip("=")
    assert consent.opened(f"{header}.{forged}.{signature}", key) is None
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    assert consent.opened(f"{none}.{payload}.", key) is None
    assert consent.opened(f"{none}.{payload}.{signature}", key) is None


@pytest.mark.parametrize(
    "header", [b'{"alg":"EdDSA","crit":["exp"],"exp":1}', b'{"alg":"HS256"}', b"[]", b"{"]
)
def test_a_header_that_is_not_understood_is_no_receipt(header: bytes) -> None:
    text = signing.sign(header, b"{}", SEED)
    assert consent.opened(text, consent.public_key(SEED)) is None


@given(st.text(max_size=200))
def test_any_text_is_a_receipt_or_none(text: str) -> None:
    assert consent.opened(text, consent.public_key(SEED)) is None
    assert consent.opened(text, {"x": text}) is None
