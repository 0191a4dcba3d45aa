"""What pages of other apps show of check-ins."""
