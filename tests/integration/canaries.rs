//! Raw stays in: secrets planted wherever a session has raw bytes are in nothing that is written down or shown.

use std::process::Command;
use std::time::Duration;

use cofferdam_tests::plant::{Plant, Text, card, credentials, private_key};
use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;

use crate::bed::{Bed, Done, cache, finish_with};
use crate::search::Search;

/// Secrets of their own for each place.
struct Canaries {
    output: Text,
    arguments: Vec<Plant>,
    environment: Vec<Plant>,
    typed: Vec<Plant>,
    title: Vec<Plant>,
    folder: Plant,
}

impl Canaries {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut set = || {
            let mut plants = credentials(&mut random);
            plants.push(private_key(&mut random));
            plants.push(card(&mut random));
            plants
        };
        Self {
            output: Text::with_everything(seed),
            arguments: set(),
            environment: set(),
            typed: set(),
            title: set(),
            folder: set().remove(0),
        }
    }

    fn all(&self) -> Search {
        let sets = [&self.arguments, &self.environment, &self.typed, &self.title];
        Search::of(
            self.output
                .plants()
                .chain(sets.into_iter().flatten())
                .chain([&self.folder]),
        )
    }

    fn script(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.output.chunks(&[]).into_iter().map(Line::Out).collect();
        lines.extend(self.output.chunks(&[]).into_iter().map(Line::Err));
        // A title holds no line end, so a private key can't stand in one.
        for plant in self.title.iter().filter(|plant| plant.close.is_empty()) {
            lines.push(Line::Out(format!("\u{1b}]0;build {} \u{7}", plant.text()).into_bytes()));
        }
        // What is typed is echoed before it is copied: an echo in the midst of a copied secret would leave two
        // pieces, neither of which is one.
        lines.push(Line::Pause(Duration::from_secs(1)));
        lines.push(Line::Copy);
        lines
    }

    /// A session with a canary in each place.
    fn session(&self, options: &[&str]) {
        let bed = Bed::new();
        let folder = bed.work().join(self.folder.text());
        std::fs::create_dir(&folder).expect("a folder");
        let mut command: Command = bed.exec(options, "script", &self.script());
        command.current_dir(&folder).env("COFFERDAM_LOG", "trace");
        for (place, plant) in self.arguments.iter().enumerate() {
            command
                .arg(plant.text())
                .arg(format!("--option-{place}={}", plant.text()));
        }
        for (place, plant) in self.environment.iter().enumerate() {
            command.env(format!("CANARY_{place}"), plant.text());
        }
        let mut typed: String = self.typed.iter().map(|plant| format!("{}\n", plant.text())).collect();
        typed.push_str("typed\n");
        let done = finish_with(&mut command, typed.as_bytes());
        assert_eq!(done.code(), 0, "{}", done.errors());
        assert!(done.text().contains("typed"), "what was typed came through");
        let search = self.all();
        none_shown(&search, &done);
        // The working directory's own name is the test's doing; what stands in it is the program's.
        for place in [&bed.home(), &folder, &cache()] {
            assert!(search.none_below(place) > 0);
        }
        assert!(folder.join(".runs").is_dir() && folder.join("out").is_dir() && bed.state().is_dir());
        for arguments in [vec!["run", "list"], vec!["config", "check"], vec!["doctor"]] {
            let mut command = bed.command(arguments);
            none_shown(&search, &crate::bed::finish(command.current_dir(&folder)));
        }
    }
}

fn none_shown(search: &Search, done: &Done) {
    search.none_in("standard output", &done.out);
    search.none_in("standard error", &done.err);
}

#[test]
fn invariant_1_raw_stays_in_by_pipes() {
    Canaries::new(21).session(&["--pipe"]);
}

#[test]
fn invariant_1_raw_stays_in_on_a_terminal_with_its_echo_and_title() {
    Canaries::new(22).session(&["--pty"]);
}

#[test]
fn invariant_1_raw_stays_in_as_events() {
    Canaries::new(23).session(&["--json"]);
    Canaries::new(24).session(&["--json", "--pty", "--verbose"]);
}

#[test]
fn invariant_1_raw_stays_in_when_a_command_cannot_be_started() {
    let mut random = Random::new(25);
    let plants = credentials(&mut random);
    let search = Search::of(&plants);
    let bed = Bed::new();
    for plant in &plants {
        // The name of the program, one that is there and no program, and a wrong option of our own.
        let file = bed.work().join(plant.text());
        std::fs::create_dir(&file).expect("a folder");
        let path = file.display().to_string();
        for words in [
            vec!["exec", "--", &plant.text()],
            vec!["exec", "--", &path],
            vec!["run", "show", &plant.text()],
        ] {
            let done = bed.run(&words);
            assert_ne!(done.code(), 0, "{words:?}");
            none_shown(&search, &done);
        }
        std::fs::remove_dir(&file).expect("removed");
    }
    for place in bed.places() {
        search.none_below(&place);
    }
}
