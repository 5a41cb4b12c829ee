"""Every unit is accounted for, twice.

Read model, rules, operations, store, schema.sql, personal_data.
"""
