"""What templates of this app can load."""
