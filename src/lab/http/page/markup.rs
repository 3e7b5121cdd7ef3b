//! A page as a tree of elements, and the tree as HTML.
//!
//! Relies on nothing. Pure. Text and attributes are escaped where they are written, and names are the program's own:
//! there is no way to put raw HTML in. Deliberately absent: scripts, comments, indentation.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Text(String),
    Element { name: &'static str, attributes: Vec<(&'static str, String)>, children: Vec<Node> },
}

/// Elements that hold nothing and have no end tag.
const VOID: [&str; 3] = ["input", "link", "meta"];

/// An attribute without a meaning of its own value is given an empty one.
pub fn tag(name: &'static str, attributes: &[(&'static str, &str)], children: Vec<Node>) -> Node {
    let attributes = attributes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Node::Element { name, attributes, children }
}

pub fn text(text: impl Into<String>) -> Node {
    Node::Text(text.into())
}

/// An element that holds text alone.
pub fn said(name: &'static str, words: impl Into<String>) -> Node {
    tag(name, &[], vec![text(words)])
}

impl Node {
    /// The whole document, if this is its `html` element.
    pub fn document(&self) -> String {
        let mut out = String::from("<!doctype html>\n");
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Text(text) => escape(text, out),
            Self::Element { name, attributes, children } => {
                out.extend(["<", name]);
                for (name, value) in attributes {
                    out.extend([" ", name, "=\""]);
                    escape(value, out);
                    out.push('"');
                }
                out.push('>');
                if !VOID.contains(name) {
                    for child in children {
                        child.write(out);
                    }
                    out.extend(["</", name, ">"]);
                }
            }
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_can_not_become_markup() {
        let odd = "\"><script>'&";
        let page = tag("p", &[("title", odd)], vec![text(odd), tag("input", &[("required", "")], vec![])]);
        let escaped = "&quot;&gt;&lt;script&gt;&#39;&amp;";
        assert_eq!(
            page.document(),
            format!("<!doctype html>\n<p title=\"{escaped}\">{escaped}<input required=\"\"></p>")
        );
    }
}
