#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| foldlog_fuzz::hold("wire", data));
