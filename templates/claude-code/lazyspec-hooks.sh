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
  [ -r "$common/lazyspec/program.sh" ] && . "$common/lazyspec/program.sh"
fi
[ -x "$lazyspec_node" ] || lazyspec_node=$(command -v node)
if [ -n "$lazyspec_node" ]; then
  for program in "$lazyspec_program" "$project/node_modules/lazyspec-hooks/dist/hooks.js"; do
    [ -f "$program" ] && exec "$lazyspec_node" "$program" agent "$@"
  done
  command -v lazyspec-hooks >/dev/null 2>&1 && exec lazyspec-hooks agent "$@"
fi

# 2. What enforces must not fail open; what does not, holds nobody up.
[ "${1-}" = before-edit ] || exit 0
missing=Node
[ -n "$lazyspec_node" ] && missing="the program"
echo "lazyspec-hooks: $missing was not found, so this edit is refused. Install: npm install && npx lazyspec-hooks install" >&2
echo "lazyspec-hooks: a person can skip this check: LAZYSPEC_HOOKS=0 in the agent's environment" >&2
exit 2
