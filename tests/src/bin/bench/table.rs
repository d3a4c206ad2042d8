//! The table: each thing beside its budget.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::timing::Sample;

/// What a measurement is held against.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    /// It should not be below.
    AtLeast(f64),
    /// It should not be above.
    AtMost(f64),
    /// It is there to compare others with.
    None,
}

/// One line of the table.
struct Row {
    what: String,
    unit: &'static str,
    budget: Budget,
    measured: f64,
    least: f64,
    most: f64,
    /// What stands beside the figure, so that it can be understood.
    remark: String,
}

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    notes: Vec<(&'static str, Value)>,
}

impl Table {
    /// Keeps a measurement by its median.
    pub(crate) fn add(&mut self, what: impl Into<String>, unit: &'static str, budget: Budget, sample: &Sample) {
        self.add_value(what, unit, budget, sample.median(), sample);
    }

    /// The same with a remark beside the figure.
    pub(crate) fn add_with(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        budget: Budget,
        sample: &Sample,
        remark: impl Into<String>,
    ) {
        self.add_row(Row {
            what: what.into(),
            unit,
            budget,
            measured: sample.median(),
            least: sample.least(),
            most: sample.most(),
            remark: remark.into(),
        });
    }

    /// Keeps a measurement by another value of its sample, such as a percentile.
    pub(crate) fn add_value(
        &mut self,
        what: impl Into<String>,
        unit: &'static str,
        budget: Budget,
        measured: f64,
        sample: &Sample,
    ) {
        self.add_row(Row {
            what: what.into(),
            unit,
            budget,
            measured,
            least: sample.least(),
            most: sample.most(),
            remark: String::new(),
        });
    }

    /// Says that there was nothing to measure, since a program isn't installed.
    pub(crate) fn absent(&mut self, what: impl Into<String>) {
        let nothing = Sample::new(vec![f64::NAN]);
        self.add_with(what, "", Budget::None, &nothing, "");
    }

    fn add_row(&mut self, row: Row) {
        let told = format!("  {}: {} {}  {}", row.what, figure(row.measured), row.unit, row.remark);
        say(told.trim_end());
        self.rows.push(row);
    }

    /// Keeps what else is worth knowing, for the file.
    pub(crate) fn note(&mut self, name: &'static str, value: Value) {
        self.notes.push((name, value));
    }

    /// Keeps more of the same kind.
    pub(crate) fn note_more(&mut self, name: &'static str, values: Vec<Value>) {
        let known = self.notes.iter_mut().find(|(known, _)| *known == name);
        match known {
            Some((_, Value::Array(known))) => known.extend(values),
            Some(_) | None => self.note(name, values.into()),
        }
    }

    /// The table for people.
    pub(crate) fn print(&self) {
        let head = ["what", "budget", "measured", "min–max", "met?", "beside it"].map(str::to_owned);
        let lines: Vec<[String; 6]> = std::iter::once(head).chain(self.rows.iter().map(Row::cells)).collect();
        let widths: Vec<usize> = (0..6)
            .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
            .collect();
        say("");
        for (index, line) in lines.iter().enumerate() {
            let cells: Vec<String> = line
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            say(cells.join(" | ").trim_end());
            if index == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                say(&rule.join("-|-"));
            }
        }
    }

    /// The table for programs.
    pub(crate) fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let mut all = serde_json::Map::new();
        for (name, value) in &self.notes {
            all.insert((*name).to_owned(), value.clone());
        }
        all.insert("rows".to_owned(), Value::from(rows));
        Value::Object(all)
    }
}

impl Row {
    fn cells(&self) -> [String; 6] {
        let budget = match self.budget {
            Budget::AtLeast(bound) => format!("≥ {} {}", figure(bound), self.unit),
            Budget::AtMost(bound) => format!("≤ {} {}", figure(bound), self.unit),
            Budget::None => "–".to_owned(),
        };
        let range = if self.measured.is_nan() {
            "–".to_owned()
        } else {
            format!("{}–{}", figure(self.least), figure(self.most))
        };
        [
            self.what.clone(),
            budget,
            format!("{} {}", figure(self.measured), self.unit).trim_end().to_owned(),
            range,
            self.verdict(),
            self.remark.clone(),
        ]
    }

    /// How far the budget is met or missed: always a factor above one.
    fn verdict(&self) -> String {
        let headroom = match self.budget {
            Budget::AtLeast(bound) => self.measured / bound,
            Budget::AtMost(bound) => bound / self.measured.max(1e-9),
            Budget::None => return "–".to_owned(),
        };
        if headroom > 100.0 {
            "met ×100 or more".to_owned()
        } else if headroom >= 1.0 {
            format!("met ×{headroom:.2}")
        } else {
            format!("MISSED ×{:.2}", 1.0 / headroom.max(1e-9))
        }
    }

    fn json(&self) -> Value {
        let budget = match self.budget {
            Budget::AtLeast(bound) => json!({ "at-least": bound }),
            Budget::AtMost(bound) => json!({ "at-most": bound }),
            Budget::None => Value::Null,
        };
        json!({
            "what": self.what, "unit": self.unit, "budget": budget, "measured": self.measured, "least": self.least,
            "most": self.most, "verdict": self.verdict(), "beside": self.remark,
        })
    }
}

/// Three digits that count, or that there was nothing to measure.
pub(crate) fn figure(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "not installed".to_owned()
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.3}")
    }
}

/// Writes a line for people. One that can't be written is lost: there is nobody to tell.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}
