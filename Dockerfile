# One image for web, worker and beat; compose.yaml says which is which.
# docs/operations.md tells how to name the base by its digest.
ARG BASE_IMAGE=debian:12.11-slim
FROM ${BASE_IMAGE}

RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends \
    python3 python3-venv ca-certificates libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY bin/_setup.sh bin/manage bin/
COPY requirements/ requirements/
ENV VENV_DIR=/opt/venv
# The installer and what it has downloaded are needed once, and stay out of the image.
RUN UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1 sh -c 'ROOT=/app; . bin/_setup.sh; need_packages run' \
 && rm -rf /opt/venv.tools ~/.cache

COPY . .
# XDG_CACHE_HOME: where the lists of fonts are kept, since a container is read-only elsewhere.
ENV DATA_DIR=/data STATIC_MANIFEST=True PYTHONUNBUFFERED=1 XDG_CACHE_HOME=/tmp
# The folder of uploads is its user's before it becomes a volume: made by the volume, it would be root's. What the image
# brings (code, packages, fonts, static files) stays root's, so that nothing that serves can change it.
RUN bin/manage build_fonts --verbosity 0 \
 && bin/manage collectstatic --noinput --verbosity 0 \
 && rm -rf /data/secret_key /data/broker \
 && useradd --system --uid 10001 --home-dir /data manifesto \
 && mkdir -p /data/media \
 && chown manifesto /data /data/media
USER manifesto
VOLUME /data/media
EXPOSE 8000
CMD ["/opt/venv/bin/gunicorn", "--config", "config/gunicorn.py", "--bind", "0.0.0.0:8000", "config.wsgi"]
