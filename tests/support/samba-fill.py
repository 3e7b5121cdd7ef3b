"""Makes the domain of samba-dc.sh by samba's own modules, on a database at rest.

  samba-fill.py domain       the domain, its policies and its accounts; first controller only
  samba-fill.py records      what the second controller would register in DNS if it were not on loopback

Relies on SETTINGS (smb.conf), ADDRESS, ADMIN and BASE in the environment. Deliberately absent: anything over a network.
"""
import glob
import logging
import os
import sys
import time

import ldb
from samba.auth import system_session
from samba.dcerpc import misc
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.provision import FILL_FULL, provision
from samba.provision.sambadns import ARecord, CNAMERecord, SRVRecord
from samba.samdb import SamDB

SETTINGS, BASE, DOMAIN = os.environ["SETTINGS"], os.environ["BASE"], "contoso.test"
parameters = LoadParm()
parameters.load(SETTINGS)
MINUTE, DAY = 600_000_000, 86_400 * 10_000_000
PASSWORDS = ["Svc-Pass-121!", "Svc-Pass-122!", "Svc-Pass-123!"]


def database():
    path = parameters.get("private dir") + "/sam.ldb"
    return SamDB(url=path, session_info=system_session(), lp=parameters)


def provisioned():
    # Not samba-tool: it sets access lists on sysvol, which not every file system has.
    provision(logging.getLogger("provision"), system_session(), smbconf=SETTINGS, samdb_fill=FILL_FULL,
              realm=DOMAIN.upper(), domain="CONTOSO", hostname="dc1", hostip=os.environ["ADDRESS"],
              adminpass=os.environ["ADMIN"], dns_backend="SAMBA_INTERNAL",
              serverrole="active directory domain controller", dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2,
              useeadb=False, lp=parameters, skip_sysvolacl=True)


def change(db, dn, controls=(), **attributes):
    message = ldb.Message()
    message.dn = ldb.Dn(db, dn)
    for name, value in attributes.items():
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    db.modify(message, list(controls))


