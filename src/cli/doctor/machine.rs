//! What this machine has.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Finding;

pub const GIB: u64 = 1 << 30;

/// Sizes in bytes; what cannot be known on this system is none.
pub struct Machine {
    pub cores: usize,
    pub memory_free: Option<u64>,
    pub models_free: Option<u64>,
    pub record_free: Option<u64>,
    /// None: no limit.
    pub open_files: Option<u64>,
    pub year: i64,
}

impl Machine {
    pub fn this(models: &Path, record: Option<&Path>) -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_free: memory_free(),
            models_free: free(models),
            record_free: record.and_then(free),
            open_files: open_files(),
            // Leap days add up: good to the day or so, of which only the year counts.
            year: 1970 + i64::try_from(seconds / (86_400 * 36_525 / 100)).unwrap_or_default(),
        }
    }

    /// whisper.cpp is built for what this processor has; without AVX2 it is several times slower.
    #[cfg_attr(
        not(target_arch = "x86_64"),
        expect(clippy::unused_self, reason = "asked on one architecture only")
    )]
    pub fn instructions(&self) -> Finding {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                return Finding::good("the processor has AVX-512");
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return Finding::good("the processor has AVX2");
            }
            Finding::warning("the processor has no AVX2", "speech will be heard late: use a newer machine")
        }
        #[cfg(not(target_arch = "x86_64"))]
        Finding::good(format!("the processor is {}", std::env::consts::ARCH))
    }
}

/// Linux tells how much could be had without pushing anybody out.
fn memory_free() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}

/// Of the folder's disk, or of its nearest parent's that is there.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let place = folder.ancestors().find(|place| place.exists())?;
    let disk = rustix::fs::statvfs(place).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}

#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_looked_at() {
        let machine = Machine::this(Path::new("/nowhere/at/all"), None);
        assert!(machine.cores >= 1 && machine.year >= 2026);
        assert!(machine.models_free.unwrap() > 0, "of the disk that the folder would be on");
        assert!(machine.memory_free.unwrap() > 0);
    }
}
