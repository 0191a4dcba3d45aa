"""What stories ask for."""

import pytest

from tests import stack
from tests.story.parts import in_parts

ON_SQLITE = pytest.param("sqlite", marks=[pytest.mark.once, pytest.mark.proof])
ON_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=[ON_SQLITE, ON_POSTGRESQL])
def parts(request, tmp_path):
    """The demo, with its web and worker apart."""
    if request.param == "sqlite":
        with in_parts(tmp_path) as running:
            yield running
    else:
        with (
            stack.own_database() as database,
            stack.own_redis() as redis,
            in_parts(tmp_path, DATABASE_URL=database, REDIS_URL=redis) as running,
        ):
            yield running
