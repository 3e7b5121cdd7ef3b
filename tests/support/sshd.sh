#!/usr/bin/env bash
# A throw-away OpenSSH server on loopback that plays sensor servers: what it is asked over ssh it answers as Windows would.
#
#   sshd.sh missing                   names what this machine lacks; exit 0 when that is nothing
#   sshd.sh start FOLDER [PROCESS]    serves until stopped, or until that process has ended
#   sshd.sh host FOLDER HOST          one more server: a key of its own to sign in with, and its name in FOLDER/config
#   sshd.sh service FOLDER HOST SERVICE STATE [PROCESS-ID]   what `sc.exe queryex SERVICE` says there from now on
#   sshd.sh stranger FOLDER HOST      its host key is not known
#   sshd.sh impostor FOLDER HOST      its host key is another than the one that is known
#   sshd.sh refused FOLDER HOST       its key to sign in with is not let in
#   sshd.sh stop FOLDER               ends what start began, by its ids, and removes FOLDER
#
# FOLDER/bin/ssh is ssh with FOLDER/config, where every name leads to this server and only its own keys count. STATE is the
# number the service control manager knows it by, with the service's process id; or `error` with Windows' error in its
# place; or `hang`, or `missing` where sc.exe itself can't be found. A service never mentioned doesn't exist (1060).
# What may be asked: `sc.exe queryex SERVICE`, and `tail` with any arguments. FOLDER/asked holds one line for each question.
# Needs Debian's openssh-server and openssh-client, and nothing of the system's own configuration. As root it makes
# /run/sshd, which the server wants. Deliberately absent: a shell, passwords, PAM, any address but a loopback's.
set -euo pipefail
export LC_ALL=C PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"

here=$(cd "$(dirname "$0")" && pwd)

die() { echo "sshd.sh: $*" >&2; exit 1; }

