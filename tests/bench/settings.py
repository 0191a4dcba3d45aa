"""As on one's own machine, with a clock that can be moved to just before a conversation opens.

Conversations open at whole minutes; to wait for ten of them would take ten minutes.
"""

from repair.settings.development import *  # noqa: F403

REPAIR_CLOCK = "tests.bench.moved.now"
