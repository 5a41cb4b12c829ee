"""You may see all we hold, and it ends when it should.

Read model, rules, operations, store, schema, personal_data: in each, register (what is held and how
it leads to whom), rights, exports, keys, retention, usage, disclosures, website, breaches.
"""
