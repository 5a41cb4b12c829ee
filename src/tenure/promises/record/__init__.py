"""What we did can be proved, and cannot be unsaid.

Read model, operations, store, schema.sql, personal_data.
"""
