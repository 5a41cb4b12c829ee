"""Your number stays yours.

Read model, rules, operations, store, schema.sql, personal_data.
"""
