"""The price you were shown is the price you pay.

Read model, rules, personal_data.
"""
