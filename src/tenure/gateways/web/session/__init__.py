"""Who may say what when: cookies, tokens of forms, links, and how often somebody may try; pure."""
