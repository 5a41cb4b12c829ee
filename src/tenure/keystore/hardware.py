"""Keeps the keys of epochs in a hardware module, by PKCS#11: made there, they never leave."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Any, Final

from tenure.keystore.words import EPOCH_KEY_OCTETS, WrongKeyStoreError
from tenure.values.sealing import NONCE_OCTETS

try:
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
    from pkcs11 import exceptions as wrong
except ImportError as missing:
    raise WrongKeyStoreError(
        "the keeper pkcs11 needs the library python-pkcs11; run: pip install tenure[pkcs11]"
    ) from missing

PREFIX: Final = "tenure-epoch-"
TAG_BITS: Final = 128


class ModuleKeeper:
    """A token of a PKCS#11 module.  Each epoch is an AES key that cannot be extracted."""

    def __init__(self, module: str, token: str, pin_file: Path) -> None:
        """Logs in to the token; WrongKeyStoreError says what is in the way."""
        self.name = f"the token {token} of {module}"
        pin = _pin(pin_file)
        try:
            slot = pkcs11.lib(module).get_token(token_label=token)
            self._session: Any = slot.open(rw=True, user_pin=pin)
        except (wrong.PKCS11Error, RuntimeError) as error:
            raise WrongKeyStoreError(
                f"{self.name}: {type(error).__name__}; see that the module is there, the token has"
                f" this name, and {pin_file} has its PIN"
            ) from error

    def epochs(self) -> tuple[int, ...]:
        """The epochs whose key is in the token."""
        sought = {Attribute.CLASS: ObjectClass.SECRET_KEY}
        labels = [key.label for key in self._session.get_objects(sought)]
        found = [label[len(PREFIX) :] for label in labels if label.startswith(PREFIX)]
        return tuple(sorted(int(number) for number in found))

    def make(self, epoch: int) -> None:
        """Have the module make a key of its own."""
        if epoch in self.epochs():
            return
        self._session.generate_key(
            KeyType.AES,
            EPOCH_KEY_OCTETS * 8,
            label=_label(epoch),
            store=True,
            template={
                Attribute.SENSITIVE: True,
                Attribute.EXTRACTABLE: False,
                Attribute.PRIVATE: True,
            },
        )

    def wrap(self, epoch: int, secret: bytes) -> bytes:
        """The secret, sealed inside the module."""
        nonce = os.urandom(NONCE_OCTETS)
        return nonce + bytes(
            self._key(epoch).encrypt(
                secret, mechanism=Mechanism.AES_GCM, mechanism_param=_parameters(nonce, epoch)
            )
        )

    def unwrap(self, epoch: int, wrapped: bytes) -> bytes:
        """What was wrapped, opened inside the module."""
        nonce, body = wrapped[:NONCE_OCTETS], wrapped[NONCE_OCTETS:]
        try:
            return bytes(
                self._key(epoch).decrypt(
                    body, mechanism=Mechanism.AES_GCM, mechanism_param=_parameters(nonce, epoch)
                )
            )
        except wrong.PKCS11Error as error:
            raise WrongKeyStoreError(
                f"epoch {epoch} of {self.name} did not wrap this store; name the right token"
            ) from error

    def destroy(self, epoch: int) -> None:
        """Have the module destroy it."""
        with contextlib.suppress(WrongKeyStoreError):
            self._key(epoch).destroy()

    def _key(self, epoch: int) -> Any:
        try:
            return self._session.get_key(object_class=ObjectClass.SECRET_KEY, label=_label(epoch))
        except wrong.NoSuchKey as error:
            raise WrongKeyStoreError(
                f"{self.name} has no key of epoch {epoch}; name the token of this store"
            ) from error


def _label(epoch: int) -> str:
    return f"{PREFIX}{epoch:06}"


def _parameters(nonce: bytes, epoch: int) -> Any:
    return pkcs11.GCMParams(nonce, b"tenure epoch %d" % epoch, TAG_BITS)


def _pin(path: Path) -> str:
    try:
        mode, pin = path.stat().st_mode, path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongKeyStoreError(f"{path}: the PIN cannot be read: {error.strerror}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise WrongKeyStoreError(f"{path}: others may read it; run: chmod 600 {path}")
    return pin
