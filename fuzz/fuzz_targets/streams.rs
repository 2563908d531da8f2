#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| keypact_fuzz::forward::streams(data));
