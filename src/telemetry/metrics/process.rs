//! What the process is, and what it uses of the machine.

use prometheus::Error;

use super::declare::Declare;

/// Declares the series of the process.
pub(super) fn declare(declare: &Declare<'_>) -> Result<(), Error> {
    let info = declare.gauges(
        "build_info",
        "The program's version, as a label.",
        &["version"],
    )?;
    info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    #[cfg(target_os = "linux")]
    declare.0.register(Box::new(
        prometheus::process_collector::ProcessCollector::for_self(),
    ))?;
    Ok(())
}
