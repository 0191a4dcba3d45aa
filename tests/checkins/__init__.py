"""Check-ins, rounds and reflections."""
