"""What is said: letters, release, envelopes, notices."""
