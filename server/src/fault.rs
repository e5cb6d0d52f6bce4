//! Fault points: places at which a test ends the program as a power cut would.

/// Ends the program here at once if the environment variable `FAULT_POINT` names
/// this point. A release build has no such points.
#[inline]
pub fn point(name: &str) {
    #[cfg(debug_assertions)]
    {
        #[expect(clippy::disallowed_methods, reason = "a test's word to a process of its own, not a setting")]
        let named = std::env::var("FAULT_POINT");
        if named.is_ok_and(|named| named == name) {
            std::process::abort();
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}
