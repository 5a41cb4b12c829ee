"""You hear it from us before it costs you.

Read model, rules, operations, store, schema.sql, personal_data.
"""
