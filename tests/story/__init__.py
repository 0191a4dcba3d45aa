"""The whole promise, end to end: two people, real processes, and a clock that a page moves."""
