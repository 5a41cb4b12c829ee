"""Recipients: they are told what changes, by a file or a POST, and sign that it is done."""
