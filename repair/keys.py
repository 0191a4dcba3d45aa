"""Web server and worker do not start with keys that do not open what is in the database.

Both ask when they load the project, and so does `manage.py start`. A web server with several
workers starts each anew that ends so, without an end; so `manage.py check_keys` asks before it.
Beat and the other commands open no words and ask nothing.
"""

from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection

from accounts import keys
from repair.settings import env


def check() -> None:
    """End the start with one line if the host's keys are not those of this database.

    In a thread of its own, since a web server imports the project in its event loop. Where the
    database does not answer, or has no tables yet, there is nothing to check; /healthz says so.
    """
    with ThreadPoolExecutor(1) as thread:
        if not thread.submit(_fit).result():
            env.fail(
                "REPAIR_KEYS does not open the keys of this database. Set it to the keys with "
                "which its words were sealed, the present one first."
            )


def _fit() -> bool:
    try:
        return keys.fit()
    except DatabaseError:
        return True
    finally:
        connection.close()
