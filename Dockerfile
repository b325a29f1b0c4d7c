# One image for the API, the Dagster daemon and its UI; compose.yaml runs each from it.
FROM python:3.12-slim AS environment
WORKDIR /srv/spool
COPY pyproject.toml requirements.lock README.md ./
COPY scripts/setup scripts/apt-install scripts/
COPY api api
COPY models models
COPY pipelines pipelines
COPY reports reports
COPY warehouse warehouse
RUN scripts/setup

FROM python:3.12-slim
WORKDIR /srv/spool
COPY scripts/apt-install scripts/
RUN scripts/apt-install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
RUN useradd --system --create-home --uid 10001 spool && install -d -o spool /data
COPY --from=environment /srv/spool /srv/spool
COPY dagster.yaml workspace.yaml alembic.ini ./
USER spool
ENV SPOOL_HOME=/data PATH=/srv/spool/.venv/bin:$PATH PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8004
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8004/health')"]
CMD ["spool", "serve", "--host", "0.0.0.0", "--port", "8004"]
