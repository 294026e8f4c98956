#!/bin/sh
set -e

export DATA_DIR="${DATA_DIR:-/srv/data}"
mkdir -p "$DATA_DIR"

exec "$@"
