"""Phones in a browser: a message centre that Tenure binds to, and a page to read and to dial.

A program of its own that speaks SMPP and HTTP like a stranger.  Read orders, drawer (what phones
received), centre, dialling, page.
"""
