//! Entries in the forms a workspace may give them, and what they prove.

use serde_json::json;

use super::*;

#[test]
fn entries_are_read_in_their_order_bare_or_wrapped() {
    let rows = json!([
        {"Id": "e2", "AccountName": "svc-mdi", "DomainDnsName": "contoso.test", "AccountPassword": null,
         "IsGroupManagedServiceAccount": false, "IsSingleLabelAccountDomainName": true, "lastChangeId": "c-1",
         "lastChangedBy": "ana@x", "lastChangedDateTime": "2026-08-20T10:00:00Z"},
        {"Id": 1, "AccountName": "gmsa$", "DomainDnsName": null},
    ]);
    for body in [rows.clone(), json!({ "value": rows })] {
        let read = entries(body.to_string().as_bytes()).unwrap();
        let whole = Entry {
            id: "e2".into(),
            account: "svc-mdi".into(),
            domain: "contoso.test".into(),
            managed: false,
            single_label: true,
            etag: "".into(),
            last_change: Some("c-1".into()),
            changed_by: Some("ana@x".into()),
            changed_at: "2026-08-20T10:00:00Z".parse().ok(),
        };
        assert_eq!(read[0], whole);
        assert_eq!((&*read[1].id, read[1].managed, &*read[1].domain), ("1", true, ""));
    }
}

#[test]
fn what_is_no_entry_is_an_error() {
    let check = |body: &str| assert!(matches!(entries(body.as_bytes()), Err(Fault::Garbled(_))), "{body}");
    check("");
    check("{}");
    check("<html>");
    check(r#"{"value": null}"#);
    check(r#"[{"AccountName": "svc-mdi"}]"#);
    check(r#"[{"Id": ""}]"#);
    check(r#"[{"Id": null}]"#);
    assert_eq!(entries(b"[]"), Ok(Vec::new()));
}

#[test]
fn a_password_that_should_not_be_there_is_in_no_entry_and_no_error() {
    let good = entry(br#"{"Id": "e", "AccountPassword": "s3cret"}"#).unwrap();
    assert!(!format!("{good:?}").contains("s3cret"));
    let bad = entry(br#"{"AccountPassword": "s3cret"}"#).unwrap_err();
    assert!(!format!("{bad:?}").contains("s3cret"));
}

#[test]
fn a_lost_save_is_judged_by_what_stands_there_now() {
    let check = |etag: &str, last_change: Option<&str>, verdict: LostVerdict| {
        let mut now = entry(br#"{"Id": "e"}"#).unwrap();
        now.etag = etag.into();
        now.last_change = last_change.map(Safe::new);
        assert_eq!(judge_after_loss(&now, "c-2", "\"1\""), verdict, "{etag} {last_change:?}");
    };
    check("\"2\"", Some("c-2"), LostVerdict::Saved);
    check("\"2\"", Some("C-2"), LostVerdict::Saved);
    check("\"1\"", Some("c-2"), LostVerdict::Saved);
    check("\"1\"", Some("c-1"), LostVerdict::NotSaved);
    check("\"1\"", None, LostVerdict::NotSaved);
    check("\"3\"", Some("c-3"), LostVerdict::NotKnown);
    check("\"3\"", None, LostVerdict::NotKnown);
    check("", None, LostVerdict::NotKnown);
}

#[test]
fn nothing_is_proved_by_two_things_that_are_both_missing() {
    let mut now = entry(br#"{"Id": "e"}"#).unwrap();
    assert_eq!(judge_after_loss(&now, "", ""), LostVerdict::NotKnown);
    now.last_change = Some("".into());
    assert_eq!(judge_after_loss(&now, "", ""), LostVerdict::NotKnown);
}
