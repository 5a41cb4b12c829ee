"""No one of ours can act alone against you.

Read model, rules, operations, store, schema, personal_data; each has a file a room.
"""
