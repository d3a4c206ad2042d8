//! Marks of a page: pieces of HTML and of SVG, which need no script.

use cofferdam_model::eval::Rate;

/// What a colour says.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) enum Tone {
    /// What a guard got right.
    Right,
    /// The same, too late.
    Late,
    /// What it got wrong.
    Wrong,
    /// What it left alone.
    Quiet,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Late => "late",
            Self::Wrong => "wrong",
            Self::Quiet => "quiet",
        }
    }
}

/// Text as it stands in a page, also between quotes.
pub(in crate::report) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(char),
        }
    }
    escaped
}

/// A share as a bar from 0 to 100 %, with its interval as a whisker.
pub(in crate::report) fn bar(rate: Option<Rate>, tone: Tone) -> String {
    let Some(rate) = rate else {
        return String::new();
    };
    let [value, low, high] = [rate.value, rate.low, rate.high].map(|share| share * 100.0);
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{value:.1} %, from {low:.1} to \
         {high:.1}\"><rect class=\"track\" width=\"100\" height=\"10\"/><rect class=\"{}\" width=\"{value:.2}\" height=\"10\"/>\
         <rect class=\"whisker\" x=\"{low:.2}\" y=\"4\" width=\"{:.2}\" height=\"2\"/></svg>",
        tone.class(),
        (high - low).max(0.4)
    )
}

/// Counts side by side, each as wide as its part of `whole`.
pub(in crate::report) fn stack(parts: &[(u64, Tone)], whole: u64) -> String {
    let mut told =
        String::from("<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    told.push_str("<rect class=\"track\" width=\"100\" height=\"10\"/>");
    let mut from = 0.0;
    for (count, tone) in parts {
        let width = part(*count, whole) * 100.0;
        told.push_str(&format!(
            "<rect class=\"{}\" x=\"{from:.2}\" width=\"{width:.2}\" height=\"10\"/>",
            tone.class()
        ));
        from += width;
    }
    told.push_str("</svg>");
    told
}

/// Three rising values on a scale of powers of ten up to `most`, at least 1 each: a line from the first to the last,
/// with a mark for each.
pub(in crate::report) fn range(values: [f64; 3], most: f64) -> String {
    let place = |value: f64| value.max(1.0).ln() / most.max(10.0).ln() * 98.0;
    let [first, middle, last] = values.map(place);
    let mut told = String::from(
        "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"track\" width=\"100\" height=\"10\"/>",
    );
    told.push_str(&format!(
        "<rect class=\"late\" x=\"{first:.2}\" y=\"3\" width=\"{:.2}\" height=\"4\"/>",
        last - first
    ));
    for (at, class) in [(first, "right"), (middle, "right"), (last, "wrong")] {
        told.push_str(&format!(
            "<rect class=\"{class}\" x=\"{at:.2}\" width=\"1.2\" height=\"10\"/>"
        ));
    }
    told.push_str("</svg>");
    told
}

/// Columns side by side, each of counts on top of each other, as high as their part of `most`.
pub(in crate::report) fn columns(series: &[Vec<(u64, Tone)>], most: u64, label: &str) -> String {
    let width = 10 * series.len().max(1);
    let mut told = format!(
        "<svg class=\"columns\" viewBox=\"0 0 {width} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
        escape(label)
    );
    told.push_str(&format!("<rect class=\"track\" width=\"{width}\" height=\"100\"/>"));
    for (place, column) in series.iter().enumerate() {
        let mut from = 100.0;
        for (count, tone) in column.iter().filter(|(count, _)| *count > 0) {
            // What is there is seen, however little of it there is.
            let height = (part(*count, most) * 100.0).max(1.0);
            from -= height;
            told.push_str(&format!(
                "<rect class=\"{}\" x=\"{}\" y=\"{from:.2}\" width=\"8\" height=\"{height:.2}\"/>",
                tone.class(),
                10 * place + 1
            ));
        }
    }
    told.push_str("</svg>");
    told
}

/// A table of a page. Heads and cells are HTML already; a head that begins with `>` is of numbers. Of one without a row
/// no head is shown.
pub(in crate::report) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return "<p class=\"note\">None.</p>".to_owned();
    }
    let class = |column: usize| {
        let is_number = heads.get(column).is_some_and(|head| head.starts_with('>'));
        if is_number { " class=\"number\"" } else { "" }
    };
    let mut told = String::from("<div class=\"scroll\"><table><thead><tr>");
    for (column, head) in heads.iter().enumerate() {
        told.push_str(&format!("<th{}>{}</th>", class(column), head.trim_start_matches('>')));
    }
    told.push_str("</tr></thead><tbody>");
    for row in rows {
        told.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            told.push_str(&format!("<td{}>{cell}</td>", class(column)));
        }
        told.push_str("</tr>");
    }
    told.push_str("</tbody></table></div>");
    told
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn part(count: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { count as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use cofferdam_model::eval::Rate;

    use super::{Tone, bar, escape, stack, table};

    #[test]
    fn nothing_that_is_text_can_be_markup() {
        assert_eq!(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }

    #[test]
    fn marks_are_as_wide_as_their_shares() {
        assert!(bar(Rate::wilson(1, 4), Tone::Right).contains("class=\"right\" width=\"25.00\""));
        assert_eq!(bar(None, Tone::Right), "");
        let stack = stack(&[(1, Tone::Right), (2, Tone::Wrong)], 4);
        assert!(stack.contains("class=\"wrong\" x=\"25.00\" width=\"50.00\""), "{stack}");
        let table = table(&["a", ">b"], &[vec!["1".into(), "2".into()]]);
        assert!(table.contains("<th class=\"number\">b</th>") && table.contains("<td class=\"number\">2</td>"));
    }
}
