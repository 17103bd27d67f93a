# docker build -t pipeline . && docker run --rm -v "$PWD:/data" pipeline clean pages/ out/
FROM python:3.13-slim AS build
WORKDIR /src
RUN apt-get update -q && apt-get install -q -y --no-install-recommends gcc libc6-dev
COPY lock/build.txt lock/runtime.txt lock/
RUN python -m venv /opt/pipeline \
 && /opt/pipeline/bin/python -m pip install --no-cache-dir --require-hashes -r lock/build.txt -r lock/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY pipeline pipeline
RUN /opt/pipeline/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
COPY --from=build /opt/pipeline /opt/pipeline
RUN useradd --create-home user
USER user
WORKDIR /data
ENTRYPOINT ["/opt/pipeline/bin/pipeline"]
