"""We know you by as little as we need.

Read model, operations, store, schema.sql, personal_data.
"""
