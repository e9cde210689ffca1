//! The conformance suite: what every backend must do, as plain async functions named after the guarantees.
//!
//! A test file stamps it for a backend: `foldlog::storage_conformance!(MyFixture);`. Natively it needs `pollster` among the
//! dev-dependencies, on wasm `wasm-bindgen-test`.

mod batches;
mod lab;

mod checkpoints;
mod exports;
mod g10_verifiable;
mod g11_unknown_outcomes;
mod g12_hostile_appends;
mod g12_hostile_input;
mod g1_atomic;
mod g2_contiguous;
mod g3_optimistic;
mod g4_ordered;
mod g5_idempotent;
mod g6_immutable;
mod g7_resuming;
mod g7_subscriptions;
mod g8_fold;
mod g9_durable;
mod import_refusals;
mod imports_at_once;
mod reads;

pub use checkpoints::{checkpoints_are_compared_and_set, checkpoints_move_once_among_tabs};
pub use exports::{
    export_and_import_restore_a_log, export_and_verify_pass_a_change_of_epoch, export_is_cut_between_appends,
    import_changes_the_epoch, import_continues_a_mirror, import_is_idempotent, import_keeps_replays,
    import_reaches_other_tabs, import_refuses_another_history, import_resumes,
};
pub use g1_atomic::{
    g1_a_dropped_append_is_whole_or_nothing, g1_a_rejected_append_of_several_aggregates_leaves_nothing,
    g1_an_append_of_many_events_is_stored_whole,
};
pub use g2_contiguous::{g2_an_empty_log_begins_at_zero, g2_versions_and_sequence_numbers_have_no_hole};
pub use g3_optimistic::{
    g3_a_neighbour_does_not_make_an_append_fail, g3_an_aggregate_keeps_its_type, g3_every_conflict_is_reported,
    g3_expectations_may_stand_elsewhere, g3_expectations_mean_what_they_say,
    g3_of_concurrent_appends_with_one_expectation_one_succeeds, g3_writers_of_one_aggregate_lose_nothing,
};
pub use g4_ordered::{
    g4_a_reader_never_finds_a_new_event_below, g4_appends_of_one_caller_keep_their_order,
    g4_recorded_time_never_goes_back,
};
pub use g5_idempotent::{
    g5_a_repeated_append_is_recognised_for_ever, g5_a_repeated_append_returns_the_original_receipt,
    g5_a_repetition_inside_a_group_is_recognised, g5_another_split_is_a_duplicate, g5_created_at_counts_only_if_given,
    g5_minted_ids_are_enforced_too, g5_other_content_is_a_duplicate, g5_the_ids_of_a_rejected_append_are_free,
    g5_the_same_append_at_once_is_stored_once,
};
pub use g6_immutable::{g6_large_payloads_are_kept, g6_texts_are_kept_byte_for_byte, g6_what_is_stored_never_changes};
pub use g7_resuming::{
    g7_a_cursor_resumes, g7_a_foreign_cursor_is_refused, g7_closing_ends_it,
    g7_dropped_and_simultaneous_calls_lose_nothing,
};
pub use g7_subscriptions::{
    g7_a_filter_moves_the_position_over_the_rest, g7_a_slow_consumer_gets_every_event,
    g7_an_append_in_another_tab_wakes_it, g7_it_begins_at_any_position, g7_it_tells_when_it_has_caught_up,
    g7_the_hand_over_loses_and_repeats_nothing,
};
pub use g8_fold::{
    g8_a_load_is_the_fold_of_every_event, g8_a_snapshot_belongs_to_its_reducer,
    g8_a_snapshot_of_what_is_not_there_is_refused, g8_the_newest_snapshot_of_this_log_is_kept,
};
pub use g9_durable::{
    g9_a_closed_store_takes_no_call, g9_a_receipt_says_what_was_reached,
    g9_what_was_acknowledged_is_there_after_reopening,
};
pub use g10_verifiable::{
    g10_a_lost_place_is_told, g10_every_place_is_told, g10_links_are_those_of_the_format, g10_records_cover_the_log,
    g10_verification_goes_on_from_any_place,
};
pub use g11_unknown_outcomes::g11_a_lost_receipt_is_found_by_any_event;
pub use g12_hostile_appends::{g12_a_malformed_append_is_refused, g12_malformed_expectations_are_refused};
pub use g12_hostile_input::{g12_a_malformed_text_is_refused, g12_limits_are_exact, g12_other_arguments_are_checked};
pub use import_refusals::{
    g12_a_cut_export_is_told_from_others, g12_a_hostile_export_is_refused, g12_an_altered_export_is_refused,
};
pub use imports_at_once::{
    import_goes_on_where_it_was_overtaken, import_overtaken_by_another_history_is_refused,
    imports_of_one_export_at_once_succeed, imports_that_end_at_once_begin_one_epoch,
};
pub use reads::{
    reads_agree_with_the_filter, reads_backward, reads_of_a_long_log, reads_of_one_aggregate, reads_page_edges,
};

