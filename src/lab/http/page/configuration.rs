//! The first page of the workspace: what can be configured, in a sentence each.
//!
//! Relies on the world for its figures. Pure. Deliberately absent: settings that the lab has none of.

use super::frame::{CONFIGURATION, DIRECTORY_SERVICES, Page, SENSORS};
use super::markup::{Node, said, tag, text};
use super::sensors::figures;
use crate::lab::world::World;

pub fn page(world: &World) -> Page {
    let entry = format!(
        "One credential entry: {} in {}. Its password is changed here.",
        world.entry.account(),
        world.entry.domain()
    );
    let content = vec![
        section("Directory Services", DIRECTORY_SERVICES, entry),
        section("Sensors", SENSORS, format!("{}.", figures(&world.fleet))),
    ];
    Page { place: CONFIGURATION, first: None, refresh: None, content }
}

fn section(name: &str, place: &str, words: String) -> Node {
    let link = tag("a", &[("href", place)], vec![text(name)]);
    tag("section", &[], vec![tag("h2", &[], vec![link]), said("p", words)])
}
