/** What `completion <shell>` prints: scripts that ask the program itself what a word may become. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/**
 * The program is always the one on PATH: what was typed may be one in a folder that was only
 * cloned, and a key must not run it.
 */
export function completionScript(shell: Shell, program: string): string {
  return { bash, zsh, fish }[shell](program);
}

// bash splits words at '=' as well; from the 4th version on it can be told what else to offer.
const bash = (program: string) => `# bash completion for ${program}
_${program}() {
  local line otherwise= i word
  local -a words=()
  COMPREPLY=()
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == = ]]; then
      ((i < COMP_CWORD)) && continue
      word=
    fi
    words+=("\${word//[\\\\\\"\\']/}")
  done
  while IFS= read -r line; do
    if [[ -z $otherwise ]]; then
      otherwise=$line
    else
      printf -v word %q "\${line%%$'\\t'*}"
      COMPREPLY+=("$word")
    fi
  done < <(command ${program} complete -- "\${words[@]}" 2>/dev/null)
  case $otherwise in
    none) compopt +o default 2>/dev/null ;;
    folders) compopt +o default -o dirnames 2>/dev/null ;;
  esac
}
complete -o default -F _${program} ${program}
`;

const zsh = (program: string) => `#compdef ${program}
# zsh completion for ${program}
_${program}() {
  local line
  local -a lines values shown
  lines=("\${(@f)$(command ${program} complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  for line in "\${(@)lines[2,-1]}"; do
    values+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  -- }")
  done
  if (( \${#values} )); then
    compadd -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -l -d shown -a values
    return
  fi
  case \${lines[1]} in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ \${funcstack[1]} == _${program} ]]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;

const fish = (program: string) => {
  const name = `__${program.replaceAll('-', '_')}_complete`;
  return `# fish completion for ${program}
function ${name}
    set -l words (commandline -opc)
    set -e words[1]
    set -l token (commandline -ct)
    set -l lines (command ${program} complete -- $words "$token" 2>/dev/null)
    set -l otherwise $lines[1]
    set -e lines[1]
    if set -q lines[1]
        printf '%s\\n' $lines
    else if test "$otherwise" = files
        __fish_complete_path "$token"
    else if test "$otherwise" = folders
        __fish_complete_directories "$token"
    end
end
complete -c ${program} -f -a '(${name})'
`;
};
