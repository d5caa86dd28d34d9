# One image for web, worker and beat; compose.yaml says which is which.
FROM debian:12-slim

RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends \
    python3 python3-venv ca-certificates libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY bin/_setup.sh bin/manage bin/
COPY requirements/ requirements/
ENV VENV_DIR=/opt/venv
RUN sh -c 'ROOT=/app; . bin/_setup.sh; need_packages run' && rm -rf /opt/venv.tools

COPY . .
ENV DATA_DIR=/data STATIC_MANIFEST=True PYTHONUNBUFFERED=1
RUN bin/manage build_fonts --verbosity 0 \
 && bin/manage collectstatic --noinput --verbosity 0 \
 && rm -f /data/secret_key \
 && useradd --system --home-dir /data manifesto \
 && chown -R manifesto /data
USER manifesto
VOLUME /data/media
EXPOSE 8000
CMD ["/opt/venv/bin/gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
