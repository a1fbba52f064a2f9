# The suite as an image: its options are those of the command.
#
#   docker build --tag conformance .
#   docker run --rm --network host --user "$(id -u):$(id -g)" --volume "$PWD:/work" --env MY_KEY conformance \
#       --base-url http://127.0.0.1:8080/v1 --model my-model --api-key-env MY_KEY
#
# The reports are in ./reports then, and belong to who ran it. The base is python:3.12-slim of 2026-10 (3.12.15, Debian
# trixie) by the digest of its list of platforms; `docker buildx imagetools inspect python:3.12-slim` tells the newest.

FROM python:3.12-slim@sha256:dddfd7e07f9d15aeeca61529320492139d21cac7f0070c00609243e51e4e0016 AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/conformance
COPY requirements/conformance.txt /build/requirements/
RUN /opt/conformance/bin/python -m pip install --require-hashes --requirement /build/requirements/conformance.txt
COPY pyproject.toml README.md LICENSE /build/
COPY requirements/allure.txt /build/requirements/
COPY requirements/servers /build/requirements/servers
COPY conformance /build/conformance
# Other platforms may have no compiled wheel; whatever was compiled here, the environment alone goes on.
RUN /opt/conformance/bin/python -m pip install --no-deps --no-build-isolation /build

FROM python:3.12-slim@sha256:dddfd7e07f9d15aeeca61529320492139d21cac7f0070c00609243e51e4e0016
COPY --from=build /opt/conformance /opt/conformance
# Whoever `--user` names has no home here, and writes nothing outside of /work and /tmp.
ENV PATH=/opt/conformance/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --no-create-home --home-dir /tmp conformance && install --directory --owner conformance /work
WORKDIR /work
USER 10001
ENTRYPOINT ["conformance"]
