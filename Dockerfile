FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=repair.settings.production

RUN useradd --system --create-home --uid 10001 repair
WORKDIR /app

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt

COPY . .
# Collecting static files reads the settings but no secret: these values are used for nothing else.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    REPAIR_KEYS="1:$(python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')" \
    REPAIR_HOSTS=localhost EMAIL_URL=console:// REPAIR_MAIL_FROM=nobody@localhost \
    DATABASE_URL=sqlite:////tmp/none \
    python manage.py collectstatic --no-input \
    && mkdir -p var && chown repair var

USER repair
EXPOSE 8000
CMD ["uvicorn", "repair.asgi:application", "--host=0.0.0.0", "--port=8000", "--lifespan=off", \
     "--no-access-log", "--no-proxy-headers", "--timeout-graceful-shutdown=10"]
