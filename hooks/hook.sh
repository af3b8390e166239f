#!/bin/sh
# lazyspec-hooks: refuses changes to documents that you have not claimed.
# Installed by `lazyspec-hooks install`, removed by `lazyspec-hooks uninstall`.
# git calls it by the name of the hook, at the top of the work tree. Hook managers call the files
# beside it, which lend it their names.

hook=${0##*/}
hook=${hook%.before-lazyspec} # an older or edited copy of this, kept as a hook that was here before
hook=${hook%.legacy} # as pre-commit and prek rename a hook that was there before theirs

shared= # whether two are to read what git says on stdin: which refs are pushed
pushed=
lazyspec_run() {
  if [ -z "$shared" ]; then
    "$@"
  elif [ -n "$pushed" ]; then
    printf '%s\n' "$pushed" 2>/dev/null | "$@" # who does not read it breaks nothing
  else
    "$@" </dev/null
  fi
}

# 1. A hook that was here before us keeps its place in front.
if [ -f "$0.before-lazyspec" ] && [ -x "$0.before-lazyspec" ]; then
  if [ "$hook" = pre-push ]; then
    pushed=$(cat) || exit
    shared=yes
  fi
  lazyspec_run "$0.before-lazyspec" "$@" || exit
fi

[ "${LAZYSPEC_HOOKS-}" = 0 ] && exit 0

# 2. Nothing governed is staged: done, without starting Node. Decided from what install wrote
#    down, if the configuration is still the same; whenever anything is odd, Node decides. In a
#    merge, what differs from every parent differs from HEAD. What is pushed only Node can tell.
#    What was claimed here passes, if nothing has changed but what is in the files: the remote is
#    asked whether the leases are still those.
#    After a commit it is what the commit has changed. What a rebase makes anew is no new work.
own=${GIT_DIR:-.git}
if [ -f "$own" ]; then # `git worktree add` tells its hook nothing
  IFS= read -r own <"$own"
  own=${own#gitdir: }
fi
common=${GIT_COMMON_DIR:-$own}
if [ -f "$common/commondir" ]; then
  IFS= read -r main <"$common/commondir"
  case $main in /*) common=$main ;; *) common=$common/$main ;; esac
fi
case $hook in
pre-commit | commit-msg) act=commit ;;
pre-merge-commit) act=merge ;;
post-*) act=after ;;
*) act=push ;;
esac
if [ "$hook" = post-commit ]; then
  for replayed in rebase-merge rebase-apply sequencer; do
    [ ! -d "$own/$replayed" ] || exit 0
  done
  unset GIT_INDEX_FILE # one that is gone as soon as the commit is made
fi
# Whether a checkout or merge has written no file of a document since it was noted which are read-only.
lazyspec_unwritten() {
  noted=$common/lazyspec/read-only-${own##*/}
  known=$(lazyspec_governed git -c core.quotePath=false ls-files 2>&1) && [ -r "$noted" ] || return 1
  left=2000 # for more than these Node is faster
  while IFS= read -r path; do
    [ $((left -= 1)) -ge 0 ] || return 1
    case $path in \"*) return 1 ;; esac # another name than this
    # shellcheck disable=SC3013 # POSIX since 2024, and in every sh long before
    [ ! -e "$path" ] || [ "$path" -ot "$noted" ] || return 1
  done <<EOF
$known
EOF
}
if [ "$act" != push ] && [ -r "$common/lazyspec/governed.sh" ]; then
  # With these set our pathspecs would mean something else.
  unset GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS
  . "$common/lazyspec/governed.sh"
  if [ "$act" = after ] && [ "$hook" != post-commit ]; then
    lazyspec_unchanged "$common/lazyspec" && lazyspec_unwritten && exit 0
  elif [ "$act" = after ]; then
    if lazyspec_unchanged "$common/lazyspec" && made=$(lazyspec_governed \
      git diff-tree -r -c --root --name-only --no-ext-diff --ignore-submodules=none HEAD 2>&1); then
      [ -n "$made" ] || exit 0
      set -- "${made%%
*}" # the commit: when Node looks there may be another
    fi
  # A git that says anything but names of files did not do what it was asked.
  elif lazyspec_unchanged "$common/lazyspec" && staged=$(lazyspec_governed \
    git diff-index --cached --name-status --no-renames --no-ext-diff \
    --ignore-submodules=none --ita-invisible-in-index HEAD 2>&1); then
    if [ -z "$staged" ]; then
      [ "$hook" = commit-msg ] || exit 0
      # Where HEAD is amended its own change counts: the new commit has the time of its author.
      case ${GIT_AUTHOR_DATE-} in
      "@$(git rev-list -1 --no-commit-header --format=%at HEAD 2>&1) "*) ;;
      *) exit 0 ;;
      esac
    fi
    passed=$common/lazyspec/passed-${own##*/}.sh
    if [ "$hook" = pre-commit ] && [ -r "$passed" ] && [ ! -e "$own/MERGE_HEAD" ] &&
      [ -z "${LAZYSPEC_PROBE-}" ]; then
      . "$passed"
      lazyspec_passes "$staged" && exit 0
    fi
  fi
fi

# 3. Find Node and the program. A graphical client may not have Node on its PATH: install wrote
#    down where it was, and ~/.config/lazyspec/init.sh may set PATH.
init=${XDG_CONFIG_HOME:-${HOME-}/.config}/lazyspec/init.sh
[ -f "$init" ] && . "$init"
lazyspec_node=
lazyspec_program=
[ -r "$common/lazyspec/program.sh" ] && . "$common/lazyspec/program.sh"
[ -x "$lazyspec_node" ] || lazyspec_node=$(command -v node)
beside= # in the package itself, where a hook manager calls it
[ -f "${0%/*}/hook.sh" ] && beside=${0%/*}/../dist/hooks.js
start() {
  if [ "$act" = after ] && [ "$hook" != post-commit ]; then
    "$@" # the exit status of post-checkout would be that of git
    exit 0
  fi
  if [ "$act" = after ]; then
    # Nobody waits for it: not git, nor who reads to its end what git says, nor the terminal.
    trap '' HUP # which comes where the terminal goes before there is a session of its own
    command -v setsid >/dev/null 2>&1 && set -- setsid "$@"
    "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    exit 0
  fi
  [ -n "$shared" ] || exec "$@"
  lazyspec_run "$@"
  exit
}
if [ -n "$lazyspec_node" ]; then
  for program in "$lazyspec_program" node_modules/lazyspec-hooks/dist/hooks.js "$beside"; do
    [ -f "$program" ] && start "$lazyspec_node" "$program" run "$hook" "$@"
  done
  command -v lazyspec-hooks >/dev/null 2>&1 && start lazyspec-hooks run "$hook" "$@"
fi

# 4. What enforces must not fail open. A trailer enforces nothing, and what is done already is.
[ "$act" = after ] && exit 0
missing=Node
[ -n "$lazyspec_node" ] && missing="the program"
if [ "$hook" = commit-msg ]; then
  echo "lazyspec-hooks: $missing was not found, so this commit has no Lazyspec-Agent trailer" >&2
  exit 0
fi
echo "lazyspec-hooks: $missing was not found, so this $act is refused. Install: npm i -D lazyspec-hooks && npx lazyspec-hooks install" >&2
echo "lazyspec-hooks: to skip this check once: LAZYSPEC_HOOKS=0 git $act ..." >&2
exit 1
