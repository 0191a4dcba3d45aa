"""One module for each way of running: development, testing, production. `base` is shared."""
