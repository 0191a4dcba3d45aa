"""The exhaustive exploration of consent: every sequence of acts on a small domain.

`python -m tests.explorer --depth 8` (or `make explore`) walks through all that two persons and time
can do from a new pair on, and asks of every state whether something is so that must not be.

domain:      the few terms, limits and instants
model:       a pair as one hashable value, and what each act writes in it
apart:       the same for times apart
memory:      what somebody would remember who watched the acts and never read the model
invariants:  what must hold, each a small function; invariants_apart: of times apart
quotient:    which states are the same for every rule
walk:        the search, breadth first
swift:       the rules' answers kept, since the walk asks the same again and again
breaking:    what the tests that break rules share
"""
