"""Nothing beyond the service without your yes.

Read model, rules, operations, store, schema.sql, personal_data.
"""
