"""The home location register: what the network believes about a number (osmo-hlr, CTRL and VTY).

The network is a relying party: it believes what the witnessed record proves, not what a table says.
Read wire (octets), session (who may say what when), translate (what is wanted, and whether it is
proven), server (sockets, and the work as it comes).
"""
