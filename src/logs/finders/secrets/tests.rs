//! What is blacked out of a line, and what is left of it.

use proptest::prelude::*;

use super::*;

#[test]
fn secret_values_are_blacked_out_however_they_are_written() {
    let check = |line: &str, shown: &str| assert_eq!(black_out(line, Carry::Nothing).0, shown);
    check("x [EncryptedBytes=AQAAANCMnd8BFdERjHoAwE/Cl+s= A=b]", "x [EncryptedBytes=▇▇▇ A=b]");
    check("x [EncryptedBytes=AQAA]", "x [EncryptedBytes=▇▇▇]");
    check("EncryptedBytes=AQAA", "EncryptedBytes=▇▇▇");
    check("encryptedbytes = AQAA BBB== end", "encryptedbytes = ▇▇▇");
    check(r#"{"EncryptedBytes":"AQAA==","A":1}"#, r#"{"EncryptedBytes":▇▇▇","A":1}"#);
    check(r#"{"EncryptedBytes": [1, 2, 3], "A": 1}"#, r#"{"EncryptedBytes": ▇▇▇], "A": 1}"#);
    check("EncryptedBytes=[1, 2, 3] x", "EncryptedBytes=▇▇▇] x");
    check("EncryptedBytes=01 02 FF Other=1", "EncryptedBytes=▇▇▇ Other=1");
    check("EncryptedBytes=\"A B C\" x", "EncryptedBytes=▇▇▇\" x");
    check("[AccountPassword=S3cret] [EncryptedBytes=x]", "[AccountPassword=▇▇▇] [EncryptedBytes=▇▇▇]");
    check("client_secret=Leaked1", "client_secret=▇▇▇");
    check("clientSecret: Leaked1", "clientSecret: ▇▇▇");
    check("client-secret=Leaked1 scope=x", "client-secret=▇▇▇ scope=x");
    check("Authorization: Bearer eyJhbGciOiJub25l.e30.", "Authorization: ▇▇▇");
    check("sent Bearer LeakedBearer9, then x", "sent Bearer ▇▇▇, then x");
    check("got eyJhbGciOiJub25l.e30.aa_b-c at last", "got ▇▇▇ at last");
    check("access_token=Leaked&scope=x", "access_token=▇▇▇");
    check(r#"refresh_token: "Leaked", x"#, r#"refresh_token: ▇▇▇", x"#);
    check("idToken=Leaked pwd=Leaked", "idToken=▇▇▇ pwd=▇▇▇");
    check("passwd=Leaked", "passwd=▇▇▇");
    check("passphrase = Leaked b=c", "passphrase = ▇▇▇ b=c");
    check("<Password>LeakedXml</Password> x", "<Password>▇▇▇</Password> x");
    check("<a:Password b=\"c\"><V>Leak</V><V>Leak</V></a:Password>", "<a:Password b=\"c\">▇▇▇</a:Password>");
    check("&lt;password&gt;Leak&lt;/password&gt;", "&lt;password&gt;▇▇▇&lt;/password&gt;");
    check("<add key=\"Password\" value=\"Leak\"/>", "<add key=\"Password\" value=▇▇▇\"/>");
    check("Client Password: LeakedColon", "Client Password: ▇▇▇");
    check("Password=Correct Horse Battery", "Password=▇▇▇");
    check("[Password=Correct Horse UserName=a]", "[Password=▇▇▇ UserName=a]");
    check("[Password=a]b UserName=a]", "[Password=▇▇▇ UserName=a]");
    check("[Password= UserName=a]", "[Password= UserName=a]");
    check(r#"{"password":"a\"Leaked","b":1}"#, r#"{"password":▇▇▇","b":1}"#);
    check(r#"{"password":"a"Leaked","b":1}"#, r#"{"password":▇▇▇","b":1}"#);
    check(r#"{\"password\":\"a\\\"Leaked\",\"b\":1}"#, r#"{\"password\":▇▇▇\",\"b\":1}"#);
    check(r#""{""password"":""a""""Leaked"",""b"":1}""#, r#""{""password"":▇▇▇"",""b"":1}""#);
    check(r#"{"password":"","b":1}"#, r#"{"password":"","b":1}"#);
    check("password=a;bLeakedSemi", "password=▇▇▇");
    check("run --password Leaked", "run --password ▇▇▇");
    check("[client_secret, Leaked]", "[client_secret, ▇▇▇]");
    check("https://ana:Le@ked@host.test/x y", "https://ana:▇▇▇@host.test/x y");
}

#[test]
fn keys_of_directories_scripts_and_sign_ins_are_known_too() {
    let check = |line: &str, shown: &str| assert_eq!(black_out(line, Carry::Nothing).0, shown);
    check("userPassword:: TGVha2Vk", "userPassword:: ▇▇▇");
    check("unicodePwd:: TGVha2Vk", "unicodePwd:: ▇▇▇");
    check("userPassword: Leaked", "userPassword: ▇▇▇");
    for key in ["pass", "db_pass", "userPass", "device_code", "deviceCode", "code_verifier", "ntHash"] {
        check(&format!("{key}=Leaked b=c"), &format!("{key}=▇▇▇ b=c"));
        check(&format!("{{\"{key}\": \"Leaked\"}}"), &format!("{{\"{key}\": ▇▇▇\"}}"));
    }
    for key in ["assertion", "client_assertion", "clientAssertion", "lm_hash", "NTHash", "userNTHash"] {
        check(&format!("{key}=Leaked b=c"), &format!("{key}=▇▇▇ b=c"));
    }
    for key in ["decryptionKey", "validationKey", "encryption_key", "Kennwort", "pass"] {
        check(&format!("{key}=\"Leaked\" b"), &format!("{key}=▇▇▇\" b"));
    }
    check("Kennwort: Leaked", "Kennwort: ▇▇▇");
    check("ana:pass:Leaked", "ana:pass:▇▇▇");
    check("password -> Leaked", "password -> ▇▇▇");
    check("pwd → Leaked b=c", "pwd → ▇▇▇ b=c");
    check("new NetworkCredential(\"u\",\"Leaked\") x", "new NetworkCredential(\"u\",▇▇▇\") x");
    check("NetworkCredential(@u, 'Leaked', 'd')", "NetworkCredential(@u, ▇▇▇', 'd')");
    check("ConvertTo-SecureString \"Leaked\" -Force", "ConvertTo-SecureString ▇▇▇\" -Force");
    check(
        "ConvertTo-SecureString -AsPlainText -Force -String 'Leaked'",
        "ConvertTo-SecureString -AsPlainText -Force -String ▇▇▇'",
    );
    check(
        r"-----BEGIN RSA PRIVATE KEY-----\nLeaked\n-----END RSA PRIVATE KEY-----\n x",
        r"-----BEGIN RSA PRIVATE KEY-----▇▇▇-----END RSA PRIVATE KEY-----\n x",
    );
}

#[test]
fn what_names_a_secret_from_further_away_is_known_too() {
    let check = |line: &str, shown: &str| assert_eq!(black_out(line, Carry::Nothing).0, shown);
    check("pw=Leaked b=c", "pw=▇▇▇ b=c");
    check("pw: Leaked", "pw: ▇▇▇");
    check("the password 'Leaked' x", "the password ▇▇▇' x");
    check("your password: correct horse battery", "your password: ▇▇▇");
    check("a?password%3DLeaked", "a?password%3D▇▇▇");
    check("Cookie: a=b; ESTSAUTH=0.AAAA", "Cookie: ▇▇▇");
    check("Authorization: Digest username=\"ana\", response=\"Leaked\"", "Authorization: ▇▇▇");
    check("Authorization: SharedAccessSignature sr=a&sig=Leaked", "Authorization: ▇▇▇");
    check("{\"Authorization\": \"Basic Leaked9\", \"b\": 1}", "{\"Authorization\": ▇▇▇\", \"b\": 1}");
    check("sent Basic c3ZjLW1kaTpIdW50ZXI= to it", "sent Basic ▇▇▇ to it");
    check("bearer=Leaked9 Bearer: Leaked9", "bearer=▇▇▇ Bearer: ▇▇▇");
    check(
        "<Data Name=\"Password\">Leaked</Data><Data Name=\"A\">b</Data>",
        "<Data Name=\"Password\">▇▇▇</Data><Data Name=\"A\">b</Data>",
    );
    check("<S N=\"Password\">Leaked</S>", "<S N=\"Password\">▇▇▇</S>");
    check(
        "<add name=\"Password\" type=\"x\" value=\"Leaked\"/>",
        "<add name=\"Password\" type=\"x\" value=▇▇▇\"/>",
    );
    check(
        "<setting name=\"Password\" as=\"s\"><value>Leaked</value>",
        "<setting name=\"Password\" as=\"s\"><value>▇▇▇</value>",
    );
    check("<add key=\"Password\" /> x", "<add key=\"Password\" /> x");
    check(
        "{\"key\":\"password\",\"type\":\"s\",\"value\":\"Leaked\"}",
        "{\"key\":\"password\",\"type\":\"s\",\"value\":▇▇▇\"}",
    );
    check("p\0a\0s\0s\0w\0o\0r\0d\0=\0L\0e\0a\0k\0", "password=▇▇▇");
    check("\u{1b}[1mpassword\u{1b}[0m=Leaked", "password=▇▇▇");
    check("pass\u{ad}word=Leaked", "password=▇▇▇");
    check("\u{1b}[1mno such thing\u{1b}[0m", "\u{1b}[1mno such thing\u{1b}[0m");
}

#[test]
fn a_sentence_that_gives_a_password_away_is_known_from_one_that_speaks_of_it() {
    for text in [
        "the new password is Lab-Pass-2026!",
        "Password was Abc1.",
        "the pw is now Hunter2!",
        "Das Kennwort lautet Abc#d",
    ] {
        assert!(says_secret(text), "{text}");
    }
    for text in [
        "the password is wrong on s3",
        "the password is 12 days old!",
        "password was changed by Ben at 21:30Z",
        "the password is in the vault, see INC-4711",
        "the password was well-known",
    ] {
        assert!(!says_secret(text), "{text}");
    }
}

#[test]
fn what_only_speaks_of_secrets_stays() {
    for line in [
        "GMSA password could not be retrieved",
        "Failed to read the password: access denied",
        "The password expired yesterday, and the secret is old",
        "Key 'Password' is not there",
        "[PasswordLastSet=2024-04-15 PasswordExpired=True]",
        "Bearer authentication failed, as the bearer token expired.",
        "WWW-Authenticate: Bearer realm=\"contoso.test\"",
        "A, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089]]",
        "   at Microsoft.Tri.Password::Of(String password)",
        "System.DirectoryServices.Protocols.LdapException: The supplied credential is invalid.",
        "Access to the registry key 'Global' is denied.",
        "The password is incorrect",
        "The user's password has expired: it must be changed",
        "Das Kennwort ist abgelaufen.",
        "assertion failed: the queue is empty, count=3",
        "Debug assertion: count == 3",
        "pass 2 of 3",
        "Second pass: 12 entities, passes=3 bypass=true",
        "The password passed, and 3 tests pass",
        "contentHash=b1946ac9 currentHash=b1946ac9",
        "The device code has expired, and the decryption key is not valid",
        "ConvertTo-SecureString : Key not valid for use in specified state.",
        "   at System.Net.NetworkCredential..ctor(String userName, String password)",
        "-----BEGIN CERTIFICATE-----",
        "wrong password ---> System.Exception: x",
    ] {
        assert_eq!(black_out(line, Carry::Nothing).0, line);
    }
    let check = |line: &str, shown: &str| assert_eq!(black_out(line, Carry::Nothing).0, shown);
    check(
        "password=x y The supplied credential is invalid.",
        "password=▇▇▇ The supplied credential is invalid.",
    );
    check("password=x ---> LdapException: y", "password=▇▇▇ ---> LdapException: y");
}

#[test]
fn a_value_that_goes_on_below_is_blacked_out_there_too() {
    let check = |lines: &[&str], shown: &[&str]| {
        let mut carry = Carry::Nothing;
        let all: Vec<String> = lines
            .iter()
            .map(|line| {
                let (shown, next) = black_out(line, carry);
                carry = next;
                shown.into_owned()
            })
            .collect();
        assert_eq!(all, shown);
    };
    check(
        &["EncryptedBytes=AQAAANCMnd8BFdER", "jHoAwE/Cl+sBAAAAjHoA", "q==] x"],
        &["EncryptedBytes=▇▇▇", "▇▇▇", "▇▇▇] x"],
    );
    check(&["EncryptedBytes=01 00 00", "01 15 D1", "4F C2", "x"], &["EncryptedBytes=▇▇▇", "▇▇▇", "▇▇▇", "x"]);
    check(&["EncryptedBytes=AQAA", "    jHoAwE/Cl+sBAAAAjHoA"], &["EncryptedBytes=▇▇▇", "▇▇▇"]);
    check(&["Password:", "Leaked!", "x"], &["Password:", "▇▇▇", "x"]);
    check(&["Password=", "  Leaked!"], &["Password=", "▇▇▇"]);
    check(&["Password:", "   at Some.Method()"], &["Password:", "   at Some.Method()"]);
    check(&["\"password\": {", "  \"value\": \"Leaked\"", "}, x"], &["\"password\": ▇▇▇", "▇▇▇", "}, x"]);
    check(&["EncryptedBytes=AQAA", "   at Some.Method()"], &["EncryptedBytes=▇▇▇", "   at Some.Method()"]);
    check(&["\"EncryptedBytes\": [", "1, 2", "3], x"], &["\"EncryptedBytes\": ▇▇▇", "▇▇▇", "▇▇▇], x"]);
    check(&["<Password>", "  Leaked", "</Password> x"], &["<Password>", "▇▇▇", "</Password> x"]);
    let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    check(&[begin, "Leaked/+", "", "Lea=", end, "x"], &[begin, "▇▇▇", "", "▇▇▇", end, "x"]);
    check(&[begin, "Leaked", "   at Some.Method()"], &[begin, "▇▇▇", "   at Some.Method()"]);
    check(
        &[
            "{\"privateKey\": \"-----BEGIN EC PRIVATE KEY-----",
            "  Lea",
            "-----END EC PRIVATE KEY-----\", \"b\": 1}",
        ],
        &["{\"privateKey\": ▇▇▇", "▇▇▇", "-----END EC PRIVATE KEY-----\", \"b\": 1}"],
    );
    check(&["userPassword:: TGVh", " a2Vk", "sn: x"], &["userPassword:: ▇▇▇", "▇▇▇", "sn: x"]);
}

proptest! {
    /// Letters that stand in none of the forms, so that one of them that is shown is the value's.
    #[test]
    fn nothing_of_a_planted_value_is_shown(
        value in "[ЖЩЮ][ЖЩЮ0-9 ;,&@!%'\"\\\\\\]}<>-]{0,12}[ЖЩЮ]",
        word in "[ЖЩЮ][ЖЩЮ;&@!%-]{0,12}",
    ) {
        let json = serde_json::to_string(&value).unwrap_or_default();
        let within = serde_json::to_string(&format!("{{\"password\":{json}}}")).unwrap_or_default();
        let xml = value.replace('<', "&lt;");
        let bare = value.replace(['\'', '"', '\\', ']', '}'], "");
        for line in [
            format!("x {{\"clientSecret\": {json}, \"b\": 1}}"),
            format!("x {within} y"),
            format!("<s:Password>{xml}</s:Password> y"),
            format!("x [pwd={bare} UserName=a] y"),
            format!("x Password: {bare}"),
            format!("x refresh_token={word} y=z"),
            format!("Authorization: Bearer {word}"),
            format!("Cookie: a={word}; b={word} c={word}"),
            format!("<Data Name=\"Password\">{xml}</Data> y"),
            format!("\u{1b}[1mpass\u{1b}[0mword=\0{word} y=z"),
        ] {
            let shown = black_out(&line, Carry::Nothing).0;
            prop_assert!(!shown.contains(['Ж', 'Щ', 'Ю']), "{} {}", line, shown);
        }
    }

    #[test]
    fn any_line_comes_to_an_end(line in any::<String>()) {
        for carry in [Carry::Nothing, Carry::Value, Carry::List, Carry::Element, Carry::Pem, Carry::Folded, Carry::Below] {
            let _ = black_out(&format!("{line} password={line} \"secret\":\"{line}"), carry);
        }
    }
}
