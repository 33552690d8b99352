# Shared by the parts of the lab; sourced, never run.
LAB_HOME=${LAB_HOME:-$HOME/.cache/immutable-deploy-lab}
part=$(basename "$here")
home=$LAB_HOME/$part
mkdir -p "$home"

say() { printf 'lab %s: %s\n' "$part" "$*" >&2; }
# The last line on stderr is what `test/lab/up` keeps as the reason why a part is missing.
give_up() { say "$*"; exit 1; }

# debian COMMAND=PACKAGE...: installs the packages whose command is missing.
# One part at a time: apt has locks of its own, but gives up on them instead of waiting.
debian() {
  local pair packages=()
  PATH=$PATH:/usr/sbin:/sbin
  for pair in "$@"; do command -v "${pair%%=*}" >/dev/null || packages+=("${pair#*=}"); done
  [ ${#packages[@]} -eq 0 ] && return
  { command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; } || give_up "install ${packages[*]} first (needs root and Debian's packages)"
  say "installing ${packages[*]} from Debian"
  (
    flock 9
    export DEBIAN_FRONTEND=noninteractive
    install() { timeout 300 apt-get install -y -qq --no-install-recommends "${packages[@]}" </dev/null >"$home/apt.log" 2>&1; }
    # Packages must not start services of their own on a machine that has an init system.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
      trap 'rm -f "$policy"' EXIT
    fi
    install || { timeout 300 apt-get update -qq >/dev/null 2>&1; install; } || { timeout 300 apt-get update -qq >/dev/null 2>&1; install; }
  ) 9>"$LAB_HOME/apt.lock" || give_up "apt-get could not install ${packages[*]}; see $home/apt.log"
}

# again COMMAND...: once more when it fails or hangs; registries do both now and then.
again() { timeout "${limit:-900}" "$@" </dev/null >&2 || timeout "${limit:-900}" "$@" </dev/null >&2; }

# background NAME COMMAND...: starts it in a process group of its own, with a log and a pid file.
background() {
  local name=$1
  shift
  mkdir -p "$home/log" "$home/pid"
  setsid "$@" >"$home/log/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$home/pid/$name"
}
running() { [ -s "$home/pid/$1" ] && kill -0 "$(cat "$home/pid/$1")" 2>/dev/null; }
stop() {
  local file=$home/pid/$1 pid
  [ -s "$file" ] || return 0
  pid=$(cat "$file")
  rm -f "$file"
  kill -TERM "$pid" 2>/dev/null || return 0
  for _ in $(seq 150); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null || true
}
wait_for() { # wait_for SECONDS WHAT COMMAND...
  local limit=$1 what=$2
  shift 2
  for _ in $(seq $((limit * 5))); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
  tail -qn 5 "$home"/log/*.log >&2
  give_up "$what did not come up in $limit s; logs are in $home/log"
}

# python_tool COMMAND PACKAGE==VERSION: into $home/venv, once per version.
python_tool() {
  local wheel=$home/venv/$2
  [ -e "$wheel" ] && [ -x "$home/venv/bin/$1" ] && return
  command -v python3 >/dev/null || give_up 'install Python 3 with venv first'
  say "installing $2 from PyPI (once)"
  # Debian splits venv from Python.
  python3 -m venv "$home/venv" >&2 || { debian venv=python3-venv && python3 -m venv "$home/venv" >&2; }
  limit=180 again "$home/venv/bin/pip" install --quiet --disable-pip-version-check "$2" || give_up "$2 could not be installed"
  touch "$wheel"
}
