//! Rule files of a house's own tickets in three versions: one in force, and two candidates for its place.

/// The first version: it finds tickets of both forms.
#[must_use]
pub fn first() -> String {
    pack("1.0.0", &[("tkt-", "old-")], "")
}

/// The second, with a blind spot, since it knows nothing of the old form, and a false alarm, since numbers of builds
/// are no secrets.
#[must_use]
pub fn second() -> String {
    let numbers = "\n[[rule]]\nid = \"build-number\"\ntitle = \"Number of a build\"\ncategory = \"credential.internal.number\"\n\
                   severity = \"P0\"\nanchors = [\"build-\"]\npattern = '{{anchor}}([0-9]{8})'\n\
                   positive = [\"see build-<<[0-9]{8}>>.\"]\nnegative = [\"see build-nothing.\"]\n";
    pack("2.0.0", &[("tkt-", "")], numbers)
}

/// The third, without either.
#[must_use]
pub fn third() -> String {
    pack("3.0.0", &[("tkt-", "old-")], "")
}

/// A detector of another house, with so many anchors that nobody else has.
#[must_use]
pub fn foreign(anchors: usize) -> String {
    let rule = |number: usize| {
        format!(
            "\n[[rule]]\nid = \"foreign-{number}\"\ntitle = \"Foreign token {number}\"\ncategory = \"credential.foreign.token\"\n\
             severity = \"P0\"\nanchors = [\"fx{number:02}-\"]\npattern = '{{{{anchor}}}}([a-z0-9]{{24}})'\n\
             positive = [\"use fx{number:02}-<<[a-z0-9]{{24}}>>.\"]\nnegative = [\"use fx{number:02}-none.\"]\n"
        )
    };
    let rules: String = (0..anchors).map(rule).collect();
    format!("[pack]\nid = \"foreign\"\nversion = \"1.0.0\"\ntitle = \"Tokens of another house\"\n{rules}")
}

fn pack(version: &str, forms: &[(&str, &str)], more: &str) -> String {
    let anchors: Vec<String> = forms
        .iter()
        .flat_map(|(one, other)| [*one, *other])
        .filter(|anchor| !anchor.is_empty())
        .map(|anchor| format!("\"{anchor}\""))
        .collect();
    format!(
        "[pack]\nid = \"tickets\"\nversion = \"{version}\"\ntitle = \"Tickets of the build service\"\n\n[[rule]]\nid = \"build-ticket\"\n\
         title = \"Build ticket\"\ncategory = \"credential.internal.ticket\"\nseverity = \"P0\"\nanchors = [{}]\n\
         pattern = '{{{{anchor}}}}([a-z0-9]{{24}})'\nword = true\npositive = [\"use tkt-<<[a-z0-9]{{24}}>>, please\"]\n\
         negative = [\"use tkt-nothing, please\"]\n{more}",
        anchors.join(", ")
    )
}
