//! What the host and its children used.

use cofferdam_model::record::Resources;

/// Clock ticks a second in /proc, which is 100 on every Linux that people run.
const TICKS: u64 = 100;

/// What was used so far; none where /proc doesn't say.
pub(super) fn resources() -> Option<Resources> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold anything; the numbers stand after its closing bracket.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let millis = |field: usize| Some(fields.get(field)?.parse::<u64>().ok()? * 1000 / TICKS);
    Some(Resources {
        host_peak_kib: peak.trim().trim_end_matches(" kB").trim().parse().ok()?,
        host_cpu_ms: millis(11)? + millis(12)?,
        child_cpu_ms: millis(13)? + millis(14)?,
    })
}
