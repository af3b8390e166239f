#!/bin/sh
# Runs a coding agent that has no hooks of its own, while it holds leases on some documents:
#
#   LAZYSPEC_AGENT_ID=agent-7 sh agent.sh "RFC-001 RFC-002" <command> [args...]
#
# Ends with the status of the agent, or that of a claim that was refused.

: "${LAZYSPEC_AGENT_ID:?is to name this agent, and no other}"
documents=${1:?"usage: agent.sh <documents> <command> [args...]"}
shift

lease() {
  # Words: each is an id, or a path without spaces.
  # shellcheck disable=SC2086
  npx --no-install lazyspec-lease --verdict "$@" $documents
  status=$?
  # Its verdict and 100 more: an empty file ends with 0 as well. A Node that is too old ends with 3.
  case $status in
  3) return "$status" ;;
  10[0-4] | 170 | 2[0-9][0-9]) return $((status - 100)) ;;
  esac
  echo "lazyspec-lease gave no answer (exit status $status). It may be damaged. Install it again, such as with: npm ci" >&2
  return 1
}

lease claim || exit

(
  trap 'kill "$rest" 2>/dev/null' EXIT
  trap 'exit' TERM
  while :; do
    sleep "${LAZYSPEC_HEARTBEAT:-300}" >/dev/null 2>&1 &
    rest=$!
    wait "$rest"
    lease heartbeat --quiet
  done
) &
heartbeat=$!

# Whatever becomes of the agent, nobody is to wait for what it held.
trap 'kill "$heartbeat"; wait "$heartbeat"; lease release --quiet' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$@"
