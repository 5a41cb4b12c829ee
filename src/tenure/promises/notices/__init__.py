"""You hear it from us before it costs you.

Read model, rules, operations, store, schema, personal_data; each is a folder.
"""
