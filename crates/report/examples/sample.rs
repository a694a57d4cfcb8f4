//! Writes the sample report to the path given: `cargo run -p report --example sample -- out.pdf`.
//! A second word chooses a variant: `draft`, `customer`, `empty`.

#[path = "../tests/sample/mod.rs"]
#[allow(dead_code)]
mod sample;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let path = words.next().ok_or("say where to write the report")?;
    let mut report = sample::full();
    match words.next().as_deref() {
        None => {}
        Some("draft") => report.draft = true,
        Some("customer") => report.version = report::Version::Customer,
        Some("empty") => report = report::Report::new("CO-26-01848", sample::made_at()),
        Some(other) => return Err(format!("unknown variant {other:?}").into()),
    }
    std::fs::write(path, report::render(&report)?)?;
    Ok(())
}
