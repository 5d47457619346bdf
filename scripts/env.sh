# shellcheck shell=bash
# Sourced by every script here: ROOT is the repository, and the tools that scripts/setup installed are on PATH.
# A tool already on PATH that is new enough stays the one in use: setup fills .tools/ only when it is not.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TOOLS=$ROOT/.tools
# Debian keeps ip, tcpdump and modprobe where a user's PATH does not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# Only what builds needs cargo, and so a home; scripts/setup sees to one.
cargo_home=${CARGO_HOME:-${HOME:+$HOME/.cargo}}
[[ -n $cargo_home && -x $cargo_home/bin/cargo ]] && PATH=$PATH:$cargo_home/bin
[[ -d $TOOLS/bin ]] && PATH=$TOOLS/bin:$PATH
export PATH DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1
# What deno fetches and keeps belongs to the tree: nothing here depends on somebody's home. scripts/setup fills it.
MODULES=$TOOLS/deno
[[ -e $MODULES/modules.stamp ]] && export DENO_DIR=$MODULES

# Is version $1 at least $2 (numbers and dots)?
at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1) == "$2" ]]
}

# Has labs run the one executable, built when it is older than its sources, unless $HOLDFAST names another program.
lab_program() {
  if [[ -z ${HOLDFAST:-} ]]; then
    "$ROOT/scripts/build" --if-older >&2 || return
    HOLDFAST=$ROOT/dist/holdfast
  fi
  export HOLDFAST
}

# What user-mode Linux needs before the C library on processors whose state is larger than it knows; else nothing.
whole_state() {
  local library=$ROOT/.lab/whole_state.so source=$ROOT/tests/lab/whole_state.c
  grep -qw amx_tile /proc/cpuinfo || return 0
  if [[ ! $library -nt $source ]]; then
    mkdir -p "${library%/*}"
    cc -O2 -shared -fPIC -o "$library.$$" "$source" || return
    mv "$library.$$" "$library"
  fi
  echo "$library"
}

# Leaves with a message that says what is missing and what that means.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}
