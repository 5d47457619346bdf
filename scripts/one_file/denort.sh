# shellcheck shell=bash
# Sourced by scripts/build: where denort comes from, the part of Deno that only runs what is put into it.

# Finds a denort for Deno VERSION and leaves its path in DENORT_BIN. Looks for it in $DENORT_BIN, under FOLDER, where it was fetched to before,
# in Deno's caches, and at $DENORT_URL, by default Deno's site, whose checksum it must have. Returns 1, and leaves why in denort_why, when
# there is none; 2 when DENORT_BIN names one that is of no use.
find_denort() { # VERSION FOLDER
  local version=$1 folder=$2/denort-$1 name cache
  name=denort-$(uname -m)-unknown-linux-gnu.zip
  denort_why=""
  if [[ -n ${DENORT_BIN:-} ]]; then
    denort_why=$(denort_fault "$version" "$DENORT_BIN")
    [[ -z $denort_why ]] && return
    denort_why="DENORT_BIN names $DENORT_BIN, which is $denort_why"
    return 2
  fi
  if [[ ! -x $folder/denort ]]; then
    rm -rf "$folder.new" && mkdir -p "$folder.new"
    for cache in "${DENO_DIR:-}" "${XDG_CACHE_HOME:-${HOME:-}/.cache}/deno"; do
      [[ ! -e $cache/dl/release/v$version/$name ]] || cp "$cache/dl/release/v$version/$name" "$folder.new/"
    done
    if [[ ! -e $folder.new/$name ]] && ! fetch_denort "$version" "$name" "$folder.new"; then
      rm -rf "$folder.new"
      return 1
    fi
    if ! (cd "$folder.new" && { unzip -qo "$name" || busybox unzip -qo "$name"; } && chmod +x denort && rm "$name") 2>/dev/null; then
      denort_why="cannot unpack $name (unzip or busybox-static)"
      rm -rf "$folder.new"
      return 1
    fi
    rm -rf "$folder" && mv "$folder.new" "$folder"
  fi
  DENORT_BIN=$folder/denort
}

# Why a program is no denort of VERSION, before minutes are spent on a build that it would spoil; empty when nothing is wrong with it.
denort_fault() { # VERSION PROGRAM
  if [[ ! -f $2 || ! -x $2 ]]; then
    echo "no program"
  elif [[ $(head -c 4 "$2" | tail -c 3) != ELF ]]; then
    echo "no executable of this system"
  elif ! grep -qaF "$1" "$2"; then
    echo "not of Deno $1"
  elif [[ $(cd / && env -i "$2" --version 2>/dev/null) == "deno "* ]]; then
    echo "Deno itself: what it makes would be Deno again"
  fi
}

# Fetches the archive, and takes it only with the checksum beside it.
fetch_denort() { # VERSION NAME FOLDER
  local base=${DENORT_URL:-https://dl.deno.land/release}/v$1 name=$2 folder=$3 sum
  local get=(curl --silent --fail --location --connect-timeout 5)
  # Nothing but a place that was named may be without TLS.
  [[ -n ${DENORT_URL:-} ]] || get+=(--proto "=https")
  if ! "${get[@]}" --output "$folder/$name" "$base/$name" || ! "${get[@]}" --output "$folder/sum" "$base/$name.sha256sum"; then
    denort_why="cannot get $base/$name with its .sha256sum"
    return 1
  fi
  sum=$(grep -oiE '\b[0-9a-f]{64}\b' "$folder/sum" | head -1)
  rm "$folder/sum"
  if [[ $(sha256sum <"$folder/$name" | cut -d' ' -f1) != "${sum,,}" ]]; then
    denort_why="$base/$name has not the checksum that is told beside it"
    return 1
  fi
}
