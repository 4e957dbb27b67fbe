# Python 3.11, as in metadata.yaml. Any other base needs Python 3.10 to 3.13 with pip, and a shell.
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.0.2@sha256:9fdb1888c4264cf6fee473649ecb593f56f58e5d0096a87ee0b231777e2e3e73

FROM ${BASE_IMAGE} AS builder
USER root
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# The locked packages, checked against their hashes: a layer that lasts until poetry.lock changes.
COPY poetry.lock ./
COPY tools/locked_requirements.py tools/
RUN python tools/locked_requirements.py main > requirements.txt \
    && python tools/locked_requirements.py dev --only poetry-core > requirements-build.txt \
    && python -m venv --without-pip /opt/source-aws-iam \
    && python -m pip --python /opt/source-aws-iam/bin/python install \
        --require-hashes --no-deps --only-binary :all: -r requirements.txt \
    && python -m venv --without-pip /opt/build \
    && python -m pip --python /opt/build/bin/python install \
        --require-hashes --no-deps --only-binary :all: -r requirements-build.txt

# The connector: built with the locked build tool, in an environment that does not reach the image.
COPY pyproject.toml README.md LICENSE ./
COPY source_aws_iam source_aws_iam
COPY aws_calls aws_calls
RUN python -m pip --python /opt/build/bin/python wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && python -m pip --python /opt/source-aws-iam/bin/python install --no-deps --no-index dist/*.whl

FROM ${BASE_IMAGE}
USER root

# Airbyte's base images bring this user and this folder; on another base they are made here.
RUN if ! id airbyte > /dev/null 2>&1; then useradd --uid 1000 --create-home --shell /bin/sh airbyte; fi \
    && mkdir -p /airbyte/integration_code \
    && chown airbyte:airbyte /airbyte /airbyte/integration_code

COPY --from=builder /opt/source-aws-iam /opt/source-aws-iam

ENV PATH="/opt/source-aws-iam/bin:${PATH}" \
    PYTHONUNBUFFERED=1 \
    AIRBYTE_ENTRYPOINT="/opt/source-aws-iam/bin/source-aws-iam"

LABEL org.opencontainers.image.title="source-aws-iam" \
      org.opencontainers.image.description="Airbyte source for AWS IAM and CloudTrail" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.documentation="https://docs.airbyte.com/integrations/sources/aws-iam" \
      io.airbyte.name="airbyte/source-aws-iam" \
      io.airbyte.version="0.1.0"

USER airbyte
WORKDIR /airbyte/integration_code
ENTRYPOINT ["/opt/source-aws-iam/bin/source-aws-iam"]
