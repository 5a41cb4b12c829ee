#!/usr/bin/env bash
# Pin every dependency with its hashes, for every Python and platform we run on: make lock.
set -euo pipefail
cd "$(dirname "$0")/.."
pins=(--universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet
      --index-strategy unsafe-best-match "$@")

echo "# What Tenure runs with. Made by make lock from pyproject.toml; do not edit." > requirements.lock.new
uv pip compile "${pins[@]}" pyproject.toml >> requirements.lock.new
mv requirements.lock.new requirements.lock
echo "# What make check needs besides. Made by make lock from pyproject.toml; do not edit." > requirements-dev.lock.new
uv pip compile "${pins[@]}" --constraints requirements.lock --group pyproject.toml:dev >> requirements-dev.lock.new
mv requirements-dev.lock.new requirements-dev.lock
echo "# What make fuzz needs besides. Made by make lock from pyproject.toml; do not edit." > requirements-fuzz.lock.new
uv pip compile "${pins[@]}" --group pyproject.toml:fuzz >> requirements-fuzz.lock.new
mv requirements-fuzz.lock.new requirements-fuzz.lock
