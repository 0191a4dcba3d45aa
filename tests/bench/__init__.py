"""How fast Repair is, beside a floor in the same run: `make bench`."""
