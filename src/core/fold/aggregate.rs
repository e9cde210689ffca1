use crate::core::fold::UpcastEvent;

/// What a kind of aggregate is: an initial state and how an event changes it.
///
/// `evolve` is pure: the same events give the same state, on every device.
///
/// ```
/// use foldlog::core::fold::{Aggregate, UpcastEvent};
///
/// struct Counter;
///
/// impl Aggregate for Counter {
///     type State = u64;
///     fn aggregate_type(&self) -> &str { "counter" }
///     fn initial(&self) -> u64 { 0 }
///     fn evolve(&self, state: u64, event: &UpcastEvent<'_>) -> Option<u64> {
///         (event.event_type == "Counted").then_some(state + 1)
///     }
/// }
/// ```
pub trait Aggregate {
    /// What events are folded into.
    type State: Clone;

    /// The type of these aggregates.
    fn aggregate_type(&self) -> &str;

    /// The state at version 0.
    fn initial(&self) -> Self::State;

    /// The state after one more event; none for an event type that the aggregate does not know.
    fn evolve(&self, state: Self::State, event: &UpcastEvent<'_>) -> Option<Self::State>;

    /// Whether an event type that `evolve` does not know is stepped over instead of being an error.
    fn ignores_unknown_events(&self) -> bool {
        false
    }

    /// The state as JSON, for a snapshot; none if it has no snapshots.
    fn to_snapshot(&self, _state: &Self::State) -> Option<String> {
        None
    }

    /// The state that [`Aggregate::to_snapshot`] wrote; none if it does not understand the text.
    #[expect(
        clippy::wrong_self_convention,
        reason = "the counterpart of to_snapshot, on a value that is the kind of aggregate"
    )]
    fn from_snapshot(&self, _data: &str) -> Option<Self::State> {
        None
    }
}
