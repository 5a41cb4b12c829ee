"""Who may say what when: control (many questions by number), terminal (one command at a time)."""
