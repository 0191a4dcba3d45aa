"""What is said: letters, release, notices."""
