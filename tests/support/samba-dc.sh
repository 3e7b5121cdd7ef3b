#!/usr/bin/env bash
# A throw-away forest: two replicating Samba domain controllers of contoso.test, for tests that meet a real directory.
#
#   samba-dc.sh missing                 names what this machine lacks; exit 0 when that is nothing
#   samba-dc.sh start FOLDER [PROCESS]  makes the domain in FOLDER and serves it; once that process has ended, so has it
#   samba-dc.sh stop FOLDER             ends the processes that start began, by their ids, and removes FOLDER
#   samba-dc.sh down FOLDER K           ends controller K
#   samba-dc.sh up FOLDER K [LINE…]     starts it, with further lines for its smb.conf
#   samba-dc.sh freeze FOLDER K         a black hole: connections are taken by the system, and nobody answers
#   samba-dc.sh thaw FOLDER K
#   samba-dc.sh inbound FOLDER K on|off   whether K takes changes from the other one
#   samba-dc.sh certificate FOLDER NAME SUBJECT DAYS [CA]   FOLDER/tls/NAME.pem and .key for SUBJECT, valid for DAYS
#   samba-dc.sh inside FOLDER K COMMAND…   runs it where names lead to the forest's addresses, with K's Kerberos
#   samba-dc.sh replicated FOLDER ACCOUNT   waits until both have the same password of it
#
# Needs root, for ports 53, 88, 389 and 636 of loopback addresses and for mount namespaces, and Debian's samba,
# samba-ad-provision, samba-dsdb-modules, openssl and ldap-utils. Controller 1 listens on 127.0.52.1, 2 on 127.0.52.2, and
# nowhere else; everything lies under FOLDER; one forest at a time on a machine, the next waits. SMB is served only by who is
# told so by a LINE, and needs winbind then.
set -euo pipefail
export LC_ALL=C PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"

here=$(cd "$(dirname "$0")" && pwd)
realm=CONTOSO.TEST domain=contoso.test base=DC=contoso,DC=test
admin_password='Admin-Pass-123!'
patience=150 # seconds until it has to answer: replication waits a minute for a peer that went quiet
turn=/run/mdi-console-peers.lock

die() { echo "samba-dc.sh: $*" >&2; exit 1; }
address() { echo "127.0.52.$1"; }

