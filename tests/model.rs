//! The model test: natively on memory with thousands of steps; `FOLDLOG_SEED`, `FOLDLOG_STEPS` and `FOLDLOG_FULL` choose others.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod native {
    use std::{
        env,
        time::{SystemTime, UNIX_EPOCH},
    };

    use foldlog::testing::{MemoryFixture, model};

    fn number(name: &str) -> Option<u64> {
        env::var(name).ok()?.parse().ok()
    }

    #[test]
    fn memory_does_what_the_model_does() {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        let seeds = number("FOLDLOG_SEED").map_or(vec![1, now], |seed| vec![seed]);
        let steps = if env::var_os("FOLDLOG_FULL").is_some() {
            10_000
        } else {
            2_000
        };
        for seed in seeds {
            println!("FOLDLOG_SEED={seed}");
            pollster::block_on(model::run::<MemoryFixture>(
                seed,
                number("FOLDLOG_STEPS").unwrap_or(steps),
            ));
        }
    }
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod wasm {
    use foldlog::{
        environment,
        testing::{Fixture, IndexedDbFixture, MemoryFixture, model},
    };
    use wasm_bindgen_test::{console_log, wasm_bindgen_test};

    /// Steps of one run in a browser; ten times as many in the full tier.
    const STEPS: u64 = if option_env!("FOLDLOG_FULL").is_some() {
        3_000
    } else {
        300
    };

    async fn run<F: Fixture>() {
        let now = environment::system().now().millis().unsigned_abs();
        for seed in [1, now] {
            console_log!("FOLDLOG_SEED={seed}");
            model::run::<F>(seed, STEPS).await;
        }
    }

    #[wasm_bindgen_test]
    async fn memory_does_what_the_model_does() {
        run::<MemoryFixture>().await;
    }

    #[wasm_bindgen_test]
    async fn indexed_db_does_what_the_model_does() {
        run::<IndexedDbFixture>().await;
    }

    #[wasm_bindgen_test]
    async fn sealed_indexed_db_does_what_the_model_does() {
        run::<IndexedDbFixture<1>>().await;
    }
}
