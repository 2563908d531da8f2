//! The shell blocks of a page.

#![allow(clippy::unwrap_used, reason = "a panic is the failure report")]

/// What stands between the fences, in order.
pub(crate) fn of(page: &str) -> Vec<&str> {
    page.split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}
