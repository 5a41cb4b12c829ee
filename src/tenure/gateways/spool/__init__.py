"""A folder of texts to be sent: one file a message, taken away by whoever sends it (smstools).

Read wire (a message as a file), server.
"""
