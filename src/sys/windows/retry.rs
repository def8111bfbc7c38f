//! Trying again if another program is in the way, as any program on Windows is that has the file open: a virus scanner, an
//! indexer, a program that is about to end.

use std::io;
use std::time::Duration;

/// How often an operation waits for each kind of obstacle before it gives up.
///
/// The first pause takes a millisecond, and each takes twice as long as the one before: ten take a second, seven an eighth of
/// one.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Another program has it open.
    pub(super) in_use: u32,
    /// Access is denied: until the last program closes the file, or for good.
    pub(super) denied: u32,
}

/// The obstacle to an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    InUse,
    Denied,
}

impl Patience {
    /// For a new name. Access is denied as long as the file with that name is open.
    pub(super) const RENAMING: Self = Self { in_use: 10, denied: 10 };

    /// For removing. A missing permission should be reported soon.
    pub(super) const REMOVING: Self = Self { in_use: 10, denied: 7 };

    /// For removing one of many files, with shorter waits, because each of them may be in use.
    pub(super) const REMOVING_MANY: Self = Self { in_use: 7, denied: 0 };

    /// Tries something again as long as something is in the way.
    pub(super) fn try_for<T>(
        self,
        obstacle: impl Fn(&io::Error) -> Option<Obstacle>,
        mut pause: impl FnMut(Duration),
        mut deed: impl FnMut() -> io::Result<T>,
    ) -> io::Result<T> {
        let mut pauses = 0;
        loop {
            let error = match deed() {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let most = match obstacle(&error) {
                Some(Obstacle::InUse) => self.in_use,
                Some(Obstacle::Denied) => self.denied,
                None => 0,
            };
            if pauses >= most {
                return Err(error);
            }
            pause(Duration::from_millis(1 << pauses));
            pauses += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};
    use std::time::Duration;

    use super::{Obstacle, Patience};

    fn obstacle(error: &io::Error) -> Option<Obstacle> {
        match error.kind() {
            ErrorKind::ResourceBusy => Some(Obstacle::InUse),
            ErrorKind::PermissionDenied => Some(Obstacle::Denied),
            _ => None,
        }
    }

    /// The result of an operation that fails in this way and then works, and the time that it waited.
    fn outcome(patience: Patience, failures: &[ErrorKind]) -> (Result<(), ErrorKind>, Duration) {
        let (mut failures, mut waited) = (failures.iter(), Duration::ZERO);
        let deed = || failures.next().map_or(Ok(()), |&kind| Err(kind.into()));
        let result = patience.try_for(obstacle, |pause| waited += pause, deed);
        (result.map_err(|error| error.kind()), waited)
    }

    #[test]
    fn what_works_is_done_once() {
        assert_eq!(outcome(Patience::RENAMING, &[]), (Ok(()), Duration::ZERO));
        assert_eq!(outcome(Patience::RENAMING, &[ErrorKind::NotFound; 2]), (Err(ErrorKind::NotFound), Duration::ZERO));
    }

    #[test]
    fn an_obstacle_that_goes_is_waited_for() {
        let busy = ErrorKind::ResourceBusy;
        for (patience, most) in [(Patience::RENAMING, 10), (Patience::REMOVING, 10), (Patience::REMOVING_MANY, 7)] {
            let total = Duration::from_millis((1 << most) - 1);
            assert_eq!(outcome(patience, &vec![busy; most]), (Ok(()), total));
            assert_eq!(outcome(patience, &vec![busy; most + 1]), (Err(busy), total));
        }
        assert_eq!(outcome(Patience::REMOVING, &[busy; 3]), (Ok(()), Duration::from_millis(7)));
    }

    #[test]
    fn what_is_denied_may_be_denied_for_good() {
        let denied = ErrorKind::PermissionDenied;
        assert_eq!(outcome(Patience::REMOVING, &[denied; 20]), (Err(denied), Duration::from_millis(127)));
        assert_eq!(outcome(Patience::REMOVING_MANY, &[denied; 20]), (Err(denied), Duration::ZERO));
        assert_eq!(outcome(Patience::RENAMING, &[denied; 20]), (Err(denied), Duration::from_millis(1023)));
    }

    #[test]
    fn another_failure_ends_the_waiting() {
        let failures = [ErrorKind::ResourceBusy, ErrorKind::PermissionDenied, ErrorKind::NotFound];
        assert_eq!(outcome(Patience::REMOVING, &failures), (Err(ErrorKind::NotFound), Duration::from_millis(3)));
    }
}