use lab::{Lab, conflicts, duplicate, refused, replayed};

use super::{aggregate_id, each, event, event_id, reducer};

/// Hands every function of the suite to a macro: `for_each_conformance_test!([my_macro] (arguments))` calls
/// `my_macro! { (arguments) name name … }`.
#[macro_export]
macro_rules! for_each_conformance_test {
    ([$($macro:tt)*] $arguments:tt) => {
        $($macro)*! {
            $arguments
            g1_a_rejected_append_of_several_aggregates_leaves_nothing
            g1_an_append_of_many_events_is_stored_whole
            g1_a_dropped_append_is_whole_or_nothing
            g2_versions_and_sequence_numbers_have_no_hole
            g2_an_empty_log_begins_at_zero
            g3_of_concurrent_appends_with_one_expectation_one_succeeds
            g3_writers_of_one_aggregate_lose_nothing
            g3_every_conflict_is_reported
            g3_a_neighbour_does_not_make_an_append_fail
            g3_expectations_mean_what_they_say
            g3_expectations_may_stand_elsewhere
            g3_an_aggregate_keeps_its_type
            g4_appends_of_one_caller_keep_their_order
            g4_a_reader_never_finds_a_new_event_below
            g4_recorded_time_never_goes_back
            g5_a_repeated_append_returns_the_original_receipt
            g5_a_repeated_append_is_recognised_for_ever
            g5_created_at_counts_only_if_given
            g5_another_split_is_a_duplicate
            g5_other_content_is_a_duplicate
            g5_the_same_append_at_once_is_stored_once
            g5_minted_ids_are_enforced_too
            g5_the_ids_of_a_rejected_append_are_free
            g5_a_repetition_inside_a_group_is_recognised
            g6_texts_are_kept_byte_for_byte
            g6_what_is_stored_never_changes
            g6_large_payloads_are_kept
            g7_it_begins_at_any_position
            g7_the_hand_over_loses_and_repeats_nothing
            g7_a_filter_moves_the_position_over_the_rest
            g7_it_tells_when_it_has_caught_up
            g7_a_slow_consumer_gets_every_event
            g7_an_append_in_another_tab_wakes_it
            g7_closing_ends_it
            g7_a_cursor_resumes
            g7_a_foreign_cursor_is_refused
            g7_dropped_and_simultaneous_calls_lose_nothing
            g8_a_load_is_the_fold_of_every_event
            g8_a_snapshot_belongs_to_its_reducer
            g8_the_newest_snapshot_of_this_log_is_kept
            g8_a_snapshot_of_what_is_not_there_is_refused
            g9_a_receipt_says_what_was_reached
            g9_what_was_acknowledged_is_there_after_reopening
            g9_a_closed_store_takes_no_call
            g10_links_are_those_of_the_format
            g10_every_place_is_told
            g10_verification_goes_on_from_any_place
            g10_a_lost_place_is_told
            g10_records_cover_the_log
            g11_a_lost_receipt_is_found_by_any_event
            g12_a_malformed_append_is_refused
            g12_malformed_expectations_are_refused
            g12_a_malformed_text_is_refused
            g12_limits_are_exact
            g12_other_arguments_are_checked
            g12_an_altered_export_is_refused
            g12_a_cut_export_is_told_from_others
            g12_a_hostile_export_is_refused
            export_and_import_restore_a_log
            export_and_verify_pass_a_change_of_epoch
            export_is_cut_between_appends
            import_keeps_replays
            import_is_idempotent
            import_resumes
            import_continues_a_mirror
            import_reaches_other_tabs
            import_refuses_another_history
            import_changes_the_epoch
            import_goes_on_where_it_was_overtaken
            imports_of_one_export_at_once_succeed
            import_overtaken_by_another_history_is_refused
            imports_that_end_at_once_begin_one_epoch
            checkpoints_are_compared_and_set
            checkpoints_move_once_among_tabs
            reads_page_edges
            reads_backward
            reads_of_one_aggregate
            reads_agree_with_the_filter
            reads_of_a_long_log
        }
    };
}

