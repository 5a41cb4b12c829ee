"""What stands inside columns of text, octets or JSON: words, fields, or whatever was typed."""

from collections.abc import Iterable, Mapping
from typing import Final

from tenure.promises.charging.model import Answer, Explanation, Sessions
from tenure.promises.money.model import Grant
from tenure.promises.notices.model import Audience
from tenure.promises.topups.model import Done
from tenure.values.kept import Form, Inside

_WORDS: Final = (
    "act after answered_by asked_by by_login class commitment decided_by document_kind"
    " iccid identified_by imsi issued_by key keep keeps kind kinds language lifted_by login"
    " msisdn occasion opened_by operator party prevailing published_by reference refusal"
    " release_hash reserved_by reviewer route shown signed_by since state store offer"
    " offers version way whoms photo_reference prover_kind notice_version means what"
    " time_zone home_plmns vkey key_id of_kind columns tables cursor sent_to per"
    " purpose source target recipient agreement measure country basis medium ref case_ref"
    " consent consent_media fields period report order_ref file emptied needed undone wanted"
    " refs question by_columns"
)
_OPAQUE: Final = (
    "authenticator_data challenge code_hash credential_id commitment digest hashes"
    " keyed_hash leaf_hash mark nonce notice_sha256 own_authenticator_data own_credential"
    " own_credential_id own_key own_notice_sha256 own_signature payload_sha256 pin_hash"
    " public_key request_hash refusal_hash release_hash root rules_sha256 salt sealed"
    " sealed_key seed sha256 signature text_sha256 token_hash witness_key working_key"
    " wrapped invitation"
)
_FREE: Final = "because evidence note reason reject words handling how"

EVERYWHERE: Final[Mapping[str, Form]] = {
    **dict.fromkeys(_WORDS.split(), Form.WORD),
    **dict.fromkeys(_OPAQUE.split(), Form.OPAQUE),
    **dict.fromkeys(_FREE.split(), Form.FREE),
}
"""Columns whose name says the same in every table; what is said of one table comes before it."""

CLIENT_DATA: Final = ("type", "challenge", "origin", "crossOrigin")
"""What an authenticator signed, WebAuthn section 5.8.1; a browser may add more."""


def _of(table: str, form: Form, *columns: str) -> tuple[Inside, ...]:
    return tuple(Inside(table=table, column=one, form=form) for one in columns)


def _fields(table: str, column: str, fields: Iterable[str]) -> Inside:
    return Inside(table=table, column=column, form=Form.FIELDS, fields=tuple(fields))


_MEASURE: Final = ("kind", "msisdn", "purse", "clause", "reason", "evidence", "proof")
_CHANGES: Final = ("name", "born_on", "document_kind", "document_number")
_LEAF: Final = ("version", "kind", "at", "said", "commitments")
_REQUEST: Final = (
    "version request kind msisdn from to iccid purse funds_go document asked_at asked_by"
)

_DOCUMENT: Final = "kind operator document version effective_from_ms sha256"
_TARIFF: Final = "kind operator version digest offers effective_from_ms notice_ms"

_HOLD: Final = "kind hold whose keeps reference authority document from_ms until_ms review_ms"
_POSITION: Final = "section pin after records frames octets begun counts told"
_PROOF: Final = "version kind case right whose asked_by received_at"

INSIDE: Final = (
    # access
    _fields("access.measure", "asked", _MEASURE),
    *_of("access.measure", Form.FREE, "proof", "lifted_because"),
    *_of("access.traffic_group", Form.WORD, "chosen"),
    # charging
    _fields("charging.answered", "answer", Answer.__struct_fields__),
    _fields("charging.answered", "drawn", ("drawn", "entry")),
    *_of("charging.answered", Form.OPAQUE, "key"),
    # consent: a text is published to everybody alike; what was said proves itself by an id
    *_of("consent.text", Form.WORD, "body", "sha256"),
    *(
        one
        for table in ("event", "acceptance", "acknowledgement", "representation")
        for one in _of(f"consent.{table}", Form.WORD, "evidence")
    ),
    # money
    _fields("money.purse", "grants", Grant.__struct_fields__),
    _fields("money.purse", "sessions", Sessions.__struct_fields__),
    _fields("money.entry", "explanation", (*Explanation.__struct_fields__, "words")),
    # notices
    _fields("notices.campaign", "audience", Audience.__struct_fields__),
    _fields("notices.campaign", "facts", ("facts of the kind, terms/notice_kinds.py",)),
    _fields("notices.campaign", "asked", _DOCUMENT.split()),
    _fields("notices.notice", "facts", ("facts of the kind, terms/notice_kinds.py",)),
    *_of("notices.delivery", Form.WORD, "reason"),
    # numbers
    *(_fields(f"{one}", "client_data_json", CLIENT_DATA) for one in (
        "numbers.consent", "people.correction", "staff.approval", "privacy.rights_proof",
    )),
    _fields("numbers.request", "body", _REQUEST.split()),
    *_of("numbers.provisioning", Form.WORD, "problem"),
    # people
    _fields("people.correction", "body", ("version", "kind", "person", "changes", "at", *_CHANGES)),
    _fields("people.correction", "own_client_data_json", CLIENT_DATA),
    _fields(
        "people.merge_request",
        "body",
        ("version", "kind", "duplicate", "survivor", "at", "reason"),
    ),
    *_of("people.person", Form.FREE, "name"),
    *_of("people.person", Form.WORD, "document_number"),
    *_of("people.contact", Form.FREE, "address"),
    *_of("people.contact_code", Form.FREE, "address"),
    *_of("people.item", Form.FREE, "value"),
    # record: personal data stands in openings alone, and one of them is the reason somebody typed
    _fields("record.leaf", "body", _LEAF),
    *_of("record.opening", Form.WORD, "field"),
    *_of("record.opening", Form.FREE, "value"),
    *_of("record.checkpoint", Form.WORD, "note"),
    # staff
    *_of("staff.case", Form.OPAQUE, "about"),
    *_of("staff.look", Form.OPAQUE, "about"),
    *_of("staff.human", Form.FREE, "name"),
    *_of("staff.human", Form.WORD, "document_number"),
    # tariffs
    _fields("tariffs.version", "asked", _TARIFF.split()),
    *_of("tariffs.version", Form.FREE, "withdrawn_because"),
    # topups
    _fields("topups.answered", "answer", Done.__struct_fields__),
    *_of("topups.answered", Form.WORD, "key"),
    # privacy
    _fields("privacy.export", "pins", ("value by which a section is read",)),
    _fields("privacy.export", "position", _POSITION.split()),
    _fields("privacy.hold", "body", _HOLD.split()),
    *_of("privacy.entry", Form.OPAQUE, "contact"),
    *_of("privacy.letter", Form.WORD, "written_by", "reason"),
    _fields("privacy.hold_release", "body", ("kind", "hold", "reason", "asked_ms")),
    _fields("privacy.message", "signed", ("message to a recipient, which names a reference",)),
    _fields("privacy.message", "receipt", ("subject_request_id", "message_sha256", "status")),
    *_of("privacy.recipient", Form.WORD, "deliver", "keys"),
    _fields("privacy.release", "answer", ("group", "figure")),
    _fields("privacy.rights_proof", "body", _PROOF.split()),
    _fields("privacy.rights_step", "refusal_body", ("version", "kind", "case", "right", "reason")),
    _fields("privacy.step", "about", ("person", "subject", "human")),
)  # fmt: skip
