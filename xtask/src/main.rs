//! Builds the guests and the host, runs, tests, measures: the commands of the README end here.

mod base64;
mod corpus;
mod fuzz;
mod guest;
mod mutants;
mod packages;
mod packs;
mod peers;
mod task;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND
  run -- ARGUMENTS   build what has changed, and run `cofferdam ARGUMENTS`
  test [FILTER]      build what has changed, and run every test (or those whose name holds FILTER)
  build              build the guards, and the host that holds them
  guests             build the guards alone
  bench              measure every budget that can be measured, and print it beside the figure
  corpus FOLDER [CLEAN...]
                     write labelled texts of every rule in every notation, and secrets planted in
                     the clean files
  peers CORPUS...    set other scanners that are installed beside this one over the same texts
  sessions [--count N] [--seed N] [--folder FOLDER] [--walk [--labelled N]]
                     hold a day of varied sessions with candidates in shadow, to report on; with
                     --walk, go their way to the gate, where one is turned away and one gets in
  check              formatting, lints, docs, and the drift of schemas and WIT
  mutants [FILTER]   put each fault of tests/mutants into a copy, and see the named test fail
  fuzz [--seconds N] [TARGET]
                     hold the guard's laws against inputs that libFuzzer makes up
  schemas            write the JSON Schemas anew from the types";

fn main() -> ExitCode {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&folder).parent().expect("xtask lies in the workspace");
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.skip_while(|word| word == "--").collect();
    let done = match command.as_str() {
        "run" => return task::run(root, &rest),
        "test" => task::test(root, &rest),
        "build" => task::build(root),
        "guests" => guest::build_guests(root).map_err(|problem| problem.to_string()),
        "bench" => task::bench(root, &rest),
        "corpus" => corpus::corpus(root, &rest),
        "peers" => peers::peers(root, &rest),
        "sessions" => task::sessions(root, &rest),
        "check" => task::check(root),
        "fuzz" => fuzz::fuzz(root, &rest),
        "mutants" => mutants::mutants(root, &rest),
        "schemas" => task::schemas(root),
        "help" | "--help" | "-h" => {
            help();
            Ok(())
        }
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => task::fail(&problem),
    }
}

#[allow(clippy::print_stdout, reason = "xtask talks to a person")]
fn help() {
    println!("{USAGE}");
}
