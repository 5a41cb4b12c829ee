"""Your service is cut only for a reason you are told.

Read model, rules, operations, store, schema.sql, personal_data.
"""
