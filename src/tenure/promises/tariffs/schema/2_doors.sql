-- The only doors to the versions of the prices: each verifies all of it in the transaction that
-- changes it, and names what it misses by the name of a constraint.

-- What depends on what others do at the same time fails as a race does ('unique_violation'), so that
-- whoever lost asks again and sees what they did.
CREATE FUNCTION tariffs.demand(fact boolean, named text, condition text DEFAULT 'check_violation')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF fact IS NOT TRUE THEN
        RAISE EXCEPTION '%', replace(named, '_', ' ')
            USING ERRCODE = condition, SCHEMA = 'tariffs', CONSTRAINT = named;
    END IF;
END $$;

-- A leaf of this kind that says this in clear.
CREATE FUNCTION tariffs.leaf_says(proof bigint, told text, clear jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM record.leaf l
        WHERE l.seq = proof AND l.kind = told AND l.body::jsonb ->> 'kind' = told
          AND l.body::jsonb -> 'said' @> clear
    )
$$;

-- The versions that are in force when a database begins; only once for each operator, and only such
-- as are in force at that moment.
CREATE FUNCTION tariffs.found(
    operator_ text, versions text[], digests bytea[], effective timestamptz[], notice bigint,
    clerk text, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE tariffs.version IN SHARE ROW EXCLUSIVE MODE;
    PERFORM tariffs.demand(
        NOT EXISTS (SELECT FROM tariffs.version v WHERE v.operator = operator_),
        'version_founding_is_the_beginning', 'unique_violation'
    );
    PERFORM tariffs.demand(
        moment >= ALL (effective), 'version_founding_is_in_force_at_the_beginning'
    );
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.founded', jsonb_build_object(
            'operator', operator_, 'versions', to_jsonb(versions)
        )), 'version_has_its_leaf'
    );
    INSERT INTO tariffs.version (
        operator, version, digest, effective_from, founding, notice_ms, published_at, published_by,
        leaf_seq, offers, confirmed_at, in_force_from, confirmed_leaf_seq
    )
    SELECT operator_, one.version, one.digest, one.effective, true, notice, moment, clerk,
           proof, '{}', moment, one.effective, proof
    FROM unnest(versions, digests, effective) AS one (version, digest, effective);
END $$;

-- A version is published: two humans agreed to exactly this, the day is far enough, and the
-- campaign that tells everybody affected is open.
CREATE FUNCTION tariffs.publish(
    operator_ text, version_ text, digest_ bytea, effective timestamptz, affected text[],
    notice bigint, body text, approver bigint, campaign bigint, clerk text, proof bigint,
    moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Notice is never shorter than it was when this database began, or in any version since.
    PERFORM tariffs.demand(
        notice >= (SELECT max(v.notice_ms) FROM tariffs.version v WHERE v.operator = operator_),
        'version_notice_never_gets_shorter'
    );
    PERFORM tariffs.demand(
        effective >= moment + notice * interval '1 ms', 'version_is_published_in_time'
    );
    PERFORM tariffs.demand(
        approver IN (
            -- How long it could be approved stands in the request.
            SELECT staff.approvers(sha256(convert_to(body, 'UTF8')), moment, '-infinity')
        ), 'version_approved_by_another_human'
    );
    PERFORM tariffs.demand(
        (campaign IS NULL) = (cardinality(affected) = 0), 'version_is_told_by_a_campaign'
    );
    PERFORM tariffs.demand(campaign IS NULL OR EXISTS (
        SELECT FROM notices.campaign c
        WHERE c.campaign_id = campaign AND c.kind = 'tariff.change' AND c.cancelled_at IS NULL
          AND c.audience -> 'offers' = to_jsonb(affected)
    ), 'version_is_told_by_a_campaign');
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.published', jsonb_build_object(
            'operator', operator_, 'version', version_, 'digest', encode(digest_, 'hex')
        )), 'version_has_its_leaf'
    );
    INSERT INTO tariffs.version (
        operator, version, digest, effective_from, founding, notice_ms, published_at, published_by,
        leaf_seq, offers, asked, request_hash, approved_by, campaign_id
    ) VALUES (
        operator_, version_, digest_, effective, false, notice, moment, clerk, proof, affected, body,
        sha256(convert_to(body, 'UTF8')), approver, campaign
    );
