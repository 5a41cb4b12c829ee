"""What you paid in is yours to use, for as long as you were told.

Read model, rules, operations, store, schema.sql, personal_data.
"""
