"""What the templates of this app need that Django does not have."""
