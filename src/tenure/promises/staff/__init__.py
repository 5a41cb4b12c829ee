"""No one of ours can act alone against you.

Read model, operations, store, schema.sql, personal_data.
"""
