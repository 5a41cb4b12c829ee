"""Messages to what charging is asked, and its answers to messages: tables, no decisions."""
