"""Those who sign a tree outside of the database: our own signer, and the witnesses.

Read wire (a request of tlog-witness), translate (what is answered, what may be signed), server.
"""
