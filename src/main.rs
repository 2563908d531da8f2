//! The `keypact` binary; all of it stands in [`keypact::cli`].

/// Freed heap memory is wiped, so that a buffer that grew or a string that moved leaves no copy of a key behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> std::process::ExitCode {
    keypact::cli::main()
}
