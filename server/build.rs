//! The program embeds `target/site`; a build without the browser's part finds
//! it empty.

use std::path::Path;

fn main() {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site/pkg");
    if let Err(error) = std::fs::create_dir_all(&site) {
        println!("cargo::warning=cannot create {}: {error}", site.display());
    }
    println!("cargo::rerun-if-changed=../target/site/pkg");
    println!("cargo::rerun-if-changed=../app/library");
    println!("cargo::rerun-if-changed=build.rs");
}
