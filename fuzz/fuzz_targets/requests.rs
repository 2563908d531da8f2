#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| keypact_fuzz::relay::requests(data));
