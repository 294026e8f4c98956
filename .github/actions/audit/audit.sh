#!/usr/bin/env bash
# Runs `dock2edge audit` with the action's inputs, which are the variables INPUT_*. Installs dock2edge unless INPUT_BINARY
# names one. The exit status is that of the audit, also as the output exit-code.
set -euo pipefail

binary=${INPUT_BINARY:-}
if [[ -z $binary ]]; then
  bin=$(mktemp -d)
  # The parsers are C: a C compiler has to be there, as it is on GitHub's own runners.
  GOBIN=$bin CGO_ENABLED=1 go install "github.com/dock2edge/dock2edge/cmd/dock2edge@${INPUT_VERSION:-latest}"
  binary=$bin/dock2edge
fi

arguments=(audit "${INPUT_PATH:-.}" --format "${INPUT_FORMAT:-github}" --fail-on "${INPUT_FAIL_ON:-blocker}")
if [[ -n ${INPUT_SARIF_FILE:-} ]]; then
  arguments+=(-o "sarif=$INPUT_SARIF_FILE")
fi
if [[ ${INPUT_SUMMARY:-true} == true && -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  arguments+=(-o "markdown=$GITHUB_STEP_SUMMARY")
fi
if [[ ${INPUT_ALL_FILES:-false} == true ]]; then
  arguments+=(--all-files)
fi

status=0
"$binary" "${arguments[@]}" || status=$?
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  echo "exit-code=$status" >> "$GITHUB_OUTPUT"
fi
exit "$status"
