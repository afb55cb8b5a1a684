# Sourced by the launchers of the examples. Defines:
#   quant4j_real PATH   prints PATH with all symbolic links of its last part followed
#   quant4j_find_java   sets quant4j_java to a Java of release 25 or later, or says what to do and fails

quant4j_release=25

quant4j_real() (
  path=$1
  while [ -L "$path" ]; do
    link=$(readlink "$path")
    case $link in
      /*) path=$link ;;
      *) path=$(dirname "$path")/$link ;;
    esac
  done
  directory=$(CDPATH='' cd -P "$(dirname "$path")" && pwd) || exit 1
  printf '%s/%s\n' "${directory%/}" "$(basename "$path")"
)

# Prints the release number of a java executable, 0 if it is none. The file "release" beside bin says it without
# starting a virtual machine.
quant4j_release_of() (
  version=
  release_file=$(dirname "$(dirname "$(quant4j_real "$1")")")/release
  if [ -r "$release_file" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release_file")
  fi
  if [ -z "$version" ]; then
    version=$("$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  fi
  printf '%s\n' "${version:-0}"
)

quant4j_try() {
  [ -x "$1" ] && [ ! -d "$1" ] && [ "$(quant4j_release_of "$1")" -ge "$quant4j_release" ] &&
    quant4j_java=$1
}

quant4j_find_java() {
  if [ -n "${QUANT4J_JAVA:-}" ]; then
    # A forced choice is obeyed or fails. It may name the executable or its home.
    quant4j_try "$QUANT4J_JAVA" || quant4j_try "$QUANT4J_JAVA/bin/java" && return 0
    echo "quant4j: QUANT4J_JAVA=$QUANT4J_JAVA is no Java $quant4j_release or later. Correct or unset it." >&2
    return 1
  fi
  if [ -n "${JAVA_HOME:-}" ]; then
    quant4j_try "$JAVA_HOME/bin/java" && return 0
  fi
  quant4j_candidate=$(command -v java) && quant4j_try "$quant4j_candidate" && return 0
  if [ -x /usr/libexec/java_home ]; then
    quant4j_candidate=$(/usr/libexec/java_home -v "$quant4j_release+" 2>/dev/null) &&
      quant4j_try "$quant4j_candidate/bin/java" && return 0
  fi
  # Directories whose entries are Java homes, or bundles that hold one.
  for quant4j_homes in \
    /usr/lib/jvm \
    /usr/lib64/jvm \
    /usr/java \
    /opt \
    "${HOMEBREW_PREFIX:-/usr/local}/opt" \
    /Library/Java/JavaVirtualMachines \
    "${HOME:-}/.sdkman/candidates/java" \
    "${HOME:-}/.jdks"; do
    for quant4j_candidate in "$quant4j_homes"/*/bin/java "$quant4j_homes"/*/Contents/Home/bin/java; do
      quant4j_try "$quant4j_candidate" && return 0
    done
  done
  echo "quant4j: no Java $quant4j_release or later was found. Install one (https://adoptium.net)" \
    "and set JAVA_HOME or QUANT4J_JAVA to its directory." >&2
  return 1
}
