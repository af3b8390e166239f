#!/bin/sh
# lazyspec-hooks: refuses changes to documents that you have not claimed.
# Installed by `lazyspec-hooks install`, removed by `lazyspec-hooks uninstall`.
# git calls it by the name of the hook, at the top of the work tree. Hook managers call the files
# beside it, which lend it their names.

hook=${0##*/}
hook=${hook%.legacy}          # as pre-commit and prek call a hook that was here before
hook=${hook%.before-lazyspec} # an older or edited copy of this, kept as a hook that was here before

lazyspec_pushed= # what git says on stdin: which refs are pushed. Several read it
lazyspec_run() {
  if [ "$hook" != pre-push ]; then
    "$@"
  elif [ -n "$lazyspec_pushed" ]; then
    printf '%s\n' "$lazyspec_pushed" 2>/dev/null | "$@" # who does not read it breaks nothing
  else
    "$@" </dev/null
  fi
}
if [ "$hook" = pre-push ]; then
  lazyspec_pushed=$(cat) || exit
fi

# In a shell of its own: where we pass, lines that follow below run as if we were not here.
(
# 1. A hook that was here before us keeps its place in front.
kept=${0%.legacy}.before-lazyspec
if [ -f "$kept" ] && [ -x "$kept" ]; then
  lazyspec_run "$kept" "$@" || exit
fi

[ "${LAZYSPEC_HOOKS-}" = 0 ] && exit 0

# 2. Nothing governed is staged: done, without starting Node. Decided from what install wrote
#    down, if HEAD still has that configuration; whenever anything is odd, Node decides. In a
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
# What git says of governed files, and of the configuration, while another git says which one HEAD
# has. Fails where that is another than was written down, and where either says anything odd.
lazyspec_asked() {
  said=$(
    lazyspec_head 2>&1 &
    lazyspec_governed exec "$@" 2>&1
  ) || return # once both have said all: they write to the same pipe
  case $said in
  "$lazyspec_at_head") said= ;;
  "$lazyspec_at_head$newline"*) said=${said#"$lazyspec_at_head$newline"} ;;
  *"$newline$lazyspec_at_head") said=${said%"$newline$lazyspec_at_head"} ;;
  *) return 1 ;;
  esac
  lazyspec_here "$common/lazyspec"
}
newline='
'
# Whether a checkout or merge has written no file of a document since it was noted which are read-only.
lazyspec_unwritten() {
  noted=$common/lazyspec/read-only-${own##*/}
  lazyspec_asked git -c core.quotePath=false ls-files && [ -r "$noted" ] || return 1
  left=2000 # for more than these Node is faster
  while IFS= read -r path; do
    [ $((left -= 1)) -ge 0 ] || return 1
    case $path in \"*) return 1 ;; esac # another name than this
    # shellcheck disable=SC3013 # POSIX since 2024, and in every sh long before
    [ ! -e "$path" ] || [ "$path" -ot "$noted" ] || return 1
  done <<EOF
$said
EOF
}
# With these set our pathspecs would mean something else.
unset GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS
if [ "$act" != push ] && [ -r "$common/lazyspec/governed.sh" ]; then
  lazyspec_at_head=
  . "$common/lazyspec/governed.sh"
  if [ "$act" = after ] && [ "$hook" != post-commit ]; then
    lazyspec_unwritten && exit 0
  elif [ "$act" = after ]; then
    if lazyspec_asked \
      git diff-tree -r -c --root --name-only --no-ext-diff --ignore-submodules=none HEAD; then
      [ -n "$said" ] || exit 0
      set -- "${said%%"$newline"*}" # the commit: when Node looks there may be another
    fi
  # A git that says anything but names of files did not do what it was asked.
  elif lazyspec_asked git diff-index --cached --name-status --no-renames --no-ext-diff \
    --ignore-submodules=none --ita-invisible-in-index HEAD; then
    if [ -z "$said" ]; then
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
      lazyspec_passes "$said" && exit 0
    fi
  fi
fi

# 3. Find Node and the program. A graphical client may not have Node on its PATH: install wrote
#    down where it was, and ~/.config/lazyspec/init.sh may set PATH.
init=${XDG_CONFIG_HOME:-${HOME-}/.config}/lazyspec/init.sh
[ -f "$init" ] && . "$init"
lazyspec_node=
lazyspec_program=
for noted in "$common/lazyspec" "$common/refs/../lazyspec"; do # git-new-workdir links refs
  [ -r "$noted/program.sh" ] && . "$noted/program.sh" && break
done
# Whether a Node is older than 20.17, with which the program only says so and ends with 3.
lazyspec_is_old() {
  version=$("$1" --version 2>/dev/null) || return 0
  minor=${version#*.}
  version=${version#v}
  [ "${version%%.*}" -lt 20 ] || { [ "${version%%.*}" -eq 20 ] && [ "${minor%%.*}" -lt 17 ]; }
} 2>/dev/null
# The first Node on PATH that is not too old. Asking takes time: not where there is no choice.
lazyspec_on_path() (
  set -f --
  IFS=:
  for folder in $PATH; do
    [ -f "$folder/node" ] && [ -x "$folder/node" ] || continue
    # shellcheck disable=SC3013 # as above
    [ "$folder/node" -ef "$1" ] || set -- "$@" "$folder/node"
  done
  while [ $# -gt 1 ] && lazyspec_is_old "$1"; do shift; done
  printf '%s' "$1"
)
[ -x "$lazyspec_node" ] || lazyspec_node=$(lazyspec_on_path)
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
  lazyspec_run "$@"
  status=$?
  if [ "$status" = 3 ] && [ "$1" = "$lazyspec_node" ] && lazyspec_is_old "$1"; then
    lazyspec_node=$(lazyspec_on_path)
    shift
    [ -n "$lazyspec_node" ] && ! lazyspec_is_old "$lazyspec_node" || exit "$status"
    lazyspec_run "$lazyspec_node" "$@"
    exit
  fi
  exit "$status"
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
# Where there is no configuration in HEAD, in the index, and here, nothing is gated: on a commit
# from before it came. What is pushed may be anything. A git that fails has not said that there is none.
lazyspec_has() { # whether package.json may hold a text, there
  git grep --quiet --fixed-strings "$@" -- package.json >/dev/null 2>&1
  [ $? != 1 ]
}
lazyspec_may_be_configured() {
  for place in .lazyspec.toml .lazyspecrc*; do
    [ ! -e "$place" ] && [ ! -L "$place" ] || return 0
  done
  said=$(git ls-tree --full-tree --name-only HEAD 2>&1 && git ls-files ':(glob).lazyspec*' 2>&1) ||
    return 0
  case $newline$said in *"$newline".lazyspec.toml* | *"$newline".lazyspecrc*) return 0 ;; esac
  for place in --no-index --cached HEAD; do
    lazyspec_has -e '"lazyspec"' -e '\u' $place && return 0
  done
  return 1
}
[ "$act" = push ] || lazyspec_may_be_configured || exit 0
if [ "$missing" = Node ]; then
  remedy="Install Node 20.17 or newer, or have PATH lead to it in $init"
elif lazyspec_has --no-index -e '"lazyspec-hooks"'; then
  remedy="Install what package.json names: npm ci"
else
  remedy="Install: npm i -D lazyspec-hooks && npx lazyspec-hooks install"
fi
echo "lazyspec-hooks: $missing was not found, so this $act is refused. $remedy" >&2
echo "lazyspec-hooks: to skip this check once: LAZYSPEC_HOOKS=0 git $act ..." >&2
exit 1
) || exit

# Lines of your own may follow; of pre-push they read what git says, as we did.
if [ -n "$lazyspec_pushed" ]; then
  exec <<EOF
$lazyspec_pushed
EOF
fi
