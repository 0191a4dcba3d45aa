"""What a WSGI server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "repair.settings.production")

application = get_wsgi_application()

# Models can be imported only now.
from repair import keys  # noqa: E402

keys.check()
