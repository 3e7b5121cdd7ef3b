//! Every scenario in the binary can be read and says what it must.

use super::*;

#[test]
fn every_text_is_a_scenario_with_a_name_of_its_own() {
    let scenarios: Vec<Scenario> = TEXTS.iter().map(|text| parse(text).expect("a scenario")).collect();
    assert_eq!(scenarios.len(), all().len());
    assert_eq!(scenarios[0].name, DEFAULT);
    for scenario in &scenarios {
        assert_eq!(find(&scenario.name).as_ref(), Some(scenario), "{}", scenario.name);
        assert!(scenario.teaches.ends_with('.'), "{}: a sentence", scenario.name);
        assert!(scenario.holds.saves.is_some(), "{}: says how many saves", scenario.name);
        assert!(scenario.script.iter().all(|step| (1..=7).contains(&step.step)), "{}", scenario.name);
        assert!(
            scenario.script.windows(2).all(|pair| pair[0].step <= pair[1].step || pair[1].step == 4),
            "{}: goes back only to 4",
            scenario.name
        );
    }
}

#[test]
fn an_unknown_key_is_refused() {
    let text = TEXTS[0].replace("teaches", "teachs");
    assert!(parse(&text).is_err());
}

#[test]
fn the_list_names_every_scenario_and_its_end() {
    let list = list();
    for scenario in all() {
        assert!(list.contains(&scenario.name) && list.contains(&scenario.teaches), "{}", scenario.name);
    }
    assert!(list.contains("type the wrong password and test it"));
    assert!(list.contains("wait until the branch office has heard of the change (20 s)"));
    assert!(list.contains("ends: refused"));
}