def filled(db):
    unit = "OU=Service Accounts," + BASE
    long_ago = lambda days: str((int(time.time()) - days * 86_400 + 11_644_473_600) * 10_000_000)

    def account(name, history=PASSWORDS[-1:], **attributes):
        db.newuser(name, history[0], userou="OU=Service Accounts")
        for password in history[1:]:
            db.setpassword("(sAMAccountName=%s)" % name, password)
        dn = "CN=%s,%s" % (name, unit)
        if attributes:
            change(db, dn, **attributes)
        return dn

    change(db, BASE, lockoutThreshold="5", lockoutDuration=str(-30 * MINUTE),
           lockOutObservationWindow=str(-30 * MINUTE), minPwdAge="0", pwdHistoryLength="5",
           maxPwdAge=str(-42 * DAY), minPwdLength="7", pwdProperties="1")
    db.add({"dn": unit, "objectClass": "organizationalUnit"})
    account("svc-mdi", userAccountControl=str(0x10200))
    account("svc-reader")
    # Sees the fine-grained policies too.
    account("svc-auditor")
    db.add_remove_group_members("Domain Admins", ["svc-auditor"])
    account("svc-rotate", history=PASSWORDS)
    # Each is one test's own, whose failures and changes are nobody else's.
    for name in ["svc-once", "svc-changed", "svc-lagging", "svc-late", "svc-odd", "svc-apart", "svc-guarded", "svc-shared", "svc-verified",
                     "svc-killed", "svc-lockme"]:
        account(name)
    account("svc-disabled", userAccountControl=str(0x202))
    account("svc-mustchange", pwdLastSet="0")
    account("svc-acctexpired", accountExpires=long_ago(1))
    account("svc-hours", logonHours=b"\0" * 21)
    account("svc-workstation", userWorkstations="OTHERPC")
    account("svc-nopreauth", userAccountControl=str(0x410200))
    account("svc-claimed", userPrincipalName="svc-claimed@elsewhere.test")
    claimant = account("svc-claimant", history=["Claimant-Pass-1!"])
    # Samba would not let it have the other's name; directories that grew over the years hold such pairs.
    path = parameters.get("private dir") + "/sam.ldb.d/%s.ldb" % BASE.upper()
    change(ldb.Ldb(glob.glob(path)[0], options=["modules:"]), claimant, userPrincipalName="svc-claimed@contoso.test")
    account("svc-grand", userAccountControl=str(0x90200), adminCount="1",
            servicePrincipalName=["MSSQLSvc/app1.contoso.test:1433", "HTTP/app1.contoso.test"],
            **{"msDS-SupportedEncryptionTypes": "4"})
    db.newgroup("Nested")
    for group, member in [("Nested", "svc-grand"), ("Domain Admins", "Nested"), ("Backup Operators", "svc-grand")]:
        db.add_remove_group_members(group, [member])
    # The ticket service's own flag would otherwise hold for every account.
    change(db, "CN=krbtgt,CN=Users," + BASE, userAccountControl=str(0x400202))
    expired = account("svc-pwexpired")
    # A password's age can be set back only with samba's own control for that.
    change(db, expired, ["local_oid:1.3.6.1.4.1.7165.4.3.12:1"], pwdLastSet=long_ago(100))
    db.add({"dn": "CN=strict,CN=Password Settings Container,CN=System," + BASE,
            "objectClass": "msDS-PasswordSettings", "msDS-PasswordSettingsPrecedence": "10",
            "msDS-PasswordReversibleEncryptionEnabled": "FALSE", "msDS-PasswordHistoryLength": "3",
            "msDS-PasswordComplexityEnabled": "TRUE", "msDS-MinimumPasswordLength": "7",
            "msDS-MinimumPasswordAge": "0", "msDS-MaximumPasswordAge": str(-30 * DAY),
            "msDS-LockoutThreshold": "3", "msDS-LockoutObservationWindow": str(-MINUTE),
            "msDS-LockoutDuration": str(-MINUTE), "msDS-PSOAppliesTo": account("svc-strict")})


def registered(db):
    """The second controller's records, in the first one's zones."""
    host, address = "dc2." + DOMAIN, os.environ["ADDRESS"]
    site = "Default-First-Site-Name._sites."
    settings = "CN=NTDS Settings,CN=DC2,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration," + BASE
    found = db.search(settings, ldb.SCOPE_BASE, attrs=["objectGUID"])
    name = str(ndr_unpack(misc.GUID, found[0]["objectGUID"][0]))

    def add(name, record):
        forest = name.endswith("_msdcs." + DOMAIN)
        zone, part = ("_msdcs." + DOMAIN, "ForestDnsZones") if forest else (DOMAIN, "DomainDnsZones")
        label = name[:-len(zone)].rstrip(".") or "@"
        message = ldb.Message()
        message.dn = ldb.Dn(db, "DC=%s,DC=%s,CN=MicrosoftDNS,DC=%s,%s" % (label, zone, part, BASE))
        try:
            db.search(message.dn, ldb.SCOPE_BASE, attrs=["dn"])
        except ldb.LdbError as error:
            if error.args[0] != ldb.ERR_NO_SUCH_OBJECT:
                raise
            db.add({"dn": message.dn, "objectClass": ["top", "dnsNode"], "dnsRecord": ndr_pack(record)})
            return
        message["dnsRecord"] = ldb.MessageElement(ndr_pack(record), ldb.FLAG_MOD_ADD, "dnsRecord")
        db.modify(message)

    add(host, ARecord(address))
    add("%s._msdcs.%s" % (name, DOMAIN), CNAMERecord(host))
    for service, port in (("_ldap._tcp.", 389), ("_kerberos._tcp.", 88)):
        for place in ("", site, "dc._msdcs.", site + "dc._msdcs."):
            add(service + place + DOMAIN, SRVRecord(host, port))


logging.basicConfig(level=logging.WARNING)
if sys.argv[1] == "domain":
    provisioned()
    filled(database())
else:
    registered(database())
