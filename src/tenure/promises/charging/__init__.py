"""You never pay for what you did not use.

Read model, rules, operations, store, schema.sql, personal_data.
"""
