#!/bin/sh
# lazyspec-hooks: refuses a coding agent's edits of documents that it has not claimed.
# Written by `lazyspec-hooks install --agent claude-code`, removed by `lazyspec-hooks uninstall`.
# Usage: lazyspec-hooks.sh session-start|before-edit|after-tool|session-end [options], with what
# the agent tells its hooks on stdin.

[ "${LAZYSPEC_HOOKS-}" = 0 ] && exit 0

# 1. Find Node and the program: what install wrote down is there for all work trees of the clone.
project=${CLAUDE_PROJECT_DIR:-.}
lazyspec_node=
lazyspec_program=
if common=$(git -C "$project" rev-parse --path-format=absolute --git-common-dir 2>/dev/null); then
  # A file that is no shell (any more) would end this shell.
  [ -r "$common/lazyspec/program.sh" ] && command . "$common/lazyspec/program.sh" 2>/dev/null
fi
[ -f "$lazyspec_node" ] && [ -x "$lazyspec_node" ] || lazyspec_node=$(command -v node)

# The program ends with its verdict and 100 more: an empty file, or one that was cut off, ends with 0
# or 1 as well. A Node that is too old says so, with 2 or 3. Returns where there was no verdict.
start() {
  "$@"
  status=$?
  case $status in
  2 | 3) exit "$status" ;;
  10[0-4] | 170 | 2[0-9][0-9]) exit $((status - 100)) ;;
  esac
  problem="the program gave no answer (exit status $status)"
}
problem="Node was not found"
if [ -n "$lazyspec_node" ]; then
  problem="the program was not found"
  for program in "$lazyspec_program" "$project/node_modules/lazyspec-hooks/dist/hooks.js"; do
    [ ! -f "$program" ] || break
  done
  if [ -f "$program" ]; then
    start "$lazyspec_node" "$program" --verdict agent "$@"
  elif program=$(command -v lazyspec-hooks); then
    start "$program" --verdict agent "$@"
  fi
fi

# 2. What enforces must not fail open; what does not, holds nobody up.
remedy="Install: npm install && npx lazyspec-hooks install"
[ -z "${status-}" ] || remedy="It may be damaged. Install it again, such as with npm ci: $program"
case ${1-} in
before-edit) ;;
*)
  [ -z "${status-}" ] || echo "lazyspec-hooks: $problem. $remedy" # the model reads it at the start
  exit 0
  ;;
esac
echo "lazyspec-hooks: $problem, so this edit is refused. $remedy" >&2
echo "lazyspec-hooks: a person can skip this check: LAZYSPEC_HOOKS=0 in the agent's environment" >&2
exit 2
