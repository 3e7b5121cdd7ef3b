//! The pages as the browser computes them: names for screen readers, contrast, a focus that is seen.

use crate::Site;
use crate::browser::{TAB, Tried};

const PAGES: [&str; 4] = [
    "/",
    "/configuration/directory-services",
    "/configuration/directory-services?refused=stale",
    "/configuration/sensors?refresh=off",
];

/// Every text with less contrast against what is behind it than WCAG 2.2 asks for, and how many were looked at.
const CONTRASTS: &str = r"
const numbers = colour => colour.match(/[\d.]+/g).map(Number);
const light = colour => {
  const [r, g, b] = numbers(colour).map(n => (n /= 255) <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = element => {
  for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    if (numbers(colour)[3] !== 0) return colour;
  }
  return 'rgb(255, 255, 255)';
};
const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || element.matches('input');
const texts = [...document.body.querySelectorAll('*')].filter(own);
const faults = texts.flatMap(element => {
  const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  return ratio < 4.5 ? [`${element.tagName} ${ratio.toFixed(2)}: ${element.textContent}`] : [];
});
return { faults, seen: texts.length };
";

/// Whether what has the focus shows it, and what it is.
const FOCUS: &str = "
const style = getComputedStyle(document.activeElement);
return { shown: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, id: document.activeElement.id };
";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_makes_of_every_page_can_be_read_by_all() -> Tried {
    let site = Site::start("wrong-password-saved")?;
    let Some(browser) = site.browser()? else { return Ok(()) };
    for page in PAGES {
        browser.go(&format!("{}{page}", site.lab.addresses().workspace_url))?;
        let contrasts = browser.run(CONTRASTS)?;
        assert_eq!(contrasts["faults"], serde_json::json!([]), "{page}");
        assert!(contrasts["seen"].as_u64() > Some(10), "{page}: {contrasts}");
        assert_eq!(browser.run("return document.documentElement.lang")?, "en");
        for element in browser.find_all("//a | //input[not(@type='hidden')] | //button | //table")? {
            assert!(!element.label()?.is_empty(), "{page}: a {} without a name", element.role()?);
        }
        // The style sheet came, and nothing was forbidden or missing.
        assert_eq!(browser.run("return getComputedStyle(document.body).color")?, "rgb(27, 27, 27)");
        assert_eq!(browser.complaints()?, Vec::<String>::new(), "{page}");
    }
    browser.run("document.querySelector('h1').style.color = '#ccc'")?;
    assert_eq!(browser.run(CONTRASTS)?["faults"].as_array().map(Vec::len), Some(1), "a negative control");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_filled_in_by_keys_alone_and_the_focus_is_always_seen() -> Tried {
    let site = Site::start("clean")?;
    let Some(browser) = site.browser()? else { return Ok(()) };
    browser.go(&format!("{}{}", site.lab.addresses().workspace_url, PAGES[1]))?;
    let mut reached = Vec::new();
    while reached.last().is_none_or(|id| id != "save") && reached.len() < 20 {
        browser.press(TAB)?;
        let focus = browser.run(FOCUS)?;
        assert_eq!(focus["shown"], true, "{focus} after {reached:?}");
        reached.push(focus["id"].as_str().unwrap_or_default().to_owned());
    }
    let fields: Vec<&str> = reached.iter().map(String::as_str).filter(|id| !id.is_empty()).collect();
    assert_eq!(fields, ["account", "domain", "password", "gmsa", "single-label", "save"]);
    let names = browser.find_all("//form//input[not(@type='hidden')] | //form//button")?;
    let names: Vec<String> = names.iter().map(crate::browser::Element::label).collect::<Tried<_>>()?;
    let expected = [
        "Account name",
        "Domain",
        "Password",
        "Group managed service account",
        "Single label domain",
        "Save",
    ];
    assert_eq!(names, expected);
    Ok(())
}
