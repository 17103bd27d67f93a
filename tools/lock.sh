#!/bin/sh
# Resolve the locked versions anew, for every platform and Python from 3.11 on. Needs uv.
set -eu
cd "$(dirname "$0")/.."
lock() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}
lock lock/build.in --output-file lock/build.txt
lock pyproject.toml --output-file lock/runtime.txt
lock lock/dev.in --constraint lock/runtime.txt --output-file lock/dev.txt
lock lock/smoke.in --constraint lock/dev.txt --output-file lock/smoke.txt
lock lock/engines.in --constraint lock/runtime.txt --constraint lock/dev.txt --output-file lock/engines.txt
lock lock/docs.in --output-file lock/docs.txt
