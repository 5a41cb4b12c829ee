"""Live photos (PRV-BIO): a provider says how much a face is like the one on a document.

Read wire (what a provider is asked and answers), translate, server.
"""
