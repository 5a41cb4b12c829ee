"""Text messages over SMPP 3.4: we bind to message centres, and content providers bind to us.

Read wire (octets, alphabets, parts), session (who may say what when), translate (a notice to
messages, a message to words, receipts to deliveries), server (sockets, time, and the work).
"""
