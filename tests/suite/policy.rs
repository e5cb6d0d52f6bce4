//! The policy as a table: `tests/access_matrix.txt` is reviewed as a diff.

#[test]
fn the_printed_matrix_is_the_policy() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/access_matrix.txt");
    let now = domain::access::table();
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if now != kept {
        std::fs::write(path, &now).expect("written");
        panic!("the policy changed: look at the diff of tests/access_matrix.txt, and commit it if it is meant");
    }
}
