"""What is allowed: the rules, and what changes."""
