//! What the process is, and what it uses of the machine.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Error, IntGauge};
use tikv_jemalloc_ctl::{epoch, stats};

use super::declare::Declare;

/// Declares the series of the process.
pub(super) fn declare(declare: &Declare<'_>) -> Result<(), Error> {
    let info = declare.gauges(
        "build_info",
        "The program's version, as a label.",
        &["version"],
    )?;
    info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    declare.0.register(Box::new(Held::new()?))?;
    #[cfg(target_os = "linux")]
    declare.0.register(Box::new(
        prometheus::process_collector::ProcessCollector::for_self(),
    ))?;
    Ok(())
}

/// What the program holds, asked of the allocator at each scrape. What is resident beyond it is free memory that has not
/// gone back to the system, code, and stacks.
struct Held {
    bytes: IntGauge,
}

impl Held {
    fn new() -> Result<Self, Error> {
        let bytes = IntGauge::new(
            "memory_allocated_bytes",
            "Memory that the program holds, as its allocator counts it.",
        )?;
        Ok(Self { bytes })
    }
}

impl Collector for Held {
    fn desc(&self) -> Vec<&Desc> {
        self.bytes.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // The allocator's figures are those of the last epoch.
        let held = epoch::advance().and_then(|_| stats::allocated::read());
        if let Ok(held) = held {
            self.bytes.set(i64::try_from(held).unwrap_or(i64::MAX));
        }
        self.bytes.collect()
    }
}
