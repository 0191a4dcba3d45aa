"""What an ASGI server runs."""

import gc
import os
import warnings

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repair.settings.production")
CONNECTIONS = 40
os.environ["DATABASE_CONNECTIONS"] = os.environ.get("DATABASE_CONNECTIONS") or str(CONNECTIONS)

# How many requests are answered at once, see repair.turns: of one session as many as browsers open
# to one site; and in all so many that the last connections are left for pauses, and for streams.
OF_ONE, LEFT_FREE = 6, 10

# WhiteNoise answers with an open file, which Django then reads as a whole in a thread. For style
# sheets and scripts, which is all that it serves, nothing is wrong with that.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")

django = get_asgi_application()

# Models can be imported only now.
from conversations.hub import Hub  # noqa: E402
from conversations.streams import with_streams  # noqa: E402
from repair import keys  # noqa: E402
from repair.bodies import with_limit  # noqa: E402
from repair.settings import env  # noqa: E402
from repair.turns import in_turns  # noqa: E402

keys.check()
# What was loaded so far stays for as long as the process lives. To look through it for circular
# garbage again and again held up whoever was waiting for words, for tens of milliseconds.
gc.collect()
gc.freeze()
in_all = max(1, (env.number("DATABASE_CONNECTIONS", default=0) or CONNECTIONS) - LEFT_FREE)
application = with_limit(
    with_streams(in_turns(django, of_one=OF_ONE, in_all=in_all), Hub().hold),
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
)
