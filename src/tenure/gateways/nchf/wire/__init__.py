"""What stands on the wire: messages, how they are read, and the opaque reference in a URL."""
