use futures_channel::oneshot;

/// Who waits for the log to grow.
#[derive(Default)]
pub(super) struct Waiters(Vec<Waiter>);

struct Waiter {
    handle: u64,
    after: u64,
    sender: oneshot::Sender<()>,
}

/// Waiters taken out of the list: waking tells them of news, dropping tells them that their handle is closed.
pub(super) struct Taken(Vec<Waiter>);

impl Waiters {
    /// Waits, for a handle, until the log holds more than `after`.
    pub(super) fn add(&mut self, handle: u64, after: u64) -> oneshot::Receiver<()> {
        // Those that gave up leave no other trace; without this the list would only grow.
        self.0.retain(|waiter| !waiter.sender.is_canceled());
        let (sender, receiver) = oneshot::channel();
        self.0.push(Waiter { handle, after, sender });
        receiver
    }

    /// Those whose position the log has passed, now that it reaches `head`.
    pub(super) fn take_reached(&mut self, head: u64) -> Taken {
        self.take(&|waiter| waiter.after < head)
    }

    /// Those of one handle.
    pub(super) fn take_of(&mut self, handle: u64) -> Taken {
        self.take(&|waiter| waiter.handle == handle)
    }

    fn take(&mut self, is_meant: &dyn Fn(&Waiter) -> bool) -> Taken {
        let (mut taken, mut left) = (Vec::new(), Vec::new());
        for waiter in self.0.drain(..) {
            if is_meant(&waiter) {
                taken.push(waiter);
            } else {
                left.push(waiter);
            }
        }
        self.0 = left;
        Taken(taken)
    }
}

impl Taken {
    pub(super) fn wake(self) {
        for waiter in self.0 {
            // One that gave up meanwhile needs no news.
            let _ = waiter.sender.send(());
        }
    }
}
