//! Makes the folder `target/site`, which the program embeds. In a build without the
//! browser's part it is empty.

fn main() {
    // Build scripts run in their package's folder.
    let site = "../target/site/pkg";
    if let Err(error) = std::fs::create_dir_all(site) {
        println!("cargo::warning=cannot create {site}: {error}");
    }
    println!("cargo::rerun-if-changed={site}");
    println!("cargo::rerun-if-changed=../app/library");
    println!("cargo::rerun-if-changed=../app/pathways");
    println!("cargo::rerun-if-changed=build.rs");
}
