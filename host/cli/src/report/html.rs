//! The frame of a page, and its larger pieces.

const STYLE: &str = include_str!("style.css");

/// A page with this title, which is no markup, around a body, which is. It is well-formed XML but for its first line,
/// and a browser that reads it asks nobody for anything.
pub(in crate::report) fn page(title: &'static str, body: &str) -> String {
    let mut told = String::from("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
    told.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
    told.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>",
    );
    told.push_str(&format!("<title>{title}</title><style>"));
    told.push_str(STYLE);
    told.push_str("</style></head>\n<body><main>\n");
    told.push_str(body);
    told.push_str("</main></body></html>\n");
    told
}

/// A section with its heading and a note, which are HTML already.
pub(in crate::report) fn section(title: &str, note: &str, body: &str, told: &mut String) {
    told.push_str(&format!(
        "<section><h2>{title}</h2><p class=\"note\">{note}</p>{body}</section>\n"
    ));
}

/// A large number with what it is, and something below it.
pub(in crate::report) fn card(name: &str, value: &str, below: &str) -> String {
    format!("<div class=\"card\"><small>{name}</small><b>{value}</b>{below}</div>")
}