missing() {
  local lacks=() program
  for program in samba samba-tool smbd winbindd net openssl ldapsearch ldapmodify setsid unshare flock; do
    command -v "$program" >/dev/null || lacks+=("the program $program")
  done
  /usr/bin/python3 -c 'import samba.provision' 2>/dev/null || lacks+=("samba's python modules")
  [ -e /usr/share/samba/setup/provision.ldif ] || lacks+=("the package samba-ad-provision")
  [ "$(id -u)" = 0 ] || lacks+=("root's rights")
  unshare --mount --propagation private true 2>/dev/null || lacks+=("mount namespaces")
  [ ${#lacks[@]} = 0 ] || { local IFS=,; echo "${lacks[*]}"; return 1; }
}

# The subjects of an authority and of what it signs differ, or OpenSSL takes one for the other.
signing() { openssl "$@" >>"$folder/tls/log" 2>&1 || die "no certificate: $(tail -n 5 "$folder/tls/log")"; }
authority() { # NAME SUBJECT
  signing req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout "$folder/tls/$1.key" \
    -out "$folder/tls/$1.pem" -subj "/CN=$2" -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign
}
certificate() { # NAME SUBJECT DAYS [CA]
  local at=$folder/tls/$1 ca=$folder/tls/${4:-ca} until
  until=$(date -u -d "$3 days" +%Y%m%d%H%M%SZ)
  signing req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$at.key" -out "$at.request" -subj "/CN=$2"
  # Only `openssl ca` makes a certificate that has expired already; it wants a book.
  : >"$at.book"
  printf '%s\n' '[ca]' 'default_ca=a' '[a]' "database=$at.book" "new_certs_dir=$folder/tls" 'policy=p' 'default_md=sha256' \
    'rand_serial=yes' '[p]' 'commonName=supplied' '[e]' basicConstraints=CA:FALSE keyUsage=digitalSignature \
    extendedKeyUsage=serverAuth "subjectAltName=DNS:$2${5:+,IP:$5}" >"$at.conf"
  signing ca -batch -notext -config "$at.conf" -extensions e -cert "$ca.pem" -keyfile "$ca.key" \
    -in "$at.request" -out "$at.pem" -startdate 20200101000000Z -enddate "$until"
  chmod 600 "$at.key"
}

settings() { # K [LINE…]
  local k=$1 at=$folder/dc$1 line; shift
  mkdir -p "$at"/{private,state,cache,lock,run,binddns,ntp_signd,log}
  chmod 700 "$at/private"; chmod 750 "$at/ntp_signd"
  cat >"$at/smb.conf" <<CONF
[global]
  netbios name = DC$k
  workgroup = CONTOSO
  realm = $realm
  server role = active directory domain controller
  interfaces = $(address "$k")/8
  bind interfaces only = yes
  disable netbios = yes
  server services = rpc ldap cldap kdc drepl kcc dns
  dns forwarder =
  allow dns updates = disabled
  private dir = $at/private
  state directory = $at/state
  cache directory = $at/cache
  lock directory = $at/lock
  pid directory = $at/run
  ncalrpc dir = $at/run/ncalrpc
  binddns dir = $at/binddns
  ntp signd socket directory = $at/ntp_signd
  log file = $at/log/samba
  logging = file
  max log size = 0
  log level = 1 auth_audit:3 auth_json_audit:3
  tls enabled = yes
  tls keyfile = $folder/tls/dc$k.key
  tls certfile = $folder/tls/dc$k.pem
  tls cafile = $folder/tls/ca.pem
  old password allowed period = 60
  ldap server require strong auth = allow_sasl_over_tls
  load printers = no
  printcap name = /dev/null
  dreplsrv:notify_interval = 1
  dreplsrv:periodic_startup_interval = 1
  dreplsrv:periodic_interval = 3
  kccsrv:periodic_startup_interval = 1
  kccsrv:periodic_interval = 5
$(for line in "$@"; do echo "  $line"; done)
[sysvol]
  path = $at/state/sysvol
[netlogon]
  path = $at/state/sysvol/$domain/scripts
CONF
  # By itself it would ask for preauthentication of every account, whatever the account's flag says.
  printf '%s\n' '[libdefaults]' " default_realm = $realm" ' dns_lookup_kdc = false' ' rdns = false' \
    '[realms]' " $realm = {" "  kdc = $(address "$k")" ' }' '[kdc]' ' require-preauth = no' >"$at/krb5.conf"
  printf '%s\n' "127.0.0.1 localhost" "$(address 1) dc1.$domain dc1" "$(address 2) dc2.$domain dc2" >"$at/hosts"
  # Until it has the zones itself it asks the first.
  printf 'search %s\nnameserver %s\n' "$domain" "$(address "$([ -e "$at/joined" ] && echo "$k" || echo 1)")" >"$at/resolv.conf"
}

# Where names lead to the forest's own addresses, whatever this machine thinks of them. Where winbindd's socket and the
# logs of what serves SMB are is compiled into samba: there the controller has folders of its own, too.
inside() { # K COMMAND…
  local at=$folder/dc$1; shift
  mkdir -p /run/samba /var/log/samba
  KRB5_CONFIG=$at/krb5.conf exec unshare --mount --propagation private -- bash -c '
    at=$1; shift
    mount --bind "$at/run" /run/samba
    mount --bind "$at/log" /var/log/samba
    mount --bind "$at/hosts" /etc/hosts
    mount --bind "$at/resolv.conf" "$(readlink -f /etc/resolv.conf)"
    exec "$@"' inside "$at" "$@"
}

fill() { # K WHAT
  (inside 1 env SETTINGS="$folder/dc1/smb.conf" ADDRESS="$(address "$1")" ADMIN="$admin_password" BASE="$base" \
    /usr/bin/python3 "$here/samba-fill.py" "$2") >"$folder/dc1/log/$2" 2>&1 || die "no $2: $(tail -n 20 "$folder/dc1/log/$2")"
}

# The service names by which the controllers authenticate to each other.
named() { (inside "$1" samba_spnupdate -s "$folder/dc$1/smb.conf") >"$folder/dc$1/log/named" 2>&1 || die "dc$1 has no names"; }

join() {
  (inside 2 samba-tool domain join "$domain" DC -s "$folder/dc2/smb.conf" -U "CONTOSO\\Administrator%$admin_password" \
    --server="dc1.$domain" --dns-backend=SAMBA_INTERNAL --option="interfaces=$(address 2)/8") >"$folder/dc2/log/join" 2>&1 ||
    die "dc2 did not join: $(tail -n 20 "$folder/dc2/log/join")"
  named 2
  touch "$folder/dc2/joined"
  settings 2
}

# A process id is someone else's once it was given again: the time it began tells.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
ours() { # K
  local id since
  read -r id since 2>/dev/null <"$folder/dc$1/id" && [ "$(began "$id")" = "$since" ] && echo "$id"
}
descendants() { echo "$1"; local child; for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do descendants "$child"; done; }
all_of() { local id; id=$(ours "$1") && descendants "$id"; }

launch() { # K
  local port id at=$folder/dc$1
  [ -z "$(ours "$1")" ] || die "dc$1 runs already"
  for port in 53 88 389 636; do
    ! (exec 3<>"/dev/tcp/$(address "$1")/$port") 2>/dev/null || die "$(address "$1"):$port is taken"
  done
  (inside "$1" setsid samba -s "$at/smb.conf" -F --no-process-group -M standard) >"$at/log/stdout" 2>&1 </dev/null 9>&- &
  id=$!
  echo "$id $(began "$id")" >"$at/id"
}

search() { # K ARGUMENTS…
  local k=$1; shift
  LDAPTLS_CACERT=$folder/tls/ca.pem ldapsearch -x -LLL -o nettimeout=2 -H "ldap://$(address "$k")" "$@" 2>/dev/null
}
as_administrator=(-ZZ -D "Administrator@$domain" -w "$admin_password")

answers() { # K
  local port
  search "$1" -b '' -s base isSynchronized | grep -q 'isSynchronized: TRUE' || return 1
  for port in 53 88 135; do (exec 3<>"/dev/tcp/$(address "$1")/$port") 2>/dev/null || return 1; done
}

# Until COMMAND succeeds, or patience ends.
await() { # WHAT COMMAND…
  local what=$1 end=$((SECONDS + patience)) k; shift
  until "$@"; do
    for k in 1 2; do
      [ ! -e "$folder/dc$k/id" ] || [ -n "$(ours "$k")" ] || die "dc$k ended: $(tail -n 5 "$folder/dc$k/log/samba")"
    done
    [ $SECONDS -lt $end ] || die "$what, $patience s long: $(neighbours); see $folder"
    sleep 0.05
  done
}

# What the controllers themselves say of taking changes from each other.
neighbours() {
  local k
  for k in 1 2; do
    (inside "$k" timeout 20 samba-tool drs showrepl -s "$folder/dc$k/smb.conf" \
      -U "CONTOSO\\Administrator%$admin_password" "dc$k.$domain") 2>&1 |
      sed -n '/INBOUND/,/OUTBOUND/p' | grep -A 5 "^$base\|ERROR" | tr -s '[:space:]' ' ' || true
  done
}

attribute() { search "$1" "${as_administrator[@]}" -b "$2" -s base "$3" | grep "^$3:"; }
same() { [ "$(attribute 1 "$1" "$2")" = "$(attribute 2 "$1" "$2")" ]; }

halt() { # K
  local all one left
  [ -e "$folder/dc$1/id" ] || return 0
  all=$(for one in $(all_of "$1"); do echo "$one:$(began "$one")"; done)
  living() { for one in $all; do [ "$(began "${one%:*}")" != "${one#*:}" ] || echo "${one%:*}"; done; }
  for one in $(living); do kill -CONT "$one" 2>/dev/null || true; done
  one=$(ours "$1") && kill -TERM "$one" 2>/dev/null || true
  for _ in $(seq 100); do left=$(living); [ -n "$left" ] || break; sleep 0.05; done
  for one in $left; do kill -KILL "$one" 2>/dev/null || true; done
  rm -f "$folder/dc$1/id"
}

start() { # [PROCESS]
  local lacks k
  lacks=$(missing) || die "this machine lacks $lacks"
  [ -z "$(ls -A "$folder" 2>/dev/null)" ] || die "$folder holds something already"
  exec 9>"$turn"
  flock -w 600 9 || die "another forest holds $turn"
  mkdir -p "$folder/tls"; chmod 700 "$folder/tls"
  # Keeps the turn, too.
  if [ $# != 0 ]; then setsid bash "$0" guard "$folder" "$1" $$ </dev/null >/dev/null 2>&1 & fi
  for k in 1 2; do settings "$k"; done
  authority ca 'Peers CA'
  authority wrong-ca 'Another CA'
  for k in 1 2; do certificate "dc$k" "dc$k.$domain" 30 ca "$(address "$k")"; done
  fill 1 domain
  named 1
  launch 1
  await "dc1 does not answer" answers 1
  join
  halt 1
  fill 2 records
  # The second asks the first for changes as soon as it runs.
  for k in 1 2; do launch "$k"; await "dc$k does not answer" answers "$k"; done
  # Both ways are known to work.
  for k in 1 2; do crosses "$k"; done
}

# A change made at K arrives at the other one. A pull that hangs holds up all that come after it: starting the one that
# pulls anew is what an administrator does, and is said.
crosses() { # K
  local other=$((3 - $1)) round
  printf '%s\n' "dn: OU=Service Accounts,$base" 'changetype: modify' 'replace: description' "description: from dc$1" |
    change "$1"
  for round in 1 2 3; do
    patience=45 await_quietly same "OU=Service Accounts,$base" description && return
    echo "samba-dc.sh: nothing has come from dc$1 to dc$other ($(neighbours)); dc$other is started anew" >&2
    halt "$other"; launch "$other"; await "dc$other does not answer" answers "$other"
  done
  await "nothing replicates from dc$1" same "OU=Service Accounts,$base" description
}
await_quietly() { (await "" "$@") 2>/dev/null; }

change() { # K, LDIF on standard input
  LDAPTLS_CACERT=$folder/tls/ca.pem ldapmodify -x -H "ldap://$(address "$1")" "${as_administrator[@]}" >/dev/null
}

stop() {
  local k
  for k in 1 2; do halt "$k" & done
  wait
  rm -rf "$folder"
}

# Waits for the test to end, however it does.
guard() { # PROCESS, and start's own
  tail --pid="$1" -f /dev/null
  tail --pid="$2" -f /dev/null
  stop
}

up() { # K [LINE…]
  settings "$@"
  launch "$1"
  await "dc$1 does not answer" answers "$1"
}

freeze() { local one; for one in $(all_of "$1"); do kill -STOP "$one" 2>/dev/null || true; done; }
thaw() { local one; for one in $(all_of "$1"); do kill -CONT "$one" 2>/dev/null || true; done; }

# A pull that has begun already doesn't look again whether it may: what it was begun for has to have arrived.
settled() {
  local canary="CN=svc-lagging,OU=Service Accounts,$base"
  printf '%s\n' "dn: $canary" 'changetype: modify' 'replace: description' "description: $(date +%s%N)" | change 1
  await "a change has not arrived" same "$canary" description
}

inbound() { # K on|off
  local flags=1 # a global catalogue
  [ "$2" = on ] || { flags=3; settled; }
  printf '%s\n' \
    "dn: CN=NTDS Settings,CN=DC$1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,$base" \
    'changetype: modify' 'replace: options' "options: $flags" | change "$1"
}

replicated() { await "$1 is not the same on both" same "CN=$1,OU=Service Accounts,$base" pwdLastSet; }

act=${1:-}
case "$act" in
  missing) missing ;;
  start | stop | guard | up | inside | freeze | thaw | inbound | replicated | certificate | down)
    [ $# -ge 2 ] || die "which folder?"
    folder=$(realpath -m "$2"); shift 2
    case "$act" in
      down) halt "$@" ;;
      *) "$act" "$@" ;;
    esac ;;
  *) sed -n '2,20p' "$0"; exit 2 ;;
esac
