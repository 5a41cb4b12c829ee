-- Which rows the roles of purposes see: of those whom a transaction discloses, and of nobody else.
--
-- Tenure itself, its owner's functions and the privacy officer see all rows: a policy that is always
-- true costs them nothing, since the planner drops it.  FORCE binds the owner's functions to policies
-- as well, so that a table that loses this one is empty for everybody, and is noticed.
--
-- Made from the register by the rule ``policies``, and held to it by a test.  Do not edit.

ALTER TABLE consent.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent.event FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON consent.event
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON consent.event FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(person_id));
CREATE POLICY only_of_the_case ON consent.event FOR SELECT
    TO tenure_care USING (privacy.is_attended(person_id));
CREATE POLICY nobody_at_rest ON consent.event AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(person_id));
CREATE POLICY only_who_agrees ON consent.event AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(person_id));

ALTER TABLE money.entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE money.entry FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON money.entry
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_of_numbers_seen ON money.entry FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority, tenure_care USING (EXISTS (
        SELECT FROM numbers.tenure h
        WHERE h.purse_id = entry.purse_id OFFSET 0
    ));

ALTER TABLE numbers.binding ENABLE ROW LEVEL SECURITY;
ALTER TABLE numbers.binding FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON numbers.binding
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_of_numbers_seen ON numbers.binding FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority, tenure_care USING (EXISTS (
        SELECT FROM numbers.tenure h
        WHERE h.msisdn = binding.msisdn AND h.during && binding.during OFFSET 0
    ));

ALTER TABLE numbers.tenure ENABLE ROW LEVEL SECURITY;
ALTER TABLE numbers.tenure FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON numbers.tenure
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON numbers.tenure FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(holder_id));
CREATE POLICY only_of_the_case ON numbers.tenure FOR SELECT
    TO tenure_care USING (privacy.is_attended(holder_id));
CREATE POLICY nobody_at_rest ON numbers.tenure AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(holder_id));
CREATE POLICY only_who_agrees ON numbers.tenure AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(holder_id));

ALTER TABLE people.contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.contact FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON people.contact
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON people.contact FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(person_id));
CREATE POLICY only_of_the_case ON people.contact FOR SELECT
    TO tenure_care USING (privacy.is_attended(person_id));
CREATE POLICY nobody_at_rest ON people.contact AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(person_id));
CREATE POLICY only_who_agrees ON people.contact AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(person_id));

ALTER TABLE people.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.person FORCE ROW LEVEL SECURITY;
CREATE POLICY own_work ON people.person
    TO tenure_app, tenure_owner, tenure_privacy USING (true) WITH CHECK (true);
CREATE POLICY only_those_picked ON people.person FOR SELECT
    TO tenure_service, tenure_partner, tenure_authority USING (privacy.is_picked(person_id));
CREATE POLICY only_of_the_case ON people.person FOR SELECT
    TO tenure_care USING (privacy.is_attended(person_id));
CREATE POLICY nobody_at_rest ON people.person AS RESTRICTIVE FOR SELECT
    TO tenure_service, tenure_partner USING (NOT privacy.is_at_rest(person_id));
CREATE POLICY only_who_agrees ON people.person AS RESTRICTIVE FOR SELECT
    TO tenure_partner USING (privacy.agrees(person_id));
