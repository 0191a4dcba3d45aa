"""Only when REPAIR_DEMO=1: a clock that can be moved, its bar, and two people to try it with."""
