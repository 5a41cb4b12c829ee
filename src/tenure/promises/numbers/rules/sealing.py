"""How the keys of a SIM are sealed under a key outside the database, and read again."""

from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenure.promises.numbers.model.holding import SealedSim, SimCard, SimKey, SimKeys

NONCE_OCTETS: Final = 12
"""SP 800-38D section 8.2.2: 96 random bits; a nonce is never used twice under one key."""
KEY_OCTETS: Final = 32


def sealed(card: SimCard, key: SimKey, nonce: bytes) -> SealedSim:
    """The SIM with its keys sealed; they belong to this card and IMSI, and open for no other."""
    assert len(nonce) == NONCE_OCTETS
    assert len(key) == KEY_OCTETS
    clear = msgspec.json.encode(card.keys)
    covered = AESGCM(key).encrypt(nonce, clear, _bound_to(card.iccid, card.imsi))
    return SealedSim(card.iccid, card.imsi, nonce + covered)


def unsealed(sim: SealedSim, key: SimKey) -> SimKeys | None:
    """The keys of a SIM; None when the key is another one, or somebody moved or changed the row."""
    nonce, covered = sim.sealed[:NONCE_OCTETS], sim.sealed[NONCE_OCTETS:]
    try:
        clear = AESGCM(key).decrypt(nonce, covered, _bound_to(sim.iccid, sim.imsi))
    except InvalidTag:
        return None
    return msgspec.json.decode(clear, type=SimKeys)


def _bound_to(iccid: str, imsi: str) -> bytes:
    return f"tenure sim {iccid} {imsi}".encode()
