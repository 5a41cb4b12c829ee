"""Notices become messages, messages become words, receipts find what they tell of: tables."""
