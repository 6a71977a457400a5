//! Makes the messages and the service of the `.proto` file, in Rust alone: no machine needs `protoc`.

use std::{error::Error, path::PathBuf};

const FOLDER: &str = "proto";
const FILE: &str = "quartile/metrics/v1/metrics.proto";

#[expect(clippy::disallowed_methods, reason = "cargo says in the environment where to write")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new([FOLDER])?;
    compiler.include_source_info(true).include_imports(true).open_file(FILE)?;
    std::fs::write(out.join("metrics.descriptor"), compiler.encode_file_descriptor_set())?;
    // The program links no client; only its tests do.
    for (name, has_server) in [("server", true), ("client", false)] {
        let folder = out.join(name);
        std::fs::create_dir_all(&folder)?;
        tonic_prost_build::configure()
            .build_server(has_server)
            .build_client(!has_server)
            .build_transport(false)
            .emit_rerun_if_changed(false)
            .out_dir(&folder)
            .compile_fds(compiler.file_descriptor_set())?;
    }
    Ok(())
}