missing() {
  local lacks=() program
  for program in sshd ssh ssh-keygen setsid; do
    command -v "$program" >/dev/null || lacks+=("the program $program")
  done
  # Without PAM the server lets nobody in whose account is locked.
  if [ -r /etc/shadow ] && grep -q "^$(id -un):!" /etc/shadow; then lacks+=("an account that isn't locked"); fi
  [ ${#lacks[@]} = 0 ] || { local IFS=,; echo "${lacks[*]}"; return 1; }
}

# A loopback address that no other process makes of its id.
address() { echo "127.$((64 + $$ / 65536 % 64)).$(($$ / 256 % 256)).$(($$ % 256))"; }

# A process id is someone else's once it was given again: the time it began tells.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
remember() { echo "$1 $(began "$1")" >"$folder/running/$1"; }
ours() { # FILE
  local id since
  read -r id since 2>/dev/null <"$1" && [ -n "$since" ] && [ "$(began "$id")" = "$since" ] && echo "$id"
}

key() { ssh-keygen -q -t ed25519 -N '' -C "$(basename "$1")" -f "$1"; }

start() { # [PROCESS]
  local lacks at port=2222 id
  lacks=$(missing) || die "this machine lacks $lacks"
  [ -z "$(ls -A "$folder" 2>/dev/null)" ] || die "$folder holds something already"
  mkdir -p "$folder"/{bin,keys,services,running}
  chmod 700 "$folder" "$folder/keys"
  [ "$(id -u)" != 0 ] || mkdir -p -m 755 /run/sshd
  at=$(address)
  while (exec 3<>"/dev/tcp/$at/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$at $port" >"$folder/address"
  key "$folder/keys/server"
  key "$folder/keys/another"
  touch "$folder/authorized_keys" "$folder/known_hosts" "$folder/asked"
  cat >"$folder/sshd_config" <<CONF
ListenAddress $at:$port
HostKey $folder/keys/server
AuthorizedKeysFile $folder/authorized_keys
AuthenticationMethods publickey
PermitRootLogin yes
StrictModes no
UsePAM no
UseDNS no
PidFile none
MaxStartups 100
LogLevel VERBOSE
CONF
  cat >"$folder/config" <<CONF
IdentitiesOnly yes
IdentityAgent none
PreferredAuthentications publickey
UserKnownHostsFile $folder/known_hosts
GlobalKnownHostsFile none
UpdateHostKeys no
HostName $at
Port $port
User $(id -un)
CONF
  printf '#!/bin/sh\nexec %q -F %q "$@"\n' "$(command -v ssh)" "$folder/config" >"$folder/bin/ssh"
  printf '#!/bin/sh\nexec bash %q answer %q "$1"\n' "$here/sshd.sh" "$folder" >"$folder/bin/answer"
  chmod 755 "$folder"/bin/*
  setsid "$(command -v sshd)" -D -f "$folder/sshd_config" -E "$folder/log" </dev/null >/dev/null 2>&1 &
  id=$!
  remember "$id"
  for _ in $(seq 600); do
    if (exec 3<>"/dev/tcp/$at/$port") 2>/dev/null; then
      if [ $# != 0 ]; then setsid bash "$0" guard "$folder" "$1" </dev/null >/dev/null 2>&1 & fi
      return
    fi
    [ -n "$(ours "$folder/running/$id")" ] || die "the server ended: $(tail -n 5 "$folder/log")"
    sleep 0.05
  done
  die "nobody answers at $at:$port; see $folder/log"
}

known() { echo "$1 $(cut -d' ' -f1,2 "$folder/keys/$2.pub")"; }
without() { # FILE, a line's last word
  grep -v " $2\$" "$folder/$1" >"$folder/$1.new" || true
  mv "$folder/$1.new" "$folder/$1"
}
unknown() { grep -v "^$1 " "$folder/known_hosts" >"$folder/known_hosts.new" || true; mv "$folder/known_hosts.new" "$folder/known_hosts"; }

host() { # HOST
  mkdir -p "$folder/services/$1"
  key "$folder/keys/$1"
  printf 'command="%s %s",restrict %s\n' "$folder/bin/answer" "$1" "$(cat "$folder/keys/$1.pub")" >>"$folder/authorized_keys"
  printf 'Host %s\n  HostKeyAlias %s\n  IdentityFile %s\n' "$1" "$1" "$folder/keys/$1" >>"$folder/config"
  known "$1" server >>"$folder/known_hosts"
}
stranger() { unknown "$1"; }
impostor() { unknown "$1"; known "$1" another >>"$folder/known_hosts"; }
refused() { without authorized_keys "$1"; }

service() { # HOST SERVICE STATE [PROCESS-ID]
  local at=$folder/services/$1/$2
  echo "${3} ${4:-0}" >"$at.new"
  mv "$at.new" "$at"
}

# One question, as the host of that name. Windows ends its lines with CR LF.
answer() { # HOST
  local asked=${SSH_ORIGINAL_COMMAND:-} words
  echo "$1 $asked" >>"$folder/asked"
  remember $$
  read -ra words <<<"$asked"
  case "${words[0]:-}" in
    tail) exec tail "${words[@]:1}" ;;
    sc.exe) [ "${words[1]:-}" = queryex ] && [ ${#words[@]} = 3 ] || exit 87; queryex "$1" "${words[2]}" ;;
    *) echo "sh: 1: ${words[0]:-}: not found" >&2; exit 127 ;;
  esac
}

queryex() { # HOST SERVICE
  local state number=0 names=(? STOPPED START_PENDING STOP_PENDING RUNNING CONTINUE_PENDING PAUSE_PENDING PAUSED)
  # Nothing of what was asked becomes a path but a plain name.
  case "$2" in *[!A-Za-z0-9]*) state=error number=1060 ;; *)
    read -r state number 2>/dev/null <"$folder/services/$1/$2" || { state=error; number=1060; } ;;
  esac
  case "$state" in
    hang) exec sleep infinity ;;
    missing) echo 'sh: 1: sc.exe: not found' >&2; exit 127 ;;
    error)
      printf '[SC] EnumQueryServicesStatus:OpenService FAILED %s:\r\n\r\nSo says Windows.\r\n\r\n' "$number"
      exit $((number & 255)) ;;
  esac
  printf '%s\r\n' '' "SERVICE_NAME: $2 " '        TYPE               : 10  WIN32_OWN_PROCESS  ' \
    "        STATE              : $state  ${names[$state]} " \
    '                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)' \
    '        WIN32_EXIT_CODE    : 0  (0x0)' '        SERVICE_EXIT_CODE  : 0  (0x0)' '        CHECKPOINT         : 0x0' \
    '        WAIT_HINT          : 0x0' "        PID                : $number" '        FLAGS              : '
}

stop() {
  local file id
  for file in "$folder"/running/*; do
    id=$(ours "$file") && kill -TERM "$id" 2>/dev/null || true
  done
  rm -rf "$folder"
}

# Waits for the test to end, however it does.
guard() { # PROCESS
  tail --pid="$1" -f /dev/null
  stop
}

act=${1:-}
case "$act" in
  missing) missing ;;
  start | host | service | stranger | impostor | refused | answer | guard | stop)
    [ $# -ge 2 ] || die "which folder?"
    folder=$(realpath -m "$2"); shift 2
    "$act" "$@" ;;
  *) sed -n '2,20p' "$0"; exit 2 ;;
esac
