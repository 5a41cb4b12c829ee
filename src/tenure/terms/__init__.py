"""The operator's terms: read once from a pack of small files, typed, checked, pure."""
