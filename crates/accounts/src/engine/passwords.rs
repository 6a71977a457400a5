//! Password hashes: argon2id with the parameters of OWASP's cheat sheet (19 MiB, two passes, one lane).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        mpsc::{Sender, channel},
    },
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use kernel::{Ambient, AppError, OrInternal};
use tokio::sync::{Semaphore, oneshot};

/// How many passwords are hashed at the same time.
const AT_ONCE: usize = 2;

type Task = Box<dyn FnOnce() + Send>;

/// Threads for nothing else. On whatever threads are free, the memory of a hash would stay with each of them, and they are many.
static THREADS: LazyLock<Sender<Task>> = LazyLock::new(|| {
    let (give, take) = channel::<Task>();
    let take = Arc::new(Mutex::new(take));
    for _ in 0..AT_ONCE {
        let take = take.clone();
        std::thread::spawn(move || {
            loop {
                // The lock is held while waiting: the other one waits for the same.
                let task = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(task) = task else { return };
                // Whoever waits for it learns that there is no answer; the thread goes on.
                let _panicked = catch_unwind(AssertUnwindSafe(task));
            }
        });
    }
    give
});

/// Hashes on threads of its own, a few at a time, so that a crowd at the door cannot starve everyone inside.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    ambient: Ambient,
}

impl Passwords {
    const LONGEST_QUEUE_SECONDS: u64 = 5;

    pub(crate) fn new(ambient: Ambient) -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), ambient }
    }

    /// The hash to store.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, AppError> {
        let salt = self.ambient.secret::<16>();
        let password = password.to_owned();
        self.in_turn(move || {
            let hash: PasswordHash = hasher()?
                .hash_password_with_salt(password.as_bytes(), &salt)
                .or_internal("hashing a password")?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password belongs to the hash. Without a hash the same work is done in vain, so that the time taken
    /// does not tell whether an account exists.
    pub(crate) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, AppError> {
        let password = password.to_owned();
        self.in_turn(move || {
            let Some(hash) = hash else {
                let hasher = hasher()?;
                let _: Result<PasswordHash, _> =
                    hasher.hash_password_with_salt(password.as_bytes(), &[7; 16]);
                return Ok(false);
            };
            let parsed = PasswordHash::new(&hash).or_internal("reading a stored password hash")?;
            Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let patience = std::time::Duration::from_secs(Self::LONGEST_QUEUE_SECONDS);
        let busy = || AppError::Unavailable {
            message: "Many people are signing in at this moment. Try again in a few seconds".to_owned(),
        };
        let turn = tokio::time::timeout(patience, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        let (tell, told) = oneshot::channel();
        let task = move || {
            // Nobody may be waiting any more.
            let _given_up = tell.send(work());
            drop(turn);
        };
        THREADS.send(Box::new(task)).or_internal("hashing a password")?;
        told.await.or_internal("waiting for a password hash")?
    }
}

fn hasher() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(19_456, 2, 1, None).or_internal("setting up argon2")?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fault_of_ours_takes_no_thread_along() {
        let passwords = Passwords::new(Ambient::system());
        for _ in 0..=AT_ONCE {
            let failed: Result<(), AppError> = passwords.in_turn(|| panic!("a fault of ours")).await;
            assert_eq!(failed.unwrap_err().status(), 500);
        }
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(passwords.verify("correct horse battery", Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("another horse battery", Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse battery", None).await.unwrap());
    }
}
