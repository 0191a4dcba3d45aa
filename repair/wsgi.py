"""What a WSGI server runs."""

import os

from django.core.wsgi import get_wsgi_application

from repair.whole import Whole

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repair.settings.production")

application = Whole(get_wsgi_application())

# Models can be imported only now.
from repair import keys  # noqa: E402

keys.check()
