"""For the tests of boundaries."""

from hypothesis import settings

# Other tests run beside these, on few cores: how long one example takes says nothing.
settings.register_profile("repair", deadline=None, print_blob=True)
settings.load_profile("repair")
