"""How it feels: check-ins before and after, private reflections."""
