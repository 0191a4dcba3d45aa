"""For the tests of boundaries."""

import os

from hypothesis import settings

LAWS = int(os.environ.get("LAWS", "30"))
"""With how many cases each law is tried; `make prove` tries more."""

# Other tests run beside these, on few cores: how long one example takes says nothing.
settings.register_profile("repair", max_examples=LAWS, deadline=None, print_blob=True)
settings.load_profile("repair")
