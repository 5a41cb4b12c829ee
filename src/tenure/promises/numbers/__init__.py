"""Your number stays yours.

Read model, rules, operations, store, schema, personal_data.
"""
