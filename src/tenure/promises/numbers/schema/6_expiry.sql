-- What a holder was told of the end of a validity.

-- One step of the schedule, for one end: a clock that runs twice tells of it once, and a top-up, which
-- has another end, begins anew.  So many days before the end; 0: that it ended.
CREATE TABLE numbers.expiry_notice (
    purse_id bigint NOT NULL,
    validity_end timestamptz NOT NULL,
    days_before smallint NOT NULL,
    msisdn text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    notice_id bigint NOT NULL,
    CONSTRAINT expiry_notice_once PRIMARY KEY (purse_id, validity_end, days_before),
    CONSTRAINT expiry_notice_is_one_notice UNIQUE (notice_id),
    CONSTRAINT expiry_notice_of_a_notice
        FOREIGN KEY (notice_id) REFERENCES notices.notice (notice_id),
    -- GTC-TOPUP: nobody is told that something ended before it did, nor that it will end afterwards.
    CONSTRAINT expiry_notice_says_what_is CHECK (
        days_before >= 0 AND (days_before = 0) = (at >= validity_end)
    )
);

-- Who may do what.
GRANT SELECT, INSERT ON numbers.expiry_notice TO tenure_app;
GRANT SELECT ON numbers.expiry_notice TO tenure_privacy;
