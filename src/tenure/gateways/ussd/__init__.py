"""USSD: a phone dials a code, and a dialogue of screens follows.

Two ways in, one engine: GSUP over IPA, as an external USSD entity of an osmo-hlr, and forms over
HTTP as aggregators send them.  Read wire, session, translate, server.
"""