END $$;

-- Who is affected by a version and was not told in writing by an instant: lines of its offers whose
-- holder has had them since before it was published.  Whoever came later agreed with the published
-- change in view; the campaign tells them as well, but they are not waited for.
CREATE FUNCTION tariffs.untold(operator_ text, version_ text, told_by timestamptz)
RETURNS TABLE (msisdn text, person_id bigint, sent_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT l.msisdn::text, coalesce(t.holder_id, 0), n.sent_at
    FROM tariffs.version v
    JOIN numbers.line l ON l.offer = ANY (v.offers) AND l.since <= v.published_at
    LEFT JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
    LEFT JOIN notices.recipient r ON r.campaign_id = v.campaign_id
        AND r.per = l.msisdn AND r.person_id = coalesce(t.holder_id, 0)
    LEFT JOIN notices.notice n ON n.notice_id = r.notice_id
    WHERE v.operator = operator_ AND v.version = version_
      AND (t.during IS NULL OR lower(t.during) <= v.published_at)
      AND (n.sent_at IS NULL OR n.sent_at > told_by);
END $$;

-- GTC-CHANGE: a version takes effect for nobody before everybody affected has had their notice for
-- so long.  Until then the former version goes on, whatever day was announced.
CREATE FUNCTION tariffs.put_in_force(
    operator_ text, version_ text, begins timestamptz, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known tariffs.version;
BEGIN
    SELECT v.* INTO known FROM tariffs.version v
    WHERE v.operator = operator_ AND v.version = version_ FOR UPDATE;
    PERFORM tariffs.demand(FOUND, 'version_is_published');
    PERFORM tariffs.demand(known.withdrawn_at IS NULL, 'version_is_not_withdrawn');
    PERFORM tariffs.demand(
        known.confirmed_at IS NULL, 'version_is_confirmed_once', 'unique_violation'
    );
    PERFORM tariffs.demand(begins >= known.effective_from, 'version_never_in_force_early');
    PERFORM tariffs.demand(begins >= moment, 'version_prices_nothing_that_is_past');
    PERFORM tariffs.demand(NOT EXISTS (
        SELECT FROM tariffs.version v WHERE v.operator = operator_ AND v.in_force_from >= begins
    ), 'version_follows_the_former_one');
    PERFORM tariffs.demand(NOT EXISTS (
        SELECT FROM tariffs.untold(
            operator_, version_, begins - known.notice_ms * interval '1 ms'
        )
    ), 'version_everybody_affected_was_told_in_time');
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.in_force', jsonb_build_object(
            'operator', operator_, 'version', version_
        )), 'version_force_has_its_leaf'
    );
    UPDATE tariffs.version v
    SET confirmed_at = moment, in_force_from = begins, confirmed_leaf_seq = proof
    WHERE v.operator = operator_ AND v.version = version_;
END $$;

-- What is published is withdrawn before it is in force, or not at all.
CREATE FUNCTION tariffs.withdraw(
    operator_ text, version_ text, because text, proof bigint, moment timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM tariffs.demand(
        tariffs.leaf_says(proof, 'tariffs.withdrawn', jsonb_build_object(
            'operator', operator_, 'version', version_
        )), 'version_has_its_leaf'
    );
    UPDATE tariffs.version v SET withdrawn_at = moment, withdrawn_because = because
    WHERE v.operator = operator_ AND v.version = version_ AND NOT v.founding
      AND v.withdrawn_at IS NULL;
    PERFORM tariffs.demand(FOUND, 'version_is_withdrawn_once', 'unique_violation');
END $$;

-- Who may do what.
REVOKE ALL ON FUNCTION tariffs.demand, tariffs.leaf_says, tariffs.found, tariffs.publish,
    tariffs.untold, tariffs.put_in_force, tariffs.withdraw FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tariffs.found, tariffs.publish, tariffs.untold, tariffs.put_in_force,
    tariffs.withdraw TO tenure_app;
