-- Which columns the roles of purposes see: made from the register by the rule ``grants``, and held to
-- it by a test.  Do not edit: change the register, or what a purpose needs.

GRANT SELECT (during, iccid, imsi, msisdn)
    ON numbers.binding TO tenure_service;
GRANT SELECT (during, holder_id, msisdn, prepaid, purse_id, slot)
    ON numbers.tenure TO tenure_service;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_service;
GRANT SELECT (born_on, document_kind, document_number, language, name, person_id)
    ON people.person TO tenure_service;
GRANT SELECT (during, msisdn)
    ON numbers.binding TO tenure_partner;
GRANT SELECT (during, holder_id, msisdn, prepaid, purse_id, slot)
    ON numbers.tenure TO tenure_partner;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_partner;
GRANT SELECT (language, person_id)
    ON people.person TO tenure_partner;
GRANT SELECT (after_at, after_seq, after_word, at, by_person_id, evidence, language, meaning, medium, notice_sha256, notice_version, person_id, purpose, purpose_document, purpose_sha256, purpose_version, record_id, seq, until_at, way, word)
    ON consent.event TO tenure_authority;
GRANT SELECT (at, explanation, funds_after_micros, funds_micros, grants_micros, kind, owed_micros, party, purse_id, reference, seq, tax_micros)
    ON money.entry TO tenure_authority;
GRANT SELECT (during, iccid, imsi, msisdn)
    ON numbers.binding TO tenure_authority;
GRANT SELECT (during, holder_id, msisdn, opened_as, prepaid, purse_id, request_id, slot)
    ON numbers.tenure TO tenure_authority;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_authority;
GRANT SELECT (born_on, document_kind, document_number, language, name, person_id, since)
    ON people.person TO tenure_authority;
GRANT SELECT (at, explanation, funds_after_micros, funds_micros, grants_micros, kind, owed_micros, purse_id, reference, seq, tax_micros)
    ON money.entry TO tenure_care;
GRANT SELECT (during, msisdn)
    ON numbers.binding TO tenure_care;
GRANT SELECT (during, holder_id, msisdn, prepaid, purse_id, slot)
    ON numbers.tenure TO tenure_care;
GRANT SELECT (address, channel, ended_at, person_id, verified_at)
    ON people.contact TO tenure_care;
GRANT SELECT (language, person_id)
    ON people.person TO tenure_care;
