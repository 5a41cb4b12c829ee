"""Where the world comes in: one folder for each protocol; gateways never know each other."""
