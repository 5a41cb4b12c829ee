"""Bytes and messages: IPA frames, GSUP, the components of TS 24.080, USSD strings, and forms."""
