"""What is measured, each in one run with its measure: see bench/README.md."""
