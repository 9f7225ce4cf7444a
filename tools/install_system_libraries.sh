#!/bin/sh
# Installs the shared libraries that the Python packages expect on Debian and Ubuntu. Does nothing elsewhere, and
# nothing where all are there. Without root or passwordless sudo it prints the one line to type.
set -eu

[ "$(uname -s)" = Linux ] || exit 0
command -v dpkg-query >/dev/null 2>&1 || {
  echo "This is not a Debian system: if an import fails, install OpenGL, EGL, GLES2, GLib and fontconfig." >&2
  exit 0
}

wanted="libgl1 libegl1 libgles2 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0
libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0"
# test tools: a virtual screen, and an OSC receiver that is not ours
[ "${1:-}" = test ] && wanted="$wanted xvfb xauth liblo-tools"

missing=""
for package in $wanted; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
# renamed in Debian 13 and Ubuntu 24.04
dpkg-query -W -f='${db:Status-Status}\n' libglib2.0-0 libglib2.0-0t64 2>/dev/null | grep -qx installed ||
  missing="$missing libglib2.0-0"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root="sudo -n"
else
  echo "These system libraries are missing; type this line, then run the same command again:" >&2
  echo "  sudo apt-get install -y$missing" >&2
  exit 1
fi
echo "Installing system libraries:$missing" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of words on purpose
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
