# syntax=docker/dockerfile:1

# The packages are installed in a first stage, from the locked list, so that the image that runs has no pip cache.
FROM python:3.13-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /gatescope
COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/python -m pip install --require-hashes --requirement requirements.txt

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Gatescope" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.description="Watch the gates of a trained LSTM, step by step." \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/gatescope/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    GATESCOPE_HOST=0.0.0.0 GATESCOPE_PORT=8000 GATESCOPE_LOG_REQUESTS=true \
    GATESCOPE_MAX_STREAMS=500 GATESCOPE_MAX_DOCUMENT_NUMBERS=3000000 GATESCOPE_MAX_BODIES_BYTES=16000000
WORKDIR /gatescope
COPY --from=packages /gatescope/.venv .venv
COPY LICENSE pyproject.toml ./
COPY lstm lstm
COPY templates templates
COPY static static
COPY app app

# A number, so that an orchestrator can see that it is not root. Nothing in the image is writable to it.
USER 10001:10001
EXPOSE 8000
# No --start-interval: Debian's buildah does not know it.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s CMD ["python", "-c", "\
import os, urllib.request; \
urllib.request.urlopen('http://127.0.0.1:%s/healthz' % os.environ['GATESCOPE_PORT'], timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "app"]
