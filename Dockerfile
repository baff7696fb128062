# syntax=docker/dockerfile:1
# One image for every process: web server, worker, migrations and the terminal's words.
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/srv/gesuibo/.venv
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /srv/gesuibo
# The environment changes seldom, so it has a layer of its own.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev
COPY . .
RUN python -m compileall -q app service mobile_api importers

FROM python:${PYTHON}
# pg_dump and pg_restore for backups, a Japanese font and Pango for PDF files.
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /var/lib/gesuibo --create-home gesuibo
WORKDIR /srv/gesuibo
COPY --from=build /srv/gesuibo /srv/gesuibo
ENV PATH=/srv/gesuibo/.venv/bin:$PATH \
    PYTHONPATH=/srv/gesuibo \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GESUIBO_STATE_DIR=/var/lib/gesuibo \
    GESUIBO_PORT=8000
USER gesuibo
VOLUME /var/lib/gesuibo
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import sys; from app.processes import is_ready; sys.exit(not is_ready('http://127.0.0.1:8000'))"]
ENTRYPOINT ["python", "-P", "-m", "app.cli"]
CMD ["serve", "--host", "0.0.0.0", "--proxy", "*"]
