"""Who: persons, pairs, codes, and who may open which page."""
