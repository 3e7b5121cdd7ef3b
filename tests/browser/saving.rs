//! A password saved in the page, as an operator saves it there.

use mdi_console::lab::world::{RIGHT_PASSWORD, WRONG_PASSWORD};

use crate::browser::Tried;
use crate::{Browser, Site};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_in_a_browser_is_what_the_sensors_take() -> Tried {
    let site = Site::start("wrong-password-saved")?;
    let Some(browser) = site.browser()? else { return Ok(()) };
    browser.go(&site.lab.addresses().workspace_url)?;
    assert_eq!(browser.title()?, "Configuration · contoso-corp · LAB");
    browser.find("//main//a[.='Sensors']")?.click()?;
    browser.find("//*[@id='figures'][.='12 sensors: 0 running, 12 stopped, 0 syncing']")?;

    browser.find("//nav//a[.='Directory Services']")?.click()?;
    browser.find("//input[@id='password']")?.enter(RIGHT_PASSWORD)?;
    browser.find("//button[@id='save']")?.click()?;
    let message = browser.find("//*[@id='message']")?;
    assert!(message.text()?.starts_with("✓ Saved."), "{}", message.text()?);
    assert!(browser.title()?.starts_with("Saved · "));
    assert!(!browser.source()?.contains(RIGHT_PASSWORD) && !browser.address()?.contains(RIGHT_PASSWORD));
    assert!(site.lab.stored_is_right());
    assert_eq!(site.lab.saves(), 1);

    // The page asks again by itself until the sensors have come up.
    browser.find("//nav//a[.='Sensors']")?.click()?;
    browser.find("//*[@id='figures'][.='12 sensors: 12 running, 0 stopped, 0 syncing']")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_left_open_while_someone_else_saves_saves_nothing() -> Tried {
    let site = Site::start("clean")?;
    let (Some(mine), Some(theirs)) = (site.browser()?, site.browser()?) else { return Ok(()) };
    let entry = format!("{}/configuration/directory-services", site.lab.addresses().workspace_url);
    for browser in [&mine, &theirs] {
        browser.go(&entry)?;
        browser.find("//input[@id='password']")?.enter(RIGHT_PASSWORD)?;
    }
    theirs.find("//button[@id='save']")?.click()?;
    theirs.find("//*[@id='message'][contains(., 'Saved.')]")?;
    mine.find("//input[@id='password']")?.enter(WRONG_PASSWORD)?;
    mine.find("//button[@id='save']")?.click()?;
    mine.find("//*[@id='message'][contains(., 'Someone else changed this entry')]")?;
    assert!(site.lab.stored_is_right());
    assert_eq!(site.lab.saves(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_trusts_another_authority_does_not_open_the_portal() -> Tried {
    let site = Site::start("clean")?;
    let another = Site::start("clean")?;
    let Some(browser) = Browser::open(&another.lab.addresses().ca_pem)? else { return Ok(()) };
    // Whether the driver calls the warning an error depends on its version; the page is not there either way.
    let opened = browser.go(&site.lab.addresses().workspace_url).map_err(|why| why.to_string());
    let shown = browser.source()?;
    assert!(shown.contains("ERR_CERT_AUTHORITY_INVALID"), "{opened:?} {shown}");
    assert!(!shown.contains("Directory Services"), "{shown}");
    Ok(())
}
