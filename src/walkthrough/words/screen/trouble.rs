//! What can go wrong on each step, for its help. Plain facts; what to do about a fault stands with the fault.

use crate::walkthrough::step::Step;

pub fn wrong(step: Step) -> &'static [&'static str] {
    match step {
        Step::Portal => &[
            "Conditional Access may forbid a code sign-in; then work without the portal's interface.",
            "Enter the code only at the address shown here, in your own browser.",
        ],
        Step::Configuration => &[
            "A sensor that is stopped already, or an open credential issue, was so before anything was changed.",
            "Sensors of version 3 run as the local system and don't use the entry.",
        ],
        Step::DirectoryServices => &[
            "A controller without a server certificate can still prove the password by Kerberos on port 88.",
            "Read-only controllers are shown, and never given a password.",
        ],
        Step::Password => &[
            "A bind over LDAP alone also accepts the previous password for a while; Kerberos accepts only the current one.",
            "Each attempt is counted on disk before it is made, so that testing never locks the account.",
            "The password is wiped where the console holds it. An administrator of this machine, and a session recorder, are outside what it can guard against.",
        ],
        Step::Save => &[
            "A wrong password stops the sensor service on every sensor that relies on the entry.",
            "If the portal's answer is lost, the entry is read back; nothing is sent twice.",
        ],
        Step::Services => &[
            "A service is called running once the same process was seen twice, the settle time apart.",
            "When a host can't be asked, its service is unknown, not stopped. Look there, and mark it with m.",
        ],
        Step::Sensors => &[
            "Nobody states how soon sensors take a changed password up; leave the watch its time.",
            "One line of one host is suspected; a second kind of evidence makes it refused.",
            "A green fleet alone does not prove this entry: another one may have served a sensor.",
        ],
    }
}
