#!/usr/bin/env bash
# One throw-away Samba domain controller of contoso.test, for the tests that meet a real directory.
#
#   samba-dc.sh start FOLDER [ADDRESS]   makes the domain in FOLDER and serves it; writes FOLDER/env when it answers
#   samba-dc.sh stop FOLDER              ends the processes that start began, by their ids, and removes FOLDER
#   samba-dc.sh missing                  names what this machine lacks; exit 0 when that is nothing
#
# Needs root, for ports 88, 389 and 636 of a loopback address, and Debian's samba, samba-ad-provision,
# samba-dsdb-modules, openssl and ldap-utils. It listens on ADDRESS alone (127.0.0.52 unless told) and keeps everything
# under FOLDER. Deliberately absent: a second controller, SMB, DNS, and replication.
set -euo pipefail
export LC_ALL=C PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"

realm=CONTOSO.TEST domain=contoso.test base=DC=contoso,DC=test host=dc1.contoso.test
admin_password='Admin-Pass-123!'
patience=60 # seconds until it has to answer

die() { echo "samba-dc.sh: $*" >&2; exit 1; }

missing() {
  local lacks=() program
  for program in samba openssl ldapsearch setsid; do
    command -v "$program" >/dev/null || lacks+=("the program $program")
  done
  /usr/bin/python3 -c 'import samba.provision' 2>/dev/null || lacks+=("samba's python modules")
  [ -e /usr/share/samba/setup/provision.ldif ] || lacks+=("the package samba-ad-provision")
  [ "$(id -u)" = 0 ] || lacks+=("root's rights")
  [ ${#lacks[@]} = 0 ] || { local IFS=,; echo "${lacks[*]}"; return 1; }
}

# A certificate authority and the controller's certificate. The subjects differ, or OpenSSL takes one for the other.
certificates() {
  local tls=$folder/tls
  local key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
  openssl req -x509 "${key[@]}" -days 30 -keyout "$tls/ca.key" -out "$tls/ca.pem" -subj "/CN=Peers CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
  openssl req -new "${key[@]}" -keyout "$tls/key.pem" -out "$tls/request.pem" -subj "/CN=$host"
  openssl x509 -req -in "$tls/request.pem" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 30 \
    -out "$tls/cert.pem" -extfile <(printf '%s\n' basicConstraints=CA:FALSE keyUsage=digitalSignature \
      extendedKeyUsage=serverAuth "subjectAltName=DNS:$host,IP:$address")
  chmod 600 "$tls/key.pem"
}

settings() {
  cat >"$folder/smb.conf" <<CONF
[global]
  netbios name = DC1
  workgroup = CONTOSO
  realm = $realm
  server role = active directory domain controller
  interfaces = $address/8
  bind interfaces only = yes
  disable netbios = yes
  server services = ldap cldap kdc
  private dir = $folder/private
  state directory = $folder/state
  cache directory = $folder/cache
  lock directory = $folder/lock
  binddns dir = $folder/binddns
  ntp signd socket directory = $folder/ntp_signd
  log file = $folder/log/samba
  logging = file
  max log size = 0
  log level = 1 auth_audit:3 auth_json_audit:3
  tls enabled = yes
  tls keyfile = $folder/tls/key.pem
  tls certfile = $folder/tls/cert.pem
  tls cafile = $folder/tls/ca.pem
  old password allowed period = 60
  ldap server require strong auth = allow_sasl_over_tls
  load printers = no
  printcap name = /dev/null
[sysvol]
  path = $folder/state/sysvol
[netlogon]
  path = $folder/state/sysvol/$domain/scripts
CONF
  # By itself it would ask for preauthentication of every account, whatever the account's flag says.
  printf '%s\n' '[libdefaults]' " default_realm = $realm" ' dns_lookup_kdc = false' \
    '[kdc]' ' require-preauth = no' >"$folder/krb5.conf"
}

# The domain and its accounts, by samba's own modules on the database at rest.
fill() {
  FOLDER=$folder ADDRESS=$address ADMIN=$admin_password BASE=$base /usr/bin/python3 - <<'PY'
import glob, logging, os, time
import ldb
from samba.auth import system_session
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.param import LoadParm
from samba.provision import FILL_FULL, provision
from samba.samdb import SamDB

folder, base = os.environ["FOLDER"], os.environ["BASE"]
conf = folder + "/smb.conf"
logging.basicConfig(level=logging.WARNING)
parameters = LoadParm()
parameters.load(conf)
# Not samba-tool: it sets access lists on sysvol, which not every file system has.
provision(logging.getLogger("provision"), system_session(), smbconf=conf, samdb_fill=FILL_FULL, realm="CONTOSO.TEST",
          domain="CONTOSO", hostname="dc1", hostip=os.environ["ADDRESS"], adminpass=os.environ["ADMIN"],
          dns_backend="SAMBA_INTERNAL", serverrole="active directory domain controller",
          dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2, useeadb=False, lp=parameters, skip_sysvolacl=True)
db = SamDB(url=folder + "/private/sam.ldb", session_info=system_session(), lp=parameters)

def change(dn, controls=(), at=db, **attributes):
    message = ldb.Message()
    message.dn = ldb.Dn(at, dn)
    for name, value in attributes.items():
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    at.modify(message, list(controls))

minutes, day = 600_000_000, 86_400 * 10_000_000
long_ago = lambda days: str((int(time.time()) - days * 86_400 + 11_644_473_600) * 10_000_000)
change(base, lockoutThreshold="5", lockoutDuration=str(-30 * minutes), lockOutObservationWindow=str(-30 * minutes),
       minPwdAge="0", pwdHistoryLength="5", maxPwdAge=str(-42 * day), minPwdLength="7", pwdProperties="1")
unit = "OU=Service Accounts," + base
db.add({"dn": unit, "objectClass": "organizationalUnit"})
passwords = ["Svc-Pass-121!", "Svc-Pass-122!", "Svc-Pass-123!"]

def account(name, history=passwords[-1:], **attributes):
    db.newuser(name, history[0], userou="OU=Service Accounts")
    for password in history[1:]:
        db.setpassword("(sAMAccountName=%s)" % name, password)
    dn = "CN=%s,%s" % (name, unit)
    if attributes:
        change(dn, **attributes)
    return dn

account("svc-mdi", userAccountControl=str(0x10200))
account("svc-reader")
account("svc-rotate", history=passwords)
account("svc-lockme")
account("svc-disabled", userAccountControl=str(0x202))
account("svc-mustchange", pwdLastSet="0")
account("svc-acctexpired", accountExpires=long_ago(1))
account("svc-hours", logonHours=b"\0" * 21)
account("svc-workstation", userWorkstations="OTHERPC")
account("svc-nopreauth", userAccountControl=str(0x410200))
account("svc-claimed", userPrincipalName="svc-claimed@elsewhere.test")
claimant = account("svc-claimant", history=["Claimant-Pass-1!"])
# Samba would not let it have the other's name; directories that grew over the years hold such pairs.
raw = ldb.Ldb(glob.glob(folder + "/private/sam.ldb.d/%s.ldb" % base.upper())[0], options=["modules:"])
change(claimant, at=raw, userPrincipalName="svc-claimed@contoso.test")
account("svc-grand", userAccountControl=str(0x90200), adminCount="1",
        servicePrincipalName=["MSSQLSvc/app1.contoso.test:1433", "HTTP/app1.contoso.test"],
        **{"msDS-SupportedEncryptionTypes": "4"})
db.newgroup("Nested")
for group, member in [("Nested", "svc-grand"), ("Domain Admins", "Nested"), ("Backup Operators", "svc-grand")]:
    db.add_remove_group_members(group, [member])
# The ticket service's own flag would otherwise hold for every account.
change("CN=krbtgt,CN=Users," + base, userAccountControl=str(0x400202))
# A password's age can be set back only with samba's own control for that.
change(account("svc-pwexpired"), ["local_oid:1.3.6.1.4.1.7165.4.3.12:1"], pwdLastSet=long_ago(100))
PY
}

# A process id is someone else's once it was given again: the time it began tells.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
ours() {
  local id since
  read -r id since <"$folder/id" 2>/dev/null && [ "$(began "$id")" = "$since" ] && echo "$id"
}
descendants() { echo "$1"; local child; for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do descendants "$child"; done; }

# Of the processes that were its own, those that still are.
living() {
  local one found=1
  for one in $all; do
    [ "$(began "${one%:*}")" != "${one#*:}" ] || { echo "${one%:*}"; found=0; }
  done
  return $found
}

answers() {
  LDAPTLS_CACERT=$folder/tls/ca.pem ldapsearch -x -o nettimeout=2 -H "ldaps://$address" -b '' -s base -LLL \
    isSynchronized 2>/dev/null | grep -q 'isSynchronized: TRUE' && (exec 3<>"/dev/tcp/$address/88") 2>/dev/null
}

start() {
  local lacks port end id
  lacks=$(missing) || die "this machine lacks $lacks"
  [ ! -e "$folder/smb.conf" ] || die "$folder holds a domain already"
  for port in 88 389 636; do
    ! (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null || die "$address:$port is taken"
  done
  mkdir -p "$folder"/{private,state,cache,lock,binddns,ntp_signd,log,tls}
  chmod 700 "$folder/private" "$folder/tls"; chmod 750 "$folder/ntp_signd"
  export KRB5_CONFIG=$folder/krb5.conf
  settings
  certificates >"$folder/log/tls" 2>&1 || die "no certificates: $(tail -n 3 "$folder/log/tls")"
  fill >"$folder/log/fill" 2>&1 || die "no domain: $(tail -n 20 "$folder/log/fill")"
  setsid samba -s "$folder/smb.conf" -F --no-process-group -M standard >"$folder/log/stdout" 2>&1 </dev/null &
  id=$!
  echo "$id $(began "$id")" >"$folder/id"
  end=$((SECONDS + patience))
  until answers; do
    [ -n "$(ours)" ] || die "it ended: $(tail -n 20 "$folder/log/stdout")"
    [ $SECONDS -lt $end ] || die "it does not answer; see $folder/log"
    sleep 0.05
  done
  printf 'ADDRESS=%s\nHOST=%s\nCA=%s\n' "$address" "$host" "$folder/tls/ca.pem" >"$folder/env"
}

stop() {
  local id all one
  if id=$(ours); then
    all=$(for one in $(descendants "$id"); do echo "$one:$(began "$one")"; done)
    kill -TERM "$id" 2>/dev/null || true
    for _ in $(seq 100); do living >/dev/null || break; sleep 0.05; done
    for one in $(living || true); do kill -KILL "$one" 2>/dev/null || true; done
  fi
  [ ! -e "$folder/smb.conf" ] || rm -rf "$folder"
}

case "${1:-}" in
  missing) missing ;;
  start | stop)
    [ $# -ge 2 ] || die "which folder?"
    folder=$(realpath -m "$2") address=${3:-127.0.0.52}
    "$1" ;;
  *) sed -n '2,12p' "$0"; exit 2 ;;
esac
