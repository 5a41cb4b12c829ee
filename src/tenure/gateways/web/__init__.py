"""The page: what Tenure is doing now, and what it knows of one number.

Read wire (what a page shows and how it is written), translate (from promises to pages), server.
"""
