//! Reading: filters, pages and the subscription as a machine without IO.

mod filter;
mod filter_input;
mod filter_output;
mod one_of;
mod page;
mod subscription;

pub use filter::EventFilter;
pub use one_of::OneOf;
pub use page::{EventPage, PageBuilder, PageContent, PageEntry, PageLimits};
pub use subscription::{Subscription, SubscriptionBatch, SubscriptionOutput};
