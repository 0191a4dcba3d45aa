"""Whether web, database and worker are up."""
