"""How somebody shows on the command line who they are: by a passkey file, or present in a shop."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec
import typer

from tenure.commands import connect, passkey_file
from tenure.commands.passkey_file import WrongPasskeyFileError
from tenure.gateways.photo.server import compare, provider_of
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Party, Proof
from tenure.promises.people.model import Document, Photo, Presence
from tenure.values.passkey import Assertion
from tenure.values.refused import Refused

OwnPasskey: TypeAlias = Annotated[
    Path | None,
    typer.Option("--own-passkey", help="The passkey file of the person who agrees."),
]
Person: TypeAlias = Annotated[
    int | None, typer.Option("--person", help="Or who stands in the shop, by their number.")
]
Paper: TypeAlias = Annotated[
    str, typer.Option("--document", help="The document they show: national-id:NUMBER …")
]
Live: TypeAlias = Annotated[
    Path | None, typer.Option("--photo", help="The live photo: a JPEG or PNG file.")
]
OnDocument: TypeAlias = Annotated[
    Path | None, typer.Option("--document-photo", help="The photo on the document: a file.")
]


class Shown(msgspec.Struct, frozen=True):
    """What was typed of who somebody is."""

    own_passkey: Path | None
    person: int | None
    document: str
    live: Path | None
    on_document: Path | None

    @property
    def in_person(self) -> bool:
        """Whether somebody stands in the shop."""
        return self.own_passkey is None


def signer(name: str, key_file: Path) -> Callable[[bytes], Assertion]:
    """Signs with the passkey in a file, or says what is wrong with it and exits with 1."""

    def sign(challenge: bytes) -> Assertion:
        try:
            return passkey_file.load(key_file).assertion(challenge)
        except WrongPasskeyFileError as wrong:
            connect.fail(name, str(wrong))

    return sign


def presence_of(name: str, shown: Shown, *, as_json: bool) -> Presence:
    """What was seen in the shop, with the live photo compared; nothing of it is kept (PRV-BIO)."""
    kind, colon, number = shown.document.partition(":")
    if not (colon and number and shown.live and shown.on_document and shown.person):
        raise typer.BadParameter(
            "say who it is: --own-passkey FILE, or --person, --document KIND:NUMBER, --photo FILE"
            " and --document-photo FILE"
        )
    photo = photo_of(name, shown.live, shown.on_document, as_json=as_json)
    return Presence(Document(kind, number), photo)


def photo_of(name: str, live: Path, on_document: Path, *, as_json: bool) -> Photo:
    """How much a live photo is like the one on a document, by the provider."""
    try:
        photos = live.read_bytes(), on_document.read_bytes()
    except OSError as error:
        connect.fail(name, f"{error.filename}: {error.strerror}; name a photo that can be read")
    found = asyncio.run(compare(provider_of(), *photos))
    if isinstance(found, Refused):
        connect.refused(name, found, as_json=as_json)
    return found


def prover(
    name: str, shown: Shown, witness: Path, *, party: Party | None = None, as_json: bool
) -> Callable[[bytes], Proof]:
    """How somebody proves that they agree to a hash, which may be known later only.

    By their own signature, or by the witness's of what was seen: of a consent (``party``) the
    witness signs whom they saw as well, and in which part.
    """
    if shown.own_passkey is not None:
        own = signer(name, shown.own_passkey)
        return lambda hashed: Proof(own(hashed))
    seen, sign = presence_of(name, shown, as_json=as_json), signer(name, witness)
    assert shown.person is not None
    person = shown.person

    def proof(hashed: bytes) -> Proof:
        if party is not None:
            hashed = numbers.requests.seen_hash_of(hashed, party, person)
        return Proof(sign(hashed), seen, person)

    return proof
