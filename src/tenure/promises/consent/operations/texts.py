"""Texts are kept as they were shown, for good, each under its hash."""

from collections.abc import Mapping

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import rules, store
from tenure.promises.consent.model import Kept, Refusal, TextKey
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.terms.agreements import DocumentVersion
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused


async def publish(
    tx: Transaction, terms: Terms, document: str, version: str, act: Act
) -> list[Kept] | Refused[Refusal]:
    """Keep a published version in every language, and record its hashes; again changes nothing.

    Refused when another text is kept under this version: what was published is never changed.
    """
    found = rules.published(terms, document, version, act.at)
    if isinstance(found, Refused):
        return found
    kept = await keep_notice(tx, found, act)
    return kept if isinstance(kept, Refused) else await store.kept_of(tx, document, version)


async def publish_all(tx: Transaction, terms: Terms, act: Act) -> int | Refused[Refusal]:
    """Keep all that the pack has published, and the words of its purposes; how many were new."""
    count = 0
    for version in terms.consents.documents:
        if version.published_at <= act.at:
            kept = await keep_notice(tx, version, act)
            if isinstance(kept, Refused):
                return kept
            count += kept
    for purpose in terms.consents.purposes:
        kept = await keep_wordings(tx, terms, purpose.name, act)
        if isinstance(kept, Refused):
            return kept
        count += kept
    return count


async def published(tx: Transaction, document: str) -> list[Kept]:
    """Every text of a document that was ever kept: general-terms, privacy-notice, purpose/NAME."""
    return await store.kept(tx, document)


async def keep_notice(
    tx: Transaction, version: DocumentVersion, act: Act
) -> int | Refused[Refusal]:
    """Keep a version of a document, unless it is kept; how many texts were new."""
    about = (None, version.published_at, version.effective_from)
    return await _keep(tx, rules.texts_of(version), about, act)


async def keep_wordings(
    tx: Transaction, terms: Terms, name: str, act: Act
) -> int | Refused[Refusal]:
    """Keep the words of a purpose, unless they are kept; how many texts were new."""
    purpose = terms.consents.purpose(name)
    assert purpose is not None
    return await _keep(tx, rules.wordings(purpose), (purpose.meaning, None, None), act)


async def _keep(
    tx: Transaction,
    shown: Mapping[TextKey, str],
    about: tuple[int | None, Instant | None, Instant | None],
    act: Act,
) -> int | Refused[Refusal]:
    first = next(iter(shown))
    kept = await store.kept_of(tx, first.document, first.version)

    new = rules.unchanged(shown, kept)

    if isinstance(new, Refused):
        return new
    if new:
        said: dict[str, Plain] = {
            "document": first.document,
            "version": first.version,
            "sha256": {key.language: rules.sha256_of(shown[key]) for key in new},
        }
        leaf_seq = await record.append(tx, act, "consent.published", said, {})
        await store.keep(tx, {key: shown[key] for key in new}, about, act.at, leaf_seq)
    return len(new)