/// Stamps the suite for a [`Fixture`](crate::testing::Fixture): each function becomes a test that runs by itself.
#[macro_export]
macro_rules! storage_conformance {
    ($fixture:ty) => {
        $crate::for_each_conformance_test!([::foldlog::stamp_conformance_tests]($fixture));
    };
}

/// One wrapper a function; what a test does stands in the function.
#[doc(hidden)]
#[macro_export]
macro_rules! stamp_conformance_tests {
    (($fixture:ty) $($name:ident)*) => { $(
        #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
        #[test]
        fn $name() {
            ::pollster::block_on($crate::testing::in_time($crate::testing::conformance::$name::<$fixture>()));
        }

        #[cfg(all(target_family = "wasm", target_os = "unknown"))]
        #[::wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() {
            $crate::testing::conformance::$name::<$fixture>().await;
        }
    )* };
}

#[cfg(test)]
mod tests {
    macro_rules! names {
        (() $($name:ident)*) => { [$(stringify!($name)),*] };
    }

    /// Every file of the suite.
    const SOURCES: &[&str] = &[
        include_str!("g1_atomic.rs"),
        include_str!("g2_contiguous.rs"),
        include_str!("g3_optimistic.rs"),
        include_str!("g4_ordered.rs"),
        include_str!("g5_idempotent.rs"),
        include_str!("g6_immutable.rs"),
        include_str!("g7_resuming.rs"),
        include_str!("g7_subscriptions.rs"),
        include_str!("g8_fold.rs"),
        include_str!("g9_durable.rs"),
        include_str!("g10_verifiable.rs"),
        include_str!("g11_unknown_outcomes.rs"),
        include_str!("g12_hostile_appends.rs"),
        include_str!("g12_hostile_input.rs"),
        include_str!("checkpoints.rs"),
        include_str!("exports.rs"),
        include_str!("import_refusals.rs"),
        include_str!("imports_at_once.rs"),
        include_str!("reads.rs"),
    ];

    #[test]
    fn every_function_of_the_suite_is_listed() {
        let listed = for_each_conformance_test!([names]());
        let written: Vec<_> = SOURCES
            .iter()
            .flat_map(|source| source.lines())
            .filter_map(|line| line.strip_prefix("pub async fn ")?.split(['<', '(']).next())
            .collect();
        assert!(written.iter().all(|name| listed.contains(name)), "{written:?}");
        assert_eq!(written.len(), listed.len());
    }

    #[test]
    fn every_file_of_the_suite_is_looked_at() {
        let modules = include_str!("mod.rs")
            .lines()
            .filter(|line| line.starts_with("mod "))
            .count();
        // All but the helpers and these tests.
        assert_eq!(modules - 3, SOURCES.len());
    }
}
