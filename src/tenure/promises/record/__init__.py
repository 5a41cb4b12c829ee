"""What we did can be proved, and cannot be unsaid.

Read model, rules, operations, store, schema, personal_data.
"""
