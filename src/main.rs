//! `tradewind`: arguments, configuration, logs, then the work.

fn main() -> std::process::ExitCode {
    tradewind::cli::main()
}
