"""What is allowed: limits, proposals, agreements, pauses, windows, the record."""
